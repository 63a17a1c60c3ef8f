"""Series: what stood of one number at the end of each day on which it was observed.

A day's value is its last observation in the owner's zone. A day without one has none: nothing is drawn between days.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from streakline.platforms.names import METRICS, STANDS_FOR

Number = int | float
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]
OF_ENGAGEMENT: Final = ("likes", "comments", "shares")
"""What engagement adds up."""


class Subject(NamedTuple):
    """What a number is of: a post, or an account itself where `post` is ""."""

    platform: str
    account: str
    post: str
    content: str
    """The content in the catalogue; "" of an account itself."""


class Series(NamedTuple):
    """One number of one subject."""

    of: Subject
    name: str
    currency: str
    days: I64
    """Numbers of days, ascending: 0 is the first one of a question, -1 the day before."""
    values: F64
    seen: int = 0
    """The moment of the last observation, ms UTC."""

    @property
    def last(self) -> Number:
        """The value that was observed last: whole where its name counts."""
        value = float(self.values[-1])
        return int(value) if METRICS[self.name].unit == "count" else value


def compared(series: Iterable[Series]) -> list[Series]:
    """Return series under the names by which platforms are compared: a retweet is a share.

    Where a platform tells both of one subject, its number under the compared name stands and the other keeps its own.
    """
    listed = list(series)
    taken = {(one.of, one.name) for one in listed}
    found = []
    for one in listed:
        name = STANDS_FOR.get((one.of.platform, one.name))
        found.append(one if name is None or (one.of, name) in taken else one._replace(name=name))
    return found


def moved(series: Iterable[Series], days: int) -> list[Series]:
    """Return series as a question sees them whose first day is so many days before."""
    return [one._replace(days=one.days + days) for one in series]


def value_at(series: Series, day: int) -> Number | None:
    """Return what was observed last up to the end of a day; None before the first observation."""
    place = int(series.days.searchsorted(day, "right"))
    return float(series.values[place - 1]) if place else None


def side_by_side(series: Iterable[Series]) -> tuple[I64, F64, npt.NDArray[np.bool_]]:
    """Return the days and values of several series one after the other, and whether each is the first of its own."""
    listed = [one for one in series if len(one.days)]
    if not listed:
        return np.empty(0, np.int64), np.empty(0), np.empty(0, np.bool_)
    days = np.concatenate([one.days for one in listed])
    begins = np.zeros(len(days), np.bool_)
    begins[np.cumsum([0, *(len(one.days) for one in listed[:-1])])] = True
    return days, np.concatenate([one.values for one in listed]), begins


def sums_by_day(series: Iterable[Series], length: int) -> list[Number | None]:
    """Return of each of so many days the sum of what was observed last up to its end; None as long as nothing was.

    Args:
        series: of totals or states, one of each subject.
        length: how many days there are.
    """
    days, values, begins = side_by_side(series)
    change = np.where(begins, values, np.diff(values, prepend=0.0))
    held = days < length
    at = np.maximum(days[held], 0)
    known = np.cumsum(np.bincount(at, minlength=length)) > 0
    sums = np.cumsum(np.bincount(at, change[held], length))
    return [
        value if is_known else None for value, is_known in zip(sums.tolist(), known.tolist(), strict=True)
    ]
