"""Totals of a range: the sums that history answers with, and what follows of them.

Percentages and seconds are computed from integers and rounded half up, so that two ways of counting give one text.
Where nothing gives a value there is none, not 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from streakline.history.metrics import METRICS, Ratio

UNKNOWN: Final = "unknown"
"""What is counted under no name: a play without a source, a share without a platform."""
DROP_OFF_SECONDS: Final = (30, 60, 120, 180, 300, 600, 1_200, 1_800, 3_600)
"""Where it is asked how many had stopped."""


class Totals(msgspec.Struct, frozen=True):
    """Sums over a range, as the statement `sql.composed.sums` gives them; what it was not asked for is 0.

    Likes, saves and the others are gross: what was taken back is counted apart. Times are in ms.
    """

    plays: int = 0
    starts: int = 0
    replays: int = 0
    finished: int = 0
    timed: int = 0
    played_ms: int = 0
    completed: int = 0
    completion_pm: int = 0
    likes: int = 0
    saves: int = 0
    shares: int = 0
    downloads: int = 0
    comments: int = 0
    by_source: dict[str, int] = {}
    shares_by_platform: dict[str, int] = {}
    listeners: int = 0
    sessions: int = 0
    users: int = 0

    def ratio(self, name: str) -> float | None:
        """Return a metric that divides these sums, by its name; two decimals, None where nothing divides."""
        formula = METRICS[name].formula
        assert isinstance(formula, Ratio)
        part = self._sum(formula.part.plus) - self._sum(formula.part.minus)
        return hundredths(part * formula.times, (self._sum([formula.of]) if formula.of else 1) * formula.by)

    def _sum(self, columns: Sequence[str]) -> int:
        return sum(getattr(self, column) for column in columns)


def hundredths(dividend: int, divisor: int) -> float | None:
    """Return a quotient with two decimals, half up; None where nothing divides."""
    return None if divisor <= 0 else (dividend * 200 + divisor) // (divisor * 2) / 100


def whole(dividend: int, divisor: int) -> int | None:
    """Return a quotient as a whole number, half up; None where nothing divides."""
    return None if divisor <= 0 else (dividend * 2 + divisor) // (divisor * 2)


def growth(now: int, before: int) -> float | None:
    """Return the change in per cent, two decimals; 0 of nothing to nothing, None of nothing to something."""
    if not before:
        return None if now else 0.0
    change = hundredths(abs(now - before) * 100, before)
    return None if change is None else change if now >= before else -change


def adding_up(counts: Mapping[str, int], total: int) -> dict[str, int]:
    """Return counts, most first, with what names none of them as `UNKNOWN`, so that they add up to the total."""
    missing = total - sum(counts.values())
    return most({**counts, UNKNOWN: counts.get(UNKNOWN, 0) + missing})


def most(counts: Mapping[str, int], number: int | None = None) -> dict[str, int]:
    """Return counts, most first, equal ones by name; zeros left out, and all but the first `number`."""
    ranked = sorted(
        ((name, count) for name, count in counts.items() if count), key=lambda item: (-item[1], item[0])
    )
    return dict(ranked[:number])
