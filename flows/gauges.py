"""Metrics of a flow process, written to Redis beside its other outputs; the server shows them."""

from __future__ import annotations

import time
from typing import Final, Protocol

from flows.line import Command
from streakline import keys

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
        self._key = keys.metrics(flow, shards)
        self._trackers: dict[int, Tallied] = {}
        self._busy = 0.0
        self._written_at = 0.0
        self.values: dict[str, float] = {"started_seconds": time.time()}

    def took(self, tracker: Tallied, seconds: float) -> None:
        """Note a batch and how long it took."""
        self._trackers[id(tracker)] = tracker
        self._busy += seconds

    def snapshot(self, size: int, seconds: float) -> None:
        """Note a snapshot of a shard: its bytes, packed, and how long it held up the flow."""
        for name, number in (("snapshots", 1), ("snapshot_bytes", size), ("snapshot_seconds", seconds)):
            self.values[name] = self.values.get(name, 0) + number

    def commands(self, now: float) -> list[Command]:
        """Return what is to be written, at most every two seconds."""
        if now < self._written_at + EVERY or not self._trackers:
            return []
        self._written_at = now
        values = dict(self.values)
        for tracker in self._trackers.values():
            for name, number in tracker.tally.items():
                values[name] = values.get(name, 0) + number
        clocks = [tracker.clock for tracker in self._trackers.values() if tracker.clock]
        if clocks:  # before its first entry a tracker has no clock
            values["watermark_ms"] = min(clocks)
            values["lag_ms"] = max(0.0, now * 1000 - values["watermark_ms"])
        values["busy_seconds"] = self._busy
        flat = [text for name, value in values.items() for text in (name, repr(value))]
        return [("HSET", self._key, *flat)]
