"""Freshness: what an answer of history rests on, so that one is given again only while nothing of it has changed.

Archive changes a word of a shard in Redis after the rows in ClickHouse, together with what it says of how far they are.
So an answer whose words were read before its rows lacks nothing that settled while the words stayed the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from streakline.times import QUARTER_MS


class Shard(NamedTuple):
    """What a shard of history is at a moment."""

    closed: bytes = b""
    """A word that changes with every recount and with the catalogue; "" where an older archive writes."""
    open: bytes = b""
    """A word that changes with everything that archive stores."""
    raw: bytes = b""
    """How far the raw rows are."""
    provisional: bytes = b""
    """How far the rows of open quarter hours are."""
    owed: bytes = b""
    """The least position that a recount is owed for; "" if none is."""
    upto: int | None = None
    """Start of the newest closed quarter hour in ms; None before the first one."""

    @property
    def first_open(self) -> int:
        """Start of the first open quarter hour in ms."""
        return 0 if self.upto is None else self.upto + QUARTER_MS


Stamp = tuple[tuple[object, ...], ...]


def stamp(shards: Sequence[Shard], end: int, among: Collection[int] | None = None) -> Stamp:
    """Return what changes when an answer does.

    Args:
        shards: all there are, by number.
        end: the first ms after what is asked for.
        among: the numbers of the shards that are asked; None for all.
    """
    found: list[tuple[object, ...]] = []
    for number, shard in enumerate(shards):
        if among is not None and number not in among:
            continue
        own: tuple[object, ...] = (shard.closed, shard.owed, shard.upto)
        if end > shard.first_open or not shard.closed:
            own = (*own, shard.open, shard.raw, shard.provisional)
        found.append(own)
    return tuple(found)
