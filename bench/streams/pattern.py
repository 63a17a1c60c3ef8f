"""A stream of any length from one stretch of it: repeated, later each time and with other identities.

A stretch is made once, as ingest would write it, so that feeding costs little beside the flow that is measured.
Contents, listeners, kinds and the rate in stream time are the same in every turn.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import hiredis
import msgspec
import numpy as np
import zstandard

from bench.streams.workload import SEED, records, whole_rows
from streakline.streams import keys
from streakline.streams.entries import VERSION, Cold, pack_cold
from streakline.streams.hashing import hash64
from streakline.streams.records import Records
from streakline.times import QUARTER_MS, enc

START_MS: Final = 1_700_000_100_000 // QUARTER_MS * QUARTER_MS
AT_ONCE: Final = 200
"""Requests of one round trip of the feeder."""
DRAWN: Final = {
    "contents": 10_000,
    "listeners": 200_000,
    "people": (0, "of 100 listeners, how many are persons with a userId"),
    "request": (50, "events a POST"),
}
"""Options of a pattern."""
_ID: Final = "0123456789abcdef" * 2
_LISTENER: Final = "fedcba9876543210" * 2
_OTHERS: Final = 0x9E3779B97F4A7C15
"""What a turn adds to every identity."""


class _Part(NamedTuple):
    """One entry: the records from `first` to `last` and what belongs to them."""

    shard: int
    after_ms: int
    sequence: int
    first: int
    last: int
    cold: bytes


class Batch(NamedTuple):
    """Commands of one round trip, by shard: Redis reads 16 KB of a connection between two syncs of its file."""

    packed: list[bytes]
    commands: list[int]
    events: int
    until_ms: int


class Pattern:
    """Events of one stretch, in requests of so many events. Memory: about 250 bytes an event."""

    def __init__(
        self, made: Records, span_ms: int, *, contents: int, shards: int, request: int, whole: bool = False
    ) -> None:
        """Make a stretch of records in order of acceptance from `START_MS` on; the cold rows are whole if asked for."""
        self.span_ms, self.shards = span_ms, shards
        self.events = number = len(made)
        self.identities = len(np.unique(made["id64"]))
        post = np.arange(number) // request
        shard = (made["content64"] % np.uint64(shards)).astype(np.int64)
        order = np.argsort(post * shards + shard, kind="stable")
        self._records, group = made[order], (post * shards + shard)[order]
        borders = np.flatnonzero(np.diff(group, prepend=-1, append=group[-1] + 1)).tolist()
        cold_of = _whole(contents) if whole else _Colds(contents).of
        self._parts: list[_Part] = []
        last = (-1, 0)
        for first, end in itertools.pairwise(borders):
            number_of_post, part = divmod(int(group[first]), shards)
            after = number_of_post * request * span_ms // number
            last = (after, last[1] + 1) if after == last[0] else (after, 0)
            self._parts.append(_Part(part, after, last[1], first, end, cold_of(self._records[first:end])))

    def made(self, turn: int) -> Records:
        """Return the records of one turn."""
        later = turn * self.span_ms
        made = self._records.copy()
        made["at"] += later
        made["start"] += later
        made["id64"] += np.uint64(turn * _OTHERS & (1 << 64) - 1)
        return made

    def batches(self, turn: int) -> Iterator[Batch]:
        """Return the commands that append one turn, in order."""
        later, made = turn * self.span_ms, self.made(turn)
        hot, size = made.tobytes(), made.itemsize
        names = [keys.events(shard) for shard in range(self.shards)]
        for first in range(0, len(self._parts), AT_ONCE * self.shards):
            parts = self._parts[first : first + AT_ONCE * self.shards]
            packed: list[list[bytes]] = [[] for _ in names]
            for p in parts:
                entry_id = f"{START_MS + later + p.after_ms}-{p.sequence}"
                hot_part, number = hot[p.first * size : p.last * size], p.last - p.first
                fields = ("v", VERSION, "n", number, "h", hot_part, "d", p.cold)
                command = ("XADD", names[p.shard], entry_id, *fields)
                packed[p.shard].append(hiredis.pack_command(command))  # type: ignore[arg-type]
            events, until = sum(p.last - p.first for p in parts), START_MS + later + parts[-1].after_ms
            yield Batch([b"".join(some) for some in packed], [len(some) for some in packed], events, until)

    def last(self, turns: int) -> dict[int, int]:
        """Return the position (`enc`) of the last entry of each shard after so many turns."""
        ends = {p.shard: p for p in self._parts}
        later = START_MS + (turns - 1) * self.span_ms
        return {shard: enc(f"{later + p.after_ms}-{p.sequence}") for shard, p in ends.items()}


def plain_pattern(
    number: int,
    span_ms: int,
    *,
    contents: int,
    listeners: int,
    shards: int,
    request: int,
    people: int = 0,
    everybody: bool = False,
) -> Pattern:
    """Return a pattern of so many events of `records` whose cold rows name little more than identities."""
    made = records(
        number, START_MS, span_ms, contents=contents, listeners=listeners, people=people, everybody=everybody
    )
    return Pattern(made, span_ms, contents=contents, shards=shards, request=request)


def drawn(options: argparse.Namespace) -> dict[str, Any]:
    """Return the `DRAWN` of a command."""
    return {name: getattr(options, name) for name in DRAWN}


def _whole(contents: int) -> Callable[[Records], bytes]:
    compress = zstandard.ZstdCompressor(level=1).compress
    names = {hash64(f"content-{n}", SEED): f"content-{n}" for n in range(contents)}
    return lambda made: compress(pack_cold(whole_rows(made, names)))


class _Colds:
    """Compressed cold parts: one row a content, filled in with the ids of an event."""

    def __init__(self, contents: int) -> None:
        self._compress = zstandard.ZstdCompressor(level=1).compress
        self._rows: dict[int, list[bytes]] = {}
        for number in range(contents):
            name = f"content-{number}"
            row = pack_cold([Cold(name, _ID, "play", "track", sessionId=_LISTENER, title=name)])[1:]
            before, _, rest = row.partition(_ID.encode())
            between, _, after = rest.partition(_LISTENER.encode())
            self._rows[hash64(name, SEED)] = [before, between, after]

    def of(self, made: np.ndarray) -> bytes:
        rows = [msgspec.msgpack.encode([None] * len(made))[: -len(made)]]  # the head of a list of so many
        ids, listeners = made["id64"].tobytes().hex(), made["listener64"].tobytes().hex()
        for at, content in enumerate(made["content64"].tolist()):
            before, between, after = self._rows[content]
            own, listener = ids[at * 16 : at * 16 + 16], listeners[at * 16 : at * 16 + 16]
            rows += (before, (own + own).encode(), between, (listener + listener).encode(), after)
        return self._compress(b"".join(rows))
