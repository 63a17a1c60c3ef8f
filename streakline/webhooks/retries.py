"""Retries: when a delivery that failed is tried again, and when it is given up."""

from __future__ import annotations

from typing import Final, NamedTuple

from streakline.times import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

LONGEST_MS: Final = DAY_MS
"""For how long a receiver may ask to be left alone."""


class Retries(NamedTuple):
    """A schedule of retries.

    Attributes:
        waits: ms before the second, the third … attempt.
        jitter: by which part of itself a wait may be longer, so that many deliveries do not come back at once.
    """

    waits: tuple[int, ...]
    jitter: float

    @property
    def attempts(self) -> int:
        """How many there are at most."""
        return len(self.waits) + 1

    def next_at(self, attempts: int, failed_at: int, chance: float, asked: int = 0) -> int | None:
        """Return when to try again, ms; None if it is given up.

        Args:
            attempts: that were made.
            failed_at: when the last one ended, ms.
            chance: of [0, 1), another one each time.
            asked: ms for which the receiver asked to be left alone.
        """
        if attempts > len(self.waits):
            return None
        wait = round(self.waits[attempts - 1] * (1 + self.jitter * chance))
        return failed_at + max(wait, min(asked, LONGEST_MS))


RETRIES: Final = Retries(
    (
        5 * SECOND_MS,
        5 * MINUTE_MS,
        30 * MINUTE_MS,
        2 * HOUR_MS,
        5 * HOUR_MS,
        10 * HOUR_MS,
        10 * HOUR_MS,
    ),
    0.2,
)
"""Eight attempts over 28 to 33 hours."""
