"""The years of a person: those of which there is a review."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from streakline.people.breakdowns import days_of, hours
from streakline.people.play_rows import PlayRows


class YearPlays(msgspec.Struct, frozen=True, rename="camel"):
    """A year with a play.

    Attributes:
        year: which, by the person's calendar.
        plays: its counted plays.
        total_hours: its hours.
        days_watched: its days with a play.
    """

    year: int
    plays: int
    total_hours: float
    days_watched: int


def years_of(rows: PlayRows, as_of: int, zone: ZoneInfo) -> tuple[YearPlays, ...]:
    """Return the years with a counted play, newest first.

    Args:
        rows: all that history has of the person.
        as_of: the moment, ms UTC; rows of then and later are left out.
        zone: of the person, for plays whose events named none.
    """
    known = rows.before(as_of)
    local = known.local(zone)
    years = local.astype("datetime64[ms]").astype("datetime64[Y]").astype(np.int64) + 1970
    played = np.unique(years[known.plays > 0])
    return tuple(
        YearPlays(
            year=year,
            plays=int(known.plays[inside].sum()),
            total_hours=hours(int(known.lasted[inside].sum())),
            days_watched=len(days_of(local[inside], known.plays[inside])),
        )
        for year in reversed(played.tolist())
        for inside in [years == year]
    )
