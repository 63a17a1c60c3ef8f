"""Settlement: whether everything that counts has passed a position, and what is still behind it.

A position has settled when the raw rows, the provisional rows, the persons and the live numbers cover it,
every bucket that closes by it is closed, and no recount of a closed bucket is owed for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from streakline.lateness import newest_closed
from streakline.times import SEQ_BITS, dec, iso


class Progress(NamedTuple):
    """How far the readers of one shard are; positions by `enc`, None where a reader has said nothing yet."""

    content: int | None = None
    """Of the events, by the content flow: live numbers and open buckets."""
    raw: int | None = None
    """Of the events, by archive: rows in `events`."""
    provisional: int | None = None
    """Of the events, by archive through the outbox: provisional rows in `rollup`."""
    mark: int | None = None
    """Least position with a recount still owed on a closed bucket; None if nothing is owed."""
    upto: int | None = None
    """Start of the newest closed bucket, ms."""
    viewers: tuple[int | None, ...] = ()
    """Of the events, by each part of the viewers flow."""


class Behind(NamedTuple):
    """One reason why a position has not settled."""

    part: str
    """`live`, `raw`, `provisional`, `people`, `close` or `recount`."""
    shard: int
    at: str
    """How far the part is."""
    wanted: str
    """How far it must be."""


def behind(position: Mapping[int, int], progress: Sequence[Progress]) -> list[Behind]:
    """Return what has not passed a position yet; empty if it has settled (but for the sockets)."""
    return [
        reason
        for shard, wanted in position.items()
        for reason in _shard_behind(shard, wanted, progress[shard])
    ]


def _shard_behind(shard: int, wanted: int, state: Progress) -> list[Behind]:
    readers = [("live", state.content), ("raw", state.raw), ("provisional", state.provisional)]
    readers += [("people", at) for at in state.viewers]
    reasons = [
        Behind(part, shard, "nothing yet" if at is None else dec(at), dec(wanted))
        for part, at in readers
        if at is None or at < wanted
    ]
    closed = newest_closed(wanted >> SEQ_BITS)
    if state.upto is None or state.upto < closed:
        at_close = "nothing yet" if state.upto is None else iso(state.upto)
        reasons.append(Behind("close", shard, at_close, iso(closed)))
    if state.mark is not None and state.mark <= wanted:
        reasons.append(Behind("recount", shard, dec(state.mark), dec(wanted)))
    return reasons
