"""How far the flows are behind their streams, sampled while something runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import redis

from proofs.running.stack import StackProcess
from proofs.running.tables import show
from streakline.streams import keys
from streakline.streams import progress as progress_of
from streakline.times import ms_of

EVERY: Final = 1.0
NOWHERE: Final = b"0-0"


class Line(NamedTuple):
    """What became of one reader's lag."""

    greatest: float
    """Seconds."""
    last: float
    slope: float
    """Seconds that the lag grows by in a second, by least squares."""


class Lags:
    """Samples of each reader: the accepted entry it has not covered yet, how long ago that was accepted."""

    def __init__(self, shards: int, parts: int) -> None:
        """Know the numbers of shards and of parts of the persons; `watch` collects."""
        self._shards, self._parts = shards, parts
        self.samples: dict[str, list[tuple[float, float]]] = {}
        """Reader -> (s, lag in s)."""

    async def watch(self, stack: StackProcess) -> None:
        """Sample until cancelled."""
        client = redis.Redis.from_url(stack.redis_url)
        try:
            while True:
                found = await asyncio.to_thread(self._look, client)
                for reader, lag in found.items():
                    self.samples.setdefault(reader, []).append((time.monotonic(), lag))
                await asyncio.sleep(EVERY)
        finally:
            client.close()

    def lines(self) -> dict[str, Line]:
        """Return what became of every reader's lag."""
        return {reader: fitted(samples) for reader, samples in self.samples.items()}

    def show(self) -> None:
        """Print a table."""
        rows = [
            (reader, f"{line.greatest:.2f} s", f"{line.last:.2f} s", f"{line.slope * 1000:+.1f}")
            for reader, line in self.lines().items()
        ]
        headings = ("reader", "greatest", "last", "slope, ms a second")
        show(headings, rows, "lag behind the newest accepted event")

    def _look(self, client: redis.Redis) -> dict[str, float]:
        pipe: Any = client.pipeline(transaction=False)
        numbers = max(self._shards, self._parts)
        for number in range(numbers):
            pipe.hgetall(keys.progress(number))
        # Read after the positions, so that no reader seems to be ahead.
        for shard in range(self._shards):
            pipe.xrevrange(keys.events(shard), count=1)
        replies = pipe.execute()
        lags: dict[str, float] = {}
        for shard in range(self._shards):
            progress, newest = replies[shard], replies[numbers + shard]
            if not newest:
                continue
            last = ms_of(newest[0][0])
            covered = progress_of.viewers_covered(shard).encode()
            people = [replies[part].get(covered, NOWHERE) for part in range(self._parts)]
            at = {
                "content": progress.get(b"content", NOWHERE),
                "archive, raw rows": progress.get(b"archive", NOWHERE),
                "archive, counts": progress.get(b"archive:out", NOWHERE),
                "viewers": min(people, key=ms_of),
            }
            for reader, position in at.items():
                lags[reader] = max(lags.get(reader, 0.0), (last - ms_of(position)) / 1000)
        return lags


def fitted(samples: Sequence[tuple[float, float]]) -> Line:
    """Return the line through samples of (s, lag in s)."""
    times, lags = [at for at, _ in samples], [lag for _, lag in samples]
    middle, mean = sum(times) / len(times), sum(lags) / len(lags)
    spread = sum((at - middle) ** 2 for at in times)
    rise = sum((at - middle) * (lag - mean) for at, lag in samples)
    return Line(max(lags), lags[-1], rise / spread if spread else 0.0)
