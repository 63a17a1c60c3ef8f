"""What a search reads (`content_names`, `content_plays`), made again from what it is copied from.

Recounts write the plays of every content that has counts. What they do not come by, somebody else wrote: rows of
contents without any, and names that no fact gives.
"""

from __future__ import annotations

from typing import Final

from flows.archive.store import Store
from streakline.times import MINUTE_MS, SEQ_BITS

COPIED_MS: Final = 10 * MINUTE_MS
"""Facts that are younger may not have been copied yet."""


def restore(store: Store, position: int) -> None:
    """Delete what nothing gives, and copy the names once more; a repeat changes nothing.

    Args:
        store: of any shard: these tables are of all of them.
        position: of the entry that asks for it.
    """
    store.run("archive/forget_plays")
    store.run("archive/forget_names", before=max(0, position - (COPIED_MS << SEQ_BITS)))
    store.run("archive/name_contents")
