"""Days of a zone as spans of instants, and the zone's offsets: what a query needs to know of a zone's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from streakline import zones
from streakline.history.midnight import day_start
from streakline.history.ranges import Range

DAY: Final = timedelta(days=1)
FIRST: Final = zones.second_of(1970)
LAST: Final = zones.second_of(2100)
WEEK: Final = 7 * 86_400


class Day(NamedTuple):
    """A day of a zone: of 23, 24 or 25 hours, now and then of other lengths."""

    date: date
    start: int
    """Its first ms."""
    end: int
    """The first ms after it."""


def last(as_of: int, number: int, zone: ZoneInfo) -> list[Day]:
    """Return so many days of a zone, the last one that of a moment (ms)."""
    today = datetime.fromtimestamp(as_of / 1000, zone).date()
    return between(today - (number - 1) * DAY, today, zone)


def between(first: date, last: date, zone: ZoneInfo) -> list[Day]:
    """Return the days of a zone from one to another. A day that the zone left out is empty."""
    dates = [first + n * DAY for n in range((last - first).days + 1)]
    starts = [day_start(day, zone) for day in (*dates, dates[-1] + DAY)]
    return [Day(day, starts[n], starts[n + 1]) for n, day in enumerate(dates)]


def utc_dates(of: Range) -> list[date]:
    """Return the UTC dates that a range touches."""
    first, last = (datetime.fromtimestamp(ms / 1000, UTC).date() for ms in (of.start, of.end - 1))
    return [first + n * DAY for n in range((last - first).days + 1)]


@lru_cache(maxsize=64)
def offsets(zone: ZoneInfo) -> tuple[list[int], list[int]]:
    """Return the seconds since 1970 from which each offset of a zone holds, and these offsets in seconds."""
    steps = range(FIRST, LAST, WEEK)
    held, changes = zones.changes(zone, steps)
    return [FIRST, *changes], [held[0], *(zones.offset(zone, change) for change in changes)]
