"""Viewing time: how long a person listened and watched in a week, month or year to date, and beside the one before.

A period begins at midnight of the person's calendar and ends now. It is compared with the same part of the period
before: up to the same time of the same weekday, day of the month, or day of the year.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from streakline.history.midnight import day_start
from streakline.history.totals import growth
from streakline.people import breakdowns
from streakline.people.breakdowns import hours, hours_by
from streakline.people.local_days import I64, date_of, day_of, local_moment
from streakline.people.play_rows import PlayRows
from streakline.times import DAY_MS, iso

Period = Literal["week", "month", "year", "all"]
PERIODS: Final[tuple[Period, ...]] = ("week", "month", "year", "all")
_ONE: Final = timedelta(days=1)


class Span(NamedTuple):
    """A span of local time, in ms of the clock on the wall since 1970-01-01T00:00."""

    start: int
    end: int
    """The first ms after it."""


class DayHours(msgspec.Struct, frozen=True):
    """The hours of a local day, or of a month like `2020-01`."""

    date: str
    hours: float


class ViewingTime(msgspec.Struct, frozen=True, rename="camel"):
    """The viewing time of a person in a period to date. Hours have two decimals.

    Attributes:
        time_period: `week`, `month`, `year` or `all`.
        period_start: the first moment of the period, ISO 8601; null of `all`.
        period_end: now, ISO 8601.
        total_hours: time of all plays begun, counted or not.
        content_breakdown: hours by content type, most first.
        platform_distribution: hours by platform, most first.
        genre_distribution: hours by genre, most first; a content of several genres counts for each.
        comparison_to_previous_period: change in per cent; null of `all`, and where there was nothing before and
            there is something now.
        previous_hours: hours of the same part of the period before; null of `all`.
        plays: counted plays.
        plays_without_duration: of these those of which nobody knows how long they lasted; they have no hours.
        total_movies: different movies finished in the period.
        total_shows: different shows of which an episode was finished in it.
        total_episodes: different episodes finished in it.
        hour_distribution: hours by the hour that the clock showed: 24 numbers.
        days: hours of every day of the period, but not of `all`.
        months: hours of every month of `year` and `all`.
    """

    time_period: Period
    period_start: str | None
    period_end: str
    total_hours: float
    content_breakdown: dict[str, float]
    platform_distribution: dict[str, float]
    genre_distribution: dict[str, float]
    comparison_to_previous_period: float | None
    previous_hours: float | None
    plays: int
    plays_without_duration: int
    total_movies: int
    total_shows: int
    total_episodes: int
    hour_distribution: tuple[float, ...]
    days: tuple[DayHours, ...]
    months: tuple[DayHours, ...]


def viewing_time(rows: PlayRows, period: Period, as_of: int, zone: ZoneInfo) -> ViewingTime:
    """Return the viewing time of a person.

    Args:
        rows: of the person; those of `as_of` and later are left out. Of a quarter hour in which the period before is
            cut off, a content's plays are in it if the first one is.
        period: which.
        as_of: now, ms UTC.
        zone: of the person: when a period begins, and where plays were whose events named no zone.
    """
    known = rows.before(as_of)
    local = known.local(zone)
    now = local_moment(as_of, zone)
    start = first_day(period, now)
    inside = local >= start * DAY_MS if start is not None else np.ones(len(local), np.bool_)
    own, at = known.where(inside), local[inside]
    lasted = own.lasted
    total = int(lasted.sum())
    before = None
    if start is not None:
        earlier = span_before(period, now)
        before = int(known.lasted[(local >= earlier.start) & (local < earlier.end)].sum())
    counts = breakdowns.finished(own)
    return ViewingTime(
        time_period=period,
        period_start=None if start is None else iso(day_start(date_of(start), zone)),
        period_end=iso(as_of),
        total_hours=hours(total),
        content_breakdown=hours_by(breakdowns.by_type(own, lasted)),
        platform_distribution=hours_by(breakdowns.by_platform(own, lasted)),
        genre_distribution=hours_by(breakdowns.by_genre(own, lasted)),
        comparison_to_previous_period=None if before is None else growth(total, before),
        previous_hours=None if before is None else hours(before),
        plays=int(own.plays.sum()),
        plays_without_duration=int(own.untimed.sum()),
        total_movies=counts["movie"],
        total_shows=counts["show"],
        total_episodes=counts["episode"],
        hour_distribution=tuple(hours(ms) for ms in breakdowns.by_hour(at, lasted)),
        days=() if start is None else _days(at, lasted, start, now),
        months=_months(at, lasted, start, now) if period in {"year", "all"} else (),
    )


def first_day(period: Period, now: int) -> int | None:
    """Return the local day with which a period begins that a local moment lies in; None of `all`."""
    today = date_of(now // DAY_MS)
    match period:
        case "week":
            return day_of(today - today.weekday() * _ONE)
        case "month":
            return day_of(today.replace(day=1))
        case "year":
            return day_of(today.replace(month=1, day=1))
        case "all":
            return None


def span_before(period: Period, now: int) -> Span:
    """Return the part of the period before that ends as far in it as a local moment is in its own.

    After 29 February a year goes as far as the same date in the year before, and on that day to 1 March. A month
    that is shorter is compared as a whole.
    """
    today = date_of(now // DAY_MS)
    start = first_day(period, now)
    assert start is not None, "nothing is before all"
    if period == "week":
        return Span((start - 7) * DAY_MS, now - 7 * DAY_MS)
    if period == "month":
        first = day_of((date_of(start) - _ONE).replace(day=1))
        return Span(first * DAY_MS, min(now - (start - first) * DAY_MS, start * DAY_MS))
    leap = (today.month, today.day) == (2, 29)
    same = date(today.year - 1, 3, 1) if leap else today.replace(year=today.year - 1)
    return Span(day_of(date(today.year - 1, 1, 1)) * DAY_MS, day_of(same) * DAY_MS + now % DAY_MS)


def _days(local: I64, lasted: I64, first: int, now: int) -> tuple[DayHours, ...]:
    """Return the hours of every day, those of a zone ahead of today's too."""
    last = max(now // DAY_MS, int(local.max()) // DAY_MS if local.size else 0)
    sums = breakdowns.by_day(local, lasted, first, last)
    return tuple(map(DayHours, _dates(first, last), map(hours, sums)))


@lru_cache(maxsize=64)
def _dates(first: int, last: int) -> tuple[str, ...]:
    """Return the ISO dates of every day from one to another: they are those of many persons."""
    return tuple(date_of(day).isoformat() for day in range(first, last + 1))


def _months(local: I64, lasted: I64, start: int | None, now: int) -> tuple[DayHours, ...]:
    if not local.size and start is None:
        return ()
    first = int(local.min()) // DAY_MS if start is None else start
    last = max(now // DAY_MS, int(local.max()) // DAY_MS if local.size else 0)
    begin, end = (_month(day) for day in (first, last))
    sums = breakdowns.added(breakdowns.months_of(local) - begin, lasted, end - begin + 1).tolist()
    return tuple(
        DayHours(f"{1970 + month // 12:04}-{month % 12 + 1:02}", hours(ms))
        for month, ms in zip(range(begin, end + 1), sums, strict=True)
    )


def _month(day: int) -> int:
    """Return the month of a day, counted from January 1970."""
    at = date_of(day)
    return (at.year - 1970) * 12 + at.month - 1
