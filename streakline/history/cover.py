"""How a range is read: whole UTC days from day rows, whole quarter hours from theirs, what is left from raw rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from streakline.history.ranges import Range
from streakline.times import DAY_MS, QUARTER_MS

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Cover(msgspec.Struct, frozen=True):
    """Seven moments in ms that divide a range, each at least the one before.

    Raw rows answer for what lies before `quarters` and from `quarters_end` on, day rows for what lies between `days`
    and `days_end`, quarter hours for the rest: up to `closed_end` they are closed.
    """

    start: int
    quarters: int
    days: int
    days_end: int
    closed_end: int
    quarters_end: int
    end: int

    @property
    def has_days(self) -> bool:
        """Whether day rows answer for any of it."""
        return self.days < self.days_end

    @property
    def has_quarters(self) -> bool:
        """Whether quarter hours do."""
        return self.quarters < self.days or self.days_end < self.quarters_end

    @property
    def has_open(self) -> bool:
        """Whether any of them is open: what stands of it is provisional, and has no sketches."""
        return self.closed_end < self.quarters_end

    @property
    def has_ends(self) -> bool:
        """Whether raw rows answer for any of it."""
        return self.start < self.quarters or self.quarters_end < self.end


def cover(of: Range, first_open: int) -> Cover:
    """Return how a range is divided, with as little raw and as many days as it holds.

    Args:
        of: the range.
        first_open: start in ms of the first quarter hour that may be open.
    """
    quarters, quarters_end = -(-of.start // QUARTER_MS) * QUARTER_MS, of.end // QUARTER_MS * QUARTER_MS
    if quarters >= quarters_end:  # not one whole quarter hour: everything is raw
        return all_raw(of)
    days, days_end = -(-quarters // DAY_MS) * DAY_MS, min(quarters_end, first_open) // DAY_MS * DAY_MS
    if days >= days_end:
        days = days_end = quarters
    closed_end = min(max(days_end, first_open), quarters_end)
    return Cover(of.start, quarters, days, days_end, closed_end, quarters_end, of.end)


def all_raw(of: Range) -> Cover:
    """Return a range as one that raw rows alone answer for."""
    return Cover(of.start, of.start, of.start, of.start, of.start, of.start, of.end)


def without_days(divided: Cover) -> Cover:
    """Return a range as divided, with quarter hours in the place of days."""
    at = divided.quarters
    return msgspec.structs.replace(divided, days=at, days_end=at)


def moments(divided: Cover) -> dict[str, datetime]:
    """Return how a range is divided as the parameters that the queries of history take."""
    return {name: moment_of(getattr(divided, name)) for name in Cover.__struct_fields__}


def moment_of(ms: int) -> datetime:
    """Return ms since 1970 as a moment that ClickHouse takes to the millisecond."""
    return EPOCH + timedelta(milliseconds=ms)
