"""Series: what stood of one number at the end of each day on which it was observed.

A day's value is its last observation in the owner's zone. A day without one has none: nothing is drawn between days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from streakline.platforms.names import METRICS, STANDS_FOR

Number = int | float
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
    days: Sequence[int]
    """Numbers of days, ascending: 0 is the first one of a question, -1 the day before."""
    values: Sequence[Number]
    seen: int = 0
    """The moment of the last observation, ms UTC."""

    @property
    def last(self) -> Number:
        """The value that was observed last."""
        return self.values[-1]


def series_of(
    of: Subject, name: str, currency: str, days: Sequence[int], values: Sequence[float], seen: int = 0
) -> Series | None:
    """Return a series with whole numbers where its name counts; None for a name that is not known here."""
    metric = METRICS.get(name)
    if metric is None:
        return None
    whole = metric.unit == "count"
    numbers: list[Number] = [int(value) for value in values] if whole else list(values)
    return Series(of, name, currency, days, numbers, seen)


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
    return [one._replace(days=[day + days for day in one.days]) for one in series]


def value_at(series: Series, day: int) -> Number | None:
    """Return what was observed last up to the end of a day; None before the first observation."""
    found = None
    for at, value in zip(series.days, series.values, strict=True):
        if at > day:
            break
        found = value
    return found


def sums_by_day(series: Iterable[Series], length: int) -> list[Number | None]:
    """Return of each of so many days the sum of what was observed last up to its end; None as long as nothing was.

    Args:
        series: of totals or states, one of each subject.
        length: how many days there are.
    """
    steps: list[Number | None] = [None] * length
    for one in series:
        before: Number = 0
        for day, value in zip(one.days, one.values, strict=True):
            if day >= length:
                break
            at = max(day, 0)
            steps[at] = (steps[at] or 0) + value - before
            before = value
    total: Number | None = None
    sums: list[Number | None] = []
    for step in steps:
        if step is not None:
            total = step if total is None else total + step
        sums.append(total)
    return sums


def sums_of_days(series: Iterable[Series], length: int) -> list[Number | None]:
    """Return of each of so many days the sum of numbers that are of one day alone; None where no subject has one."""
    sums: list[Number | None] = [None] * length
    for one in series:
        for day, value in zip(one.days, one.values, strict=True):
            if 0 <= day < length:
                sums[day] = (sums[day] or 0) + value
    return sums
