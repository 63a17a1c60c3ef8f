"""Allowances: how many events a sender may send a second (a token bucket each, a bounded number of them)."""

from __future__ import annotations

from collections import OrderedDict

SENDERS = 20_000
"""Buckets kept; beyond it the sender that was quiet longest is forgotten, which only favours him."""
BURST_SECONDS = 10.0
"""A sender may use so many seconds' worth at once."""


class Allowances:
    """Token buckets by sender."""

    def __init__(self, per_second: float) -> None:
        """Make allowances of so many events a second each; 0 means no limit."""
        self._rate = per_second
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, sender: str, events: int, now: float) -> float:
        """Take events from a sender's allowance; return 0, or the seconds to wait if it is spent.

        A request larger than a whole burst passes when the bucket is full, and leaves a debt.
        """
        if not self._rate:
            return 0.0
        burst = self._rate * BURST_SECONDS
        level, since = self._levels.pop(sender, (burst, now))
        level = min(burst, level + (now - since) * self._rate)
        needed = min(float(events), burst)
        granted = level >= needed
        self._levels[sender] = (level - events if granted else level, now)
        if len(self._levels) > SENDERS:
            self._levels.popitem(last=False)
        return 0.0 if granted else (needed - level) / self._rate
