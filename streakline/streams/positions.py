"""Positions: what a sender gets back for his events, and what `settled` waits for.

A position is an entry id for each shard, `0:1763700000000-3,1:1763700000250-0`: everything up to there. Of a shard that
is named twice the greater id holds, so that positions joined by commas are a position that covers them all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from streakline.times import SEQ_BITS, enc

LONGEST = 4_000
"""Characters of the longest position that is looked at."""

_PART = re.compile(r"(\d{1,5}):(\d{1,13}-\d{1,7})", re.ASCII)


class Acknowledged:
    """How far one process has acknowledged what it wrote, and all that was written before it began.

    Attributes:
        position: covers all of it.
    """

    def __init__(self, shards: int) -> None:
        self._ids = dict.fromkeys(range(shards), "0-0")
        self.position = pack_position(self._ids)

    def take(self, ids: Mapping[int, str]) -> None:
        """Go on to the ids (by shard) of entries that are written; of each shard the greatest stands."""
        for shard, entry_id in ids.items():
            if enc(entry_id) > enc(self._ids[shard]):
                self._ids[shard] = entry_id
        self.position = pack_position(self._ids)


def pack_position(ids: Mapping[int, str]) -> str:
    """Return the position that covers an entry id in each of some shards."""
    return ",".join([f"{shard}:{entry_id}" for shard, entry_id in ids.items()])


def unpack_position(text: str, shards: int) -> dict[int, int]:
    """Return shard -> `enc` of the entry id of a position.

    Raises:
        ValueError: if this is no position of a system with so many shards.
    """
    if len(text) > LONGEST:
        msg = f"position is longer than {LONGEST} characters ({text[:40]!r}…); of each shard send the greatest id alone"
        raise ValueError(msg)
    found: dict[int, int] = {}
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            msg = f"position {text[:40]!r} is none that this server gave; send the one of the answer to your events"
            raise ValueError(msg)
        shard, position = int(match[1]), enc(match[2])
        if shard >= shards:
            msg = f"position names entry {match[2]} of shard {shard}; shards are 0 to {shards - 1}"
            raise ValueError(msg)
        found[shard] = max(position, found.get(shard, 0))
    return found


def wanted(position: Mapping[int, int], newest: Sequence[int]) -> dict[int, int]:
    """Return shard -> what must be passed until a position has settled; shards without entries are left out.

    What another process acknowledged before carries no later moment than the position itself: the streams have one
    clock. So every shard is waited for up to that moment, as far as it had come (`newest`, by shard) at the question.
    """
    moment = max(position.values(), default=0) >> SEQ_BITS
    until = ((moment + 1) << SEQ_BITS) - 1 if moment else 0
    found = {
        shard: max(position.get(shard, 0), min(until, newest_of)) for shard, newest_of in enumerate(newest)
    }
    return {shard: at for shard, at in found.items() if at}
