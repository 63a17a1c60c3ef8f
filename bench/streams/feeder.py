"""The process that appends a pattern to the streams while flows read them, and trims behind the slowest.

It stands in for ingest and for what archive does to Redis: it closes quarter hours, so that open hashes go and the
live state does not grow with the length of a run.
"""

from __future__ import annotations

import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

import redis

from bench.streams.pattern import START_MS, Batch, Pattern
from streakline.lateness import LATENESS_MS
from streakline.streams import keys
from streakline.streams.partitions import Partitions
from streakline.times import QUARTER_MS, bucket_of, enc

_FORK: Final = multiprocessing.get_context("fork")  # the pattern is shared, not copied
TRIM_EVERY_S: Final = 0.5
IN_FLIGHT: Final = 4
"""Batches sent whose answers have not been read: Redis syncs one while the next is on its way."""


class Plan(NamedTuple):
    """What to append and how fast."""

    first: int
    """The first turn."""
    turns: int
    pace: int = 0
    """Events a second; 0: as fast as readers take it."""
    ahead_ms: int = 0
    """Stream time that may lie before the slowest reader; 0: any."""
    readers: tuple[str, ...] = ("content",)
    """Fields of progress that trimming waits for."""


def feed(url: str, pattern: Pattern, plan: Plan, begin: Callable[[], None] = lambda: None) -> float:
    """Append as planned and return how many seconds it took; `begin` is called when it begins."""
    client = redis.Redis.from_url(url, protocol=2)
    connections: list[Any] = [client.connection_pool.get_connection() for _ in range(pattern.shards)]
    parts: Any = client.get(keys.PARTS)
    behind = _Behind(client, Partitions(pattern.shards, int(parts)), plan.readers)
    batches: Iterable[Batch] = (
        batch for turn in range(plan.first, plan.first + plan.turns) for batch in pattern.batches(turn)
    )
    if plan.pace and plan.turns == 1:
        batches = list(batches)  # packed before the clock runs
    sent: deque[Batch] = deque()
    begin()
    started, done = time.monotonic(), 0
    for batch in batches:
        while plan.ahead_ms and batch.until_ms > behind.moment() + plan.ahead_ms:
            time.sleep(0.005)
        for connection, packed in zip(connections, batch.packed, strict=True):
            connection.send_packed_command([packed], check_health=False)
        sent.append(batch)
        if len(sent) > IN_FLIGHT:
            _answered(connections, sent.popleft())
        done += batch.events
        if plan.ahead_ms:
            behind.trim()
        if plan.pace:
            time.sleep(max(0.0, started + done / plan.pace - time.monotonic()))
    for batch in sent:
        _answered(connections, batch)
    return time.monotonic() - started


class Feeder:
    """`feed` in a process of its own, so that its work is on no flow's account."""

    def __init__(self, url: str, pattern: Pattern, plan: Plan) -> None:
        """Start it; return when it begins to append."""
        self._answer, answer = _FORK.Pipe(duplex=False)

        def run() -> None:
            answer.send(feed(url, pattern, plan, lambda: answer.send(None)))

        self._process = _FORK.Process(target=run, daemon=True)
        self._process.start()
        self._answer.recv()

    def took(self) -> float:
        """Wait for its end; return how many seconds it fed."""
        seconds: float = self._answer.recv()
        self._process.join()
        return seconds


class _Behind:
    """How far the readers are, and trimming behind them."""

    def __init__(self, client: redis.Redis, partitions: Partitions, readers: tuple[str, ...]) -> None:
        self._client, self._partitions, self._readers = client, partitions, readers
        self._trimmed_at = 0.0
        self._closed = bucket_of(START_MS)

    def moment(self) -> int:
        """Return the stream time in ms that all readers have passed."""
        pipe: Any = self._client.pipeline(transaction=False)
        for shard in range(self._partitions.shards):
            pipe.hmget(keys.progress(shard), self._readers)
        positions = [enc(position or b"0-0") >> 22 for row in pipe.execute() for position in row]
        return max(START_MS, min(positions))

    def trim(self) -> None:
        """Let go of what all have read and of quarter hours that are over, now and then."""
        if time.monotonic() < self._trimmed_at + TRIM_EVERY_S:
            return
        self._trimmed_at, moment = time.monotonic(), self.moment()
        over = bucket_of(moment - LATENESS_MS - 2 * QUARTER_MS)
        pipe: Any = self._client.pipeline(transaction=False)
        for shard in range(self._partitions.shards):
            pipe.xtrim(keys.events(shard), minid=moment)
            pipe.xtrim(keys.out(shard), maxlen=1000)
            if over > self._closed:
                pipe.hset(keys.base(shard), "upto", over)
                pipe.unlink(*(keys.open_bucket(shard, b) for b in range(self._closed, over + 1, QUARTER_MS)))
        for part in range(self._partitions.parts):
            pipe.xtrim(keys.candidates(part), maxlen=1000)
        pipe.execute()
        self._closed = max(self._closed, over)


def _answered(connections: list[Any], batch: Batch) -> None:
    for connection, commands in zip(connections, batch.commands, strict=True):
        for _ in range(commands):
            connection.read_response()
