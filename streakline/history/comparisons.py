"""Comparisons: the range that another one is compared with, and each of its buckets with its counterpart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from streakline.history.days import DAY
from streakline.history.midnight import day_start
from streakline.history.ranges import Range

PREVIOUS, YEAR_BEFORE, WEEKDAYS = "previous", "year_before", "weekdays"
NAMES: Final = (PREVIOUS, YEAR_BEFORE, WEEKDAYS)
_WEEK: Final = 7
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)


class Move(NamedTuple):
    """How far a moment is moved back; only one of the three is not 0."""

    ms: int = 0
    days: int = 0
    """Of the zone: the clock shows the same before and after."""
    years: int = 0


def move(name: str, of: Range, zone: ZoneInfo) -> Move:
    """Return how far a range is moved back to what it is compared with.

    `previous` is as many days just before where the range is whole days of the zone, else the same length just
    before. `year_before` has the same dates. `weekdays` is the nearest whole weeks before that do not overlap it.

    Args:
        name: one of `NAMES`.
        of: the range.
        zone: whose days count.
    """
    if name == YEAR_BEFORE:
        return Move(years=1)
    first, last = (_local(ms, zone) for ms in (of.start, of.end))
    if name == WEEKDAYS:
        days = (last.date() - first.date()).days + (last.time() > first.time())
        return Move(days=max(1, -(-days // _WEEK)) * _WEEK)
    whole = all(day_start(at.date(), zone) == ms for at, ms in ((first, of.start), (last, of.end)))
    return Move(days=(last.date() - first.date()).days) if whole else Move(ms=of.length)


def moved(moments: Iterable[int], by: Move, zone: ZoneInfo) -> list[int]:
    """Return moments (ms, ascending) moved back, ascending too: where clocks jumped some fall together."""
    return list(accumulate((_moved(ms, by, zone) for ms in moments), max))


def _moved(ms: int, by: Move, zone: ZoneInfo) -> int:
    if by.ms:
        return max(0, ms - by.ms)
    local = _local(ms, zone)
    day = local.date() - by.days * DAY if by.days else _years_before(local.date(), by.years)
    if day_start(local.date(), zone) == ms:
        return max(0, day_start(day, zone))
    return max(0, (datetime.combine(day, local.timetz()) - _EPOCH) // _MS)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February: what came after the 28th
        return date(day.year - years, 3, 1)


def _local(ms: int, zone: ZoneInfo) -> datetime:
    return (_EPOCH + ms * _MS).astimezone(zone)
