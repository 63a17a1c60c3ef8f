"""Allowances: how much a sender may send a second (a token bucket each, a bounded number of them).

A sender is let in while one event is left, whatever the request holds, and what it held is charged afterwards. So
whether to refuse is known before a body is read, and the rate holds all the same: what was too much becomes a debt.

Several processes share an allowance: each reports now and then what it charged (`reports`) and hears what all of them
have left (`settle`). In between each goes by its own, so that no request waits for another process.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Mapping
from typing import NamedTuple

SENDERS = 20_000
"""Buckets kept; beyond it the sender that was quiet longest is forgotten, which only favours it."""
BURST_SECONDS = 10.0
"""A sender may use so many seconds' worth at once."""
WORTH_REPORTING = 0.01
"""The part of a burst that is reported at the next round; less waits for the round of all."""


class Standing(NamedTuple):
    """What a sender is told: what it may use at once, what is left of it, and after how many seconds all is."""

    limit: int
    remaining: int
    reset: int


class Allowances:
    """Token buckets by sender."""

    def __init__(self, per_second: float) -> None:
        """Make allowances of so many events a second each; 0 means no limit."""
        self.rate = per_second
        self.burst = per_second * BURST_SECONDS
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Sender -> events left, less than 0 for a debt, and the second at which that was true."""
        self._unreported: dict[str, float] = {}

    def wait(self, sender: str, now: float) -> float:
        """Return 0 if a sender may send now, else the seconds until it may. Nothing is charged.

        Args:
            sender: its name.
            now: seconds of a clock that only measures (monotonic).
        """
        if not self.rate:
            return 0.0
        left = self._left(sender, now)
        # A rate below one event in ten seconds never fills a whole event: then a full bucket has to do.
        least = min(1.0, self.burst)
        return 0.0 if left >= least else (least - left) / self.rate

    def charge(self, sender: str, events: int, now: float) -> None:
        """Take events from a sender's allowance, also more than is left."""
        if not self.rate:
            return
        self._set(sender, self._left(sender, now) - events, now)
        self._unreported[sender] = self._unreported.get(sender, 0.0) + events

    def standing(self, sender: str, now: float) -> Standing:
        """Return what a sender is told. There must be a limit."""
        left = self._left(sender, now)
        limit = max(1, math.floor(self.burst))
        return Standing(limit, max(0, math.floor(left)), math.ceil((self.burst - left) / self.rate))

    def reports(self, *, everything: bool) -> dict[str, float]:
        """Return what was charged and not reported yet, as reported: sender -> events.

        Args:
            everything: also of those who sent little.
        """
        least = 0.0 if everything else self.burst * WORTH_REPORTING
        told = {sender: events for sender, events in self._unreported.items() if events >= least}
        for sender in told:
            del self._unreported[sender]
        return told

    def take_back(self, reports: Mapping[str, float]) -> None:
        """Hold reports as not made: nobody heard them."""
        for sender, events in reports.items():
            if sender in self._levels:
                self._unreported[sender] = self._unreported.get(sender, 0.0) + events

    def settle(self, sender: str, left: float, now: float) -> None:
        """Take over what all processes have left of an allowance, after the last report of this one."""
        self._set(sender, left - self._unreported.get(sender, 0.0), now)

    def _set(self, sender: str, left: float, now: float) -> None:
        self._levels[sender] = (left, now)
        self._levels.move_to_end(sender)
        if len(self._levels) > SENDERS:
            forgotten, _ = self._levels.popitem(last=False)
            self._unreported.pop(forgotten, None)

    def _left(self, sender: str, now: float) -> float:
        left, since = self._levels.get(sender, (self.burst, now))
        return min(self.burst, left + (now - since) * self.rate)
