"""Trying again: when, how long to wait, and when to give up."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

LATER = frozenset({408, 429, 502, 503, 504})
"""Answers that mean "not now": the body came too slowly, the server is full, restarting, or its proxy cannot see it."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a request may take and how long it is repeated."""

    request: float = 30.0
    """Seconds for one try, from connecting to the last byte of the answer."""
    connect: float = 5.0
    """Seconds for opening a connection."""
    total: float = 300.0
    """Seconds after which trying again ends."""
    first: float = 0.2
    """Seconds of the first pause at most; doubled each time."""
    longest: float = 10.0
    """Seconds of any pause at most, but for a longer `Retry-After`."""


@dataclass(slots=True)
class Tries:
    """The pauses of one request that is being repeated."""

    patience: Patience
    clock: Callable[[], float] = time.monotonic
    draw: Callable[[], float] = random.random
    made: int = 0
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.clock()

    def pause(self, retry_after: float | None = None) -> float | None:
        """Return the seconds to wait before the next try; None when patience is over.

        Full jitter, so that many senders do not come back at once; a server's `Retry-After` is a floor.
        """
        self.made += 1
        ceiling: float = min(self.patience.longest, self.patience.first * 2 ** min(self.made - 1, 20))
        seconds = self.draw() * ceiling
        if retry_after is not None:
            seconds += retry_after
        if self.clock() - self._began + seconds > self.patience.total:
            return None
        return seconds


def retry_after_seconds(value: str | None, now: float) -> float | None:
    """Return what a `Retry-After` header asks for, in seconds (it may be a number or an HTTP date)."""
    if not value:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except ValueError:
        return None  # a header nobody can read asks for nothing; the pause stays jittered
