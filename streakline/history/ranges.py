"""Ranges of history: what `24h`, `1y` or two days of a zone are as half-open spans of instants.

A span holds every moment from its start on and none from its end on, in ms since 1970 UTC. Whoever names the moment
`as_of` that a rolling range ends at gets the same span again.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from streakline.history.midnight import day_start
from streakline.times import DAY_MS, EARLIEST_MS, iso, parse_when

ROLLING: Final = {"24h": DAY_MS, "7d": 7 * DAY_MS, "30d": 30 * DAY_MS, "90d": 90 * DAY_MS, "1y": 365 * DAY_MS}
"""Rolling range -> its length in ms: days of 24 hours, whatever clocks do meanwhile."""
ALL: Final = "all"
BETWEEN: Final = "between"
"""The name of a range that is given by its two ends."""
NAMES: Final = (*ROLLING, ALL)
DEFAULT: Final = "30d"
END_MS: Final = 4_102_444_800_000
"""2100-01-01T00:00:00Z: the engine's times of whole seconds end a few years later."""
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY: Final = timedelta(days=1)


class Range(msgspec.Struct, frozen=True):
    """A span of history: `start` is in it, `end` is not; ms since 1970 UTC.

    Attributes:
        name: one of `NAMES`, or `BETWEEN`.
        start: the first ms, never before 1970.
        end: the first ms after it.
    """

    name: str
    start: int
    end: int

    @property
    def length(self) -> int:
        """Its length in ms."""
        return self.end - self.start


def named(name: str, as_of: int) -> Range:
    """Return the rolling range that ends at a moment, or all that was before it.

    Raises:
        ValueError: if there is none of that name; the message lists those there are.
    """
    if name == ALL:
        return Range(ALL, min(EARLIEST_MS, as_of), as_of)
    if name not in ROLLING:
        msg = f"{name[:40]!r} is no range; there are {', '.join(NAMES)}, or from and to"
        raise ValueError(msg)
    return Range(name, max(0, as_of - ROLLING[name]), as_of)


def between(start: int, end: int) -> Range:
    """Return the range between two moments.

    Raises:
        ValueError: if nothing is between them.
    """
    if start >= end:
        msg = f"nothing is between {iso(start)} and {iso(end)}"
        raise ValueError(msg)
    return Range(BETWEEN, start, end)


def previous(of: Range) -> Range | None:
    """Return the range of the same length just before; None before `all`, where nothing is."""
    return None if of.name == ALL else Range(of.name, max(0, of.start - of.length), of.start)


def moment(text: str) -> int:
    """Return the moment that a text names, in ms: ISO 8601 (UTC where it names no zone) or ms since 1970.

    Raises:
        ValueError: if it names none, or one outside the years 1970 to 2099.
    """
    at = parse_when(int(text) if text.isascii() and text.isdigit() and len(text) != 8 else text)[0]
    if not 0 <= at < END_MS:
        msg = f"{text[:40]!r} lies outside the years 1970 to 2099"
        raise ValueError(msg)
    return at


def start_of(text: str, zone: ZoneInfo) -> int:
    """Return the moment at which a range begins that names it, or the day of a zone it begins with.

    Raises:
        ValueError: if it is neither.
    """
    day = _day(text)
    return moment(text) if day is None else max(0, day_start(day, zone))


def end_of(text: str, zone: ZoneInfo) -> int:
    """Return the moment at which a range ends that names it; a day that it names is the last one in it.

    Raises:
        ValueError: if it is neither.
    """
    day = _day(text)
    return moment(text) if day is None else max(0, day_start(day + _DAY, zone))


def _day(text: str) -> date | None:
    """Return the day that a text names; None if it is no date.

    Raises:
        ValueError: if it looks like one and is none, or lies outside the years 1970 to 2099.
    """
    if not _DATE.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        msg = f"{text!r} is no day: {error}"
        raise ValueError(msg) from None
    if not 1970 <= day.year < 2100:
        msg = f"{text!r} lies outside the years 1970 to 2099"
        raise ValueError(msg)
    return day
