"""Growth: what totals gained from one observed day to the next.

A pair is two observed days of one subject, one after the other. What it gained belongs to the later day. A pair over
days without an observation is a gap: it is told, and its gain is not spread over days of which nothing is known. Where
a total is lower than before, the platform took something back: that is a correction and no gain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from streakline.history.totals import hundredths
from streakline.platforms.figures.series import Number, Series, side_by_side

LEAST, MOST = -100.0, 1000.0
"""Per cent between which a growth rate is told."""


@dataclass
class Growth:
    """What was gained on a day, or in several."""

    gained: Number = 0
    corrections: Number = 0
    """What was taken back: 0 or below."""
    pairs: int = 0
    gaps: int = 0
    """Pairs with days between them that were not observed."""

    def add(self, other: Growth) -> None:
        """Add what another day has."""
        self.gained += other.gained
        self.corrections += other.corrections
        self.pairs += other.pairs
        self.gaps += other.gaps

    @property
    def net(self) -> Number:
        """The gain less what was taken back."""
        return self.gained + self.corrections


def growth_by_day(series: Iterable[Series], length: int) -> list[Growth | None]:
    """Return what totals gained on each of so many days; None for a day on which no pair ends.

    Args:
        series: of totals, one of each subject.
        length: how many days there are.
    """
    days, values, begins = side_by_side(series)
    ends = np.flatnonzero(~begins & (days >= 0) & (days < length))
    at, change = days[ends], values[ends] - values[ends - 1]
    columns = (
        np.bincount(at, np.maximum(change, 0), length),
        np.bincount(at, np.minimum(change, 0), length),
        np.bincount(at, minlength=length),
        np.bincount(at, days[ends] - days[ends - 1] > 1, length).astype(np.int64),
    )
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [Growth(*row) if row[2] else None for row in rows]


def together(days: Iterable[Growth | None]) -> Growth | None:
    """Return what several days gained; None where no pair ends on any."""
    whole = Growth()
    for day in days:
        if day is not None:
            whole.add(day)
    return whole if whole.pairs else None


def change_of(series: Iterable[Series], length: int) -> tuple[Number, Number] | None:
    """Return what states were at the first day that is known of so many days, and at the last one, added up.

    What is known of the first day may have been observed before. Who has not two observations is in neither sum; None
    if nobody has.
    """
    first, last, known = 0.0, 0.0, False
    for one in series:
        end = int(one.days.searchsorted(length)) - 1
        begin = max(0, int(one.days.searchsorted(0, "right")) - 1)
        if begin < end:
            first, last, known = first + float(one.values[begin]), last + float(one.values[end]), True
    return (first, last) if known else None


def rate_between(first: Number, last: Number) -> float | None:
    """Return by how many per cent a state grew from one value to another, from -100 to 1,000; None from nothing."""
    change = hundredths(abs(int(last) - int(first)) * 100, int(first))
    if change is None:
        return None
    return min(MOST, max(LEAST, change if last >= first else -change))
