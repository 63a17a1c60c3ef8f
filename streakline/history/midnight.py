"""Midnight in a zone: when a day begins, also where clocks jump over midnight or repeat it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


def day_start(day: date, zone: ZoneInfo) -> int:
    """Return the first moment of a zone, in ms, whose date is that day, or a later one where a zone left it out."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    later, earlier = (_second(midnight.replace(fold=fold)) for fold in (0, 1))
    # Where clocks jump over midnight, `fold` says by which offset it is read, and the jump lies in between.
    while later - earlier > 1:
        middle = (later + earlier) // 2
        if datetime.fromtimestamp(middle, zone).date() >= day:
            later = middle
        else:
            earlier = middle
    return later * 1000


def _second(at: datetime) -> int:
    return (at - _EPOCH) // _SECOND
