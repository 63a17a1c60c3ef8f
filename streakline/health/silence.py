"""Silence: whether all that was accepted is counted, so that what is shown may go on to now.

When ingest is down nobody writes ticks, and the streams' clock stands still. If the flows have covered every entry
there is, then nothing happened until now, and the live windows may slide on. If a flow is behind they may not: it would
look as if nobody were there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from streakline.streams.progress import CONTENT, viewers_covered
from streakline.times import enc, ms_of

_NOWHERE = b"0-0"


def last_heard(
    lasts: Mapping[int, str | bytes],
    contents: Mapping[int, Mapping[bytes, bytes]],
    people: Collection[Mapping[bytes, bytes]],
) -> dict[int, int] | None:
    """Return shard -> ms of its last entry, or None while content or viewers have not covered all of them.

    Args:
        lasts: events shard -> its last entry id; shards without a stream are left out.
        contents: every shard -> what its readers have noted.
        people: of every part of the persons what viewers has noted.
    """
    for shard, last in lasts.items():
        named = viewers_covered(shard).encode()
        covered = [
            contents[shard].get(CONTENT.field.encode(), _NOWHERE),
            *(part.get(named, _NOWHERE) for part in people),
        ]
        if min(enc(position) for position in covered) < enc(last):
            return None
    return {shard: ms_of(last) for shard, last in lasts.items()} or None
