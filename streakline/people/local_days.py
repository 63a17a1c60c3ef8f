"""Local days of plays: on which day of a person each one began, and which days his clocks left out.

A day is what a clock on the wall shows: by the zone of the event, else by the person's own. It is a number since
1970-01-01.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from streakline.history.days import offsets as zone_offsets
from streakline.people.day_sets import NO_DAYS, DaySet
from streakline.streams.records import NO_OFFSET
from streakline.times import DAY_MS, QUARTER_MS

EPOCH: Final = date(1970, 1, 1).toordinal()
DAY_S: Final = DAY_MS // 1000

_MONDAY: Final = 3
"""Of the week of 1970-01-01, a Thursday: so many days before it."""

I64 = npt.NDArray[np.int64]


Days = TypeVar("Days", int, npt.NDArray[np.int64])
"""A day or some."""


class Plays(NamedTuple):
    """Counted plays of a person, one or more at each moment, in any order."""

    starts: I64
    """When they began, ms UTC."""
    offsets: npt.NDArray[np.int16]
    """Offsets of their own zones in quarter hours, `NO_OFFSET` where an event named none."""
    types: npt.NDArray[np.uint8]
    """Codes of their content types (`streakline.kinds.CONTENT_TYPES`)."""

    def before(self, moment: int) -> Plays:
        """Return those that began before a moment (ms), in order of time; of equal moments by offset and type."""
        kept = np.flatnonzero(self.starts < moment)
        order = kept[np.lexsort((self.types[kept], self.offsets[kept], self.starts[kept]))]
        return Plays(self.starts[order], self.offsets[order], self.types[order])


class Watched(NamedTuple):
    """The days of a person."""

    days: DaySet
    """On which a counted play began."""
    left_out: DaySet = NO_DAYS
    """Without a play, and no day to miss one: see `left_out`."""
    by_type: Mapping[int, DaySet] = MappingProxyType({})
    """Code of a content type -> the days on which such a play began."""


def watched(plays: Plays, zone: ZoneInfo, *, with_types: bool = True) -> Watched:
    """Return the days of plays.

    Args:
        plays: counted ones, in any order.
        zone: of the person, for plays whose events named none.
        with_types: whether the days of each type are wanted.
    """
    ordered = plays.before(np.iinfo(np.int64).max)
    by = offsets_of(ordered, zone)
    days = (ordered.starts + by) // DAY_MS
    codes = np.unique(ordered.types).tolist() if with_types else []
    by_type = {code: DaySet.of(days[ordered.types == code]) for code in codes}
    active = DaySet.of(days)
    return Watched(active, _left_out(ordered.starts, by, days, zone) - active, by_type)


def offsets_of(plays: Plays, zone: ZoneInfo) -> I64:
    """Return by how many ms the local time of each play is ahead of UTC."""
    own = plays.offsets.astype(np.int64) * QUARTER_MS
    return np.where(plays.offsets == NO_OFFSET, _by_zone(plays.starts, zone), own)


def local_moment(moment: int, zone: ZoneInfo) -> int:
    """Return what the clock of a zone shows at a moment (ms), in ms since 1970-01-01T00:00 of that clock."""
    return moment + int(_by_zone(np.array([moment]), zone)[0])


def local_day(moment: int, zone: ZoneInfo) -> int:
    """Return the day of a moment (ms) in a zone."""
    return local_moment(moment, zone) // DAY_MS


def date_of(day: int) -> date:
    """Return the date of a day."""
    return date.fromordinal(day + EPOCH)


def day_of(at: date) -> int:
    """Return the day of a date: the inverse of `date_of`."""
    return at.toordinal() - EPOCH


def weekday(day: Days) -> Days:
    """Return the weekday of a day, or of each of some: 0 is Monday."""
    return (day + _MONDAY) % 7


@lru_cache(maxsize=64)
def _table(zone: ZoneInfo) -> tuple[I64, I64]:
    """Return the seconds from which each offset of a zone holds, and these in ms."""
    since, held = zone_offsets(zone)
    return np.array(since, np.int64), np.array(held, np.int64) * 1000


def _by_zone(starts: I64, zone: ZoneInfo) -> I64:
    since, held = _table(zone)
    found = np.searchsorted(since, starts // 1000, side="right") - 1
    return held[np.maximum(found, 0)]


def _left_out(starts: I64, by: I64, days: I64, zone: ZoneInfo) -> DaySet:
    """Return the days that nobody could miss.

    A day between two plays less than 24 hours apart was no day without a play, whatever the clocks did: they jumped
    over it on the way west across the date line, or it had 23 hours. Nor is one that the clocks left out altogether.
    """
    between = np.diff(days) - 1
    apart = np.diff(starts)
    jumps = np.diff(by) // DAY_MS
    found = (between > 0) & ((apart < DAY_MS) | (between <= jumps))
    skipped = [day for at in np.flatnonzero(found) for day in range(int(days[at]) + 1, int(days[at + 1]))]
    return DaySet.of(skipped) | _left_out_by_zone(zone)


@lru_cache(maxsize=64)
def _left_out_by_zone(zone: ZoneInfo) -> DaySet:
    """Return the days that a zone's calendar does not have, like 2011-12-30 in Samoa."""
    since, held = zone_offsets(zone)
    days: list[int] = []
    for (before, after), change in zip(pairwise(held), since[1:], strict=True):
        days += range((change - 1 + before) // DAY_S + 1, (change + after) // DAY_S)
    return DaySet.of(days)
