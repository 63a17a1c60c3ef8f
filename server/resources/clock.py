"""The clock that servers go by: Redis' own, which all of them share, as far as this host knows it."""

from __future__ import annotations

import time
from typing import Final

from aiohttp import web


class Clock:
    """This host's clock, put right by what `Watch` found it to be off.

    Attributes:
        correction: ms to add to this host's clock.
    """

    def __init__(self) -> None:
        self.correction = 0

    def now_ms(self) -> int:
        """Return the time in ms since 1970."""
        return time.time_ns() // 1_000_000 + self.correction

    def now(self) -> float:
        """Return the time in seconds since 1970."""
        return time.time() + self.correction / 1000


CLOCK: Final = web.AppKey("clock", Clock)
