"""Buckets: the minutes to years of a zone that a range touches, as spans of instants."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from streakline.history.days import DAY, offsets
from streakline.history.midnight import day_start
from streakline.history.ranges import Range
from streakline.times import HOUR_MS, MINUTE_MS, QUARTER_MS

MOST: Final = 9_000
"""Buckets of an answer: 24 years of days, six days of minutes."""
_STEPS: Final = {"minute": MINUTE_MS, "quarterHour": QUARTER_MS, "hour": HOUR_MS}
_QUARTER_SECONDS: Final = 900


class TooManyBuckets(ValueError):
    """A range touches more buckets than an answer has rows for."""


class Bucket(NamedTuple):
    """A span of a zone's calendar or clock; it may begin before the range that touches it."""

    label: str
    start: int
    """Its first ms."""


def buckets(name: str, of: Range, zone: ZoneInfo) -> list[Bucket]:
    """Return the buckets that a range touches, in their order. A day that a zone left out is none.

    Args:
        name: of a dimension of the kind `bucket`.
        of: the range.
        zone: whose calendar and clocks they are of.

    Raises:
        TooManyBuckets: if there are more than `MOST`.
    """
    step = _STEPS.get(name)
    every = _calendar(name, of, zone) if step is None else _clock(step, of, zone)
    found: list[Bucket] = []
    for bucket in every:
        if found and bucket.start <= max(found[-1].start, of.start):
            found[-1] = bucket  # the one before lies outside the range, or is empty
        else:
            found.append(bucket)
        if len(found) > MOST:
            msg = f"more than {MOST:,} buckets of the dimension {name}; ask for a shorter range or longer buckets"
            raise TooManyBuckets(msg)
    return found


def _calendar(name: str, of: Range, zone: ZoneInfo) -> Iterator[Bucket]:
    # A clock that goes back over midnight shows the day before once more: it began before.
    day = _first(name, datetime.fromtimestamp(of.start // 1000, zone).date())
    start = day_start(day, zone)
    while start < of.end:
        yield Bucket(_label(name, day), start)
        day = _next(name, day)
        start = day_start(day, zone)


def _first(name: str, day: date) -> date:
    match name:
        case "day":
            return day
        case "week":
            return day - day.weekday() * DAY
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "year":
            return day.replace(month=1, day=1)
    msg = f"no bucket {name!r}"
    raise KeyError(msg)


def _next(name: str, first: date) -> date:
    match name:
        case "day":
            return first + DAY
        case "week":
            return first + 7 * DAY
        case "month":
            return _first("month", first + 31 * DAY)
        case "quarter":
            return _first("quarter", first + 92 * DAY)
        case _:
            return _first("year", first + 366 * DAY)


def _label(name: str, day: date) -> str:
    match name:
        case "month":
            return f"{day:%Y-%m}"
        case "quarter":
            return f"{day:%Y}-Q{(day.month + 2) // 3}"
        case "year":
            return f"{day:%Y}"
        case _:
            return day.isoformat()


def _clock(step: int, of: Range, zone: ZoneInfo) -> Iterator[Bucket]:
    """Yield what the zone's clocks show full minutes, quarter hours or hours at; one that they repeat comes twice."""
    changes, held = offsets(zone)
    place = bisect.bisect_right(changes, of.start // 1000) - 1
    last = bisect.bisect_left(changes, -(-of.end // 1000))
    for at in range(place, last):
        start = max(changes[at] * 1000, of.start)
        end = min(changes[at + 1] * 1000, of.end) if at + 1 < len(changes) else of.end
        offset = held[at] * 1000
        first = start - (start + offset) % step
        # A change inside of a bucket begins another one, but inside of a quarter hour, which has one row.
        if at > place and changes[at] % _QUARTER_SECONDS == 0:
            first = max(first, start)
        elif at > place and first < start:
            first += step
        while first < end:
            yield Bucket(_shown(first, step, zone), first)
            first += step - (first + offset) % step


def _shown(ms: int, step: int, zone: ZoneInfo) -> str:
    """Return what clocks show at the beginning, or would have shown had they not been changed inside."""
    local = datetime.fromtimestamp(ms // 1000, zone)
    return local.replace(minute=local.minute - local.minute % (step // MINUTE_MS)).isoformat(
        timespec="minutes"
    )


def cut(found: Sequence[Bucket], of: Range, after: int) -> list[str]:
    """Return the labels of the buckets that the range cuts.

    Args:
        found: the buckets that it touches.
        of: the range.
        after: the first ms after the last bucket.
    """
    labels = [found[0].label] if found and found[0].start < of.start else []
    if found and after > of.end and found[-1].label not in labels:
        labels.append(found[-1].label)
    return labels


def end_of(name: str, bucket: Bucket, zone: ZoneInfo) -> int:
    """Return the first ms after a bucket."""
    step = _STEPS.get(name)
    if step is not None:
        return bucket.start + step
    day = datetime.fromtimestamp(bucket.start // 1000, zone).date()
    return day_start(_next(name, _first(name, day)), zone)
