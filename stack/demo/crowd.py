"""The live crowd: a stream of events in the order in which they are due."""

from __future__ import annotations

import heapq
from typing import Any, Final

from stack.demo.sessions import BLOCK_MS, crowd_of
from stack.demo.wire import HEARTBEAT_MS, Due, events_of

BEFORE_MS: Final = 65 * 60_000
"""How far back a crowd listens before it is first looked at, so that the page's last hour is full at once."""
_LONGEST_MS: Final = 4 * 3_600_000
"""Sessions that began earlier are over."""


class Crowd:
    """The events of one seed from a moment on."""

    def __init__(self, seed: int, start: int) -> None:
        self._seed = seed
        self._start = start
        self._block = (start - _LONGEST_MS) // BLOCK_MS
        self._waiting: list[tuple[int, int, dict[str, Any]]] = []
        self._number = 0

    def due(self, until: int) -> list[dict[str, Any]]:
        """Return the events due up to a moment that were not returned before, in order.

        The first call also returns what the last hour has left: its plays, and one sign of life of each play
        that is still running.
        """
        while self._block * BLOCK_MS <= until:
            for session in crowd_of(self._seed, self._block):
                for due in events_of(session, live=True):
                    self._take(due)
            self._block += 1
        events = []
        while self._waiting and self._waiting[0][0] <= until:
            events.append(heapq.heappop(self._waiting)[2])
        return events

    def _take(self, due: Due) -> None:
        if due.at < self._start - BEFORE_MS:
            return
        if due.until and due.at <= self._start - HEARTBEAT_MS:
            return  # of a play that ended, the report says it all; of a running one the latest sign is enough
        if due.until and due.until <= self._start:
            return
        self._number += 1
        heapq.heappush(self._waiting, (due.at, self._number, due.event))
