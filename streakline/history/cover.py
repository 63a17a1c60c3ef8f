"""How a range is read: whole UTC days from day rows, whole quarter hours from theirs, what is left from raw rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from streakline.history.ranges import Range
from streakline.times import DAY_MS, QUARTER_MS

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Cover(msgspec.Struct, frozen=True):
    """Six moments in ms that divide a range, each at least the one before.

    Raw rows answer for what lies before `quarters` and from `quarters_end` on, day rows for what lies between `days`
    and `days_end`, quarter hours for the rest.
    """

    start: int
    quarters: int
    days: int
    days_end: int
    quarters_end: int
    end: int


def cover(of: Range) -> Cover:
    """Return how a range is divided, with as little raw and as many days as it holds."""
    quarters, quarters_end = -(-of.start // QUARTER_MS) * QUARTER_MS, of.end // QUARTER_MS * QUARTER_MS
    if quarters >= quarters_end:  # not one whole quarter hour: everything is raw
        return Cover(of.start, of.start, of.start, of.start, of.start, of.end)
    days, days_end = -(-quarters // DAY_MS) * DAY_MS, quarters_end // DAY_MS * DAY_MS
    if days >= days_end:
        days = days_end = quarters
    return Cover(of.start, quarters, days, days_end, quarters_end, of.end)


def moments(of: Range) -> dict[str, datetime]:
    """Return how a range is divided as the parameters that the queries of `sql/queries/history` take."""
    divided = cover(of)
    return {name: moment_of(getattr(divided, name)) for name in Cover.__struct_fields__}


def moment_of(ms: int) -> datetime:
    """Return ms since 1970 as a moment that ClickHouse takes to the millisecond."""
    return EPOCH + timedelta(milliseconds=ms)
