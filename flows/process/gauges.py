"""Metrics of a flow process, written to Redis; the server shows them, and tells by them that the process lives."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

import redis
import structlog

from streakline.health.lag import HEARD_S
from streakline.streams import keys

log = structlog.get_logger()

EVERY: Final = 2.0


class Tallied(Protocol):
    """A tracker with counters and a clock."""

    tally: dict[str, int]

    @property
    def clock(self) -> int:
        """Return the stream time in ms."""


class Gauges:
    """What a flow process knows of itself."""

    def __init__(self, flow: str, shards: str) -> None:
        self.key = keys.metrics(flow, shards)
        self._trackers: dict[int, Tallied] = {}
        self._busy = 0.0
        self.values: dict[str, float] = {"started_seconds": time.time()}

    def took(self, tracker: Tallied, seconds: float) -> None:
        """Note a batch and how long it took."""
        self._trackers[id(tracker)] = tracker
        self._busy += seconds

    def snapshot(self, size: int, seconds: float) -> None:
        """Note a snapshot of a shard: its bytes, packed, and how long it held up the flow."""
        for name, number in (("snapshots", 1), ("snapshot_bytes", size), ("snapshot_seconds", seconds)):
            self.values[name] = self.values.get(name, 0) + number

    def text(self) -> list[str]:
        """Return names and values, one after the other."""
        # Copies: the flow goes on counting meanwhile.
        values, trackers = dict(self.values), list(self._trackers.values())
        for tracker in trackers:
            for name, number in dict(tracker.tally).items():
                values[name] = values.get(name, 0) + number
        clocks = [clock for clock in (tracker.clock for tracker in trackers) if clock]
        if clocks:  # before its first entry a tracker has no clock
            values["watermark_ms"] = min(clocks)
        values["busy_seconds"] = self._busy
        return [text for name, value in values.items() for text in (name, repr(value))]


class Teller:
    """Writes the gauges of a process to Redis every two seconds, from a thread of its own.

    So a flow that waits for a server, or takes up its state, is known to live; and what it says of itself ends soon
    after it, for nobody else removes it.
    """

    def __init__(self, gauges: Gauges, client: redis.Redis) -> None:
        """Prepare to write; `client` is for the thread alone."""
        self._gauges, self._client = gauges, client
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="teller", daemon=True)

    def __enter__(self) -> None:
        """Begin."""
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        """End, and leave nothing."""
        self._end.set()
        self._thread.join()
        self._try(lambda: self._client.delete(self._gauges.key))

    def _run(self) -> None:
        while True:
            self._try(self._report)
            if self._end.wait(EVERY):
                return

    def _report(self) -> None:
        pipe = self._client.pipeline(transaction=True)
        pipe.execute_command("HSET", self._gauges.key, *self._gauges.text())  # type: ignore[no-untyped-call]
        pipe.expire(self._gauges.key, HEARD_S)
        pipe.execute()

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except redis.RedisError as error:  # it is away, which the flow itself says, or full
            log.debug("metrics_not_written", error=str(error))
