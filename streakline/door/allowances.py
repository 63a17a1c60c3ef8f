"""Allowances: how many events a sender may send a second (a token bucket each, a bounded number of them).

A sender is let in while one event is left, whatever the request holds, and what it held is charged afterwards. So
whether to refuse is known before a body is read, and the rate holds all the same: what was too much becomes a debt.
"""

from __future__ import annotations

from collections import OrderedDict

SENDERS = 20_000
"""Buckets kept; beyond it the sender that was quiet longest is forgotten, which only favours it."""
BURST_SECONDS = 10.0
"""A sender may use so many seconds' worth at once."""


class Allowances:
    """Token buckets by sender."""

    def __init__(self, per_second: float) -> None:
        """Make allowances of so many events a second each; 0 means no limit."""
        self._rate = per_second
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Sender -> events left, less than 0 for a debt, and the second at which that was true."""

    def wait(self, sender: str, now: float) -> float:
        """Return 0 if a sender may send now, else the seconds until it may. Nothing is charged.

        Args:
            sender: its name.
            now: seconds of a clock that only measures (monotonic).
        """
        if not self._rate:
            return 0.0
        left = self._left(sender, now)
        # A rate below one event in ten seconds never fills a whole event: then a full bucket has to do.
        least = min(1.0, self._rate * BURST_SECONDS)
        return 0.0 if left >= least else (least - left) / self._rate

    def charge(self, sender: str, events: int, now: float) -> None:
        """Take events from a sender's allowance, also more than is left."""
        if not self._rate:
            return
        left = self._left(sender, now) - events
        self._levels[sender] = (left, now)
        self._levels.move_to_end(sender)
        if len(self._levels) > SENDERS:
            self._levels.popitem(last=False)

    def _left(self, sender: str, now: float) -> float:
        burst = self._rate * BURST_SECONDS
        left, since = self._levels.get(sender, (burst, now))
        return min(burst, left + (now - since) * self._rate)
