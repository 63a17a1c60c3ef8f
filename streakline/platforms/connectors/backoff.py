"""Backoff: how long to wait before a request is sent again, and when an account that failed is looked at again."""

from __future__ import annotations

from typing import Final, NamedTuple

from streakline.times import HOUR_MS, MINUTE_MS, SECOND_MS


class Backoff(NamedTuple):
    """Waits that double, each by chance between the half and the whole of itself.

    Attributes:
        first: ms.
        longest: ms.
        attempts: how many there are at most.
    """

    first: int
    longest: int
    attempts: int

    def wait(self, failed: int, chance: float, asked: int = 0) -> int | None:
        """Return how long to wait, ms; None if it is given up.

        Args:
            failed: attempts until now.
            chance: of [0, 1), another one each time.
            asked: ms for which the platform asked to be left alone; more than `longest` is no wait but an end.
        """
        if failed >= self.attempts or asked > self.longest:
            return None
        whole = min(self.first << min(failed - 1, 40), self.longest)
        return max(round(whole * (0.5 + chance / 2)), asked)


REQUESTS: Final = Backoff(SECOND_MS, 20 * SECOND_MS, 4)
"""Of one request, while somebody waits."""
ACCOUNTS: Final = Backoff(10 * MINUTE_MS, 6 * HOUR_MS, 1 << 30)
"""Of an account that could not be looked at: never given up, its grant may hold for months."""


def due_again(failures: int, chance: float, now: int, until: int) -> int:
    """Return when an account is due that failed so often in a row, ms; not before `until`."""
    wait = ACCOUNTS.wait(failures, chance)
    return max(now + (ACCOUNTS.longest if wait is None else wait), until)
