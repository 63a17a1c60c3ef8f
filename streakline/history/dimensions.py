"""The dimensions of history: what rows may be told apart by, or narrowed to, of each its name and its words."""

from __future__ import annotations

from typing import Final

import msgspec

CONTENT: Final = "content"
CATALOGUE: Final = "catalogue"
VALUE: Final = "value"
BUCKET: Final = "bucket"
CYCLE: Final = "cycle"


class Dimension(msgspec.Struct, frozen=True):
    """What rows may be told apart by.

    Attributes:
        name: as it is asked for.
        label: for people.
        words: what it is.
        kind: `content`; `catalogue` for what the catalogue knows of a content; `value` for what an event brings along;
            `bucket` for a span of time; `cycle` for a part of the day or week that comes again.
        maps: of a value, column -> the column of `rollup` that counts it by value.
        length: of a cycle, how many parts it has.
    """

    name: str
    label: str
    words: str
    kind: str
    maps: dict[str, str] = {}
    length: int = 0

    @property
    def described(self) -> tuple[str, str, str]:
        """Label, words and kind."""
        return self.label, self.words, self.kind


_ALL: Final = (
    Dimension("content", "Content", "the id of a content", CONTENT),
    Dimension("contentType", "Type", "the type of a content, as the catalogue knows it", CATALOGUE),
    Dimension("creator", "Creator", "the creator of a content, as the catalogue knows it now", CATALOGUE),
    Dimension("app", "App", "the id of a content of the type app; others are left out", CATALOGUE),
    Dimension("source", "Source", "where a play came from", VALUE, {"plays": "by_source"}),
    Dimension(
        "platform", "Platform", "what was played on; of shares, where to", VALUE,
        {"plays": "by_platform", "shares": "shares_by_platform"},
    ),
    Dimension("country", "Country", "two letters of ISO 3166", VALUE, {"plays": "by_country"}),
    Dimension("device", "Device", "the kind of device", VALUE, {"plays": "by_device"}),
    Dimension("minute", "Minute", "minutes", BUCKET),
    Dimension("quarterHour", "Quarter hour", "quarter hours", BUCKET),
    Dimension("hour", "Hour", "hours of the zone; one that clocks repeat is two", BUCKET),
    Dimension("day", "Day", "days of the zone, of 23 to 25 hours", BUCKET),
    Dimension("week", "Week", "weeks of the zone from Monday on, by that date", BUCKET),
    Dimension("month", "Month", "months of the zone", BUCKET),
    Dimension("quarter", "Quarter", "quarters of the year, like 2014-Q3", BUCKET),
    Dimension("year", "Year", "years of the zone", BUCKET),
    Dimension("hourOfDay", "Hour of the day", "0 to 23, by the zone's clocks", CYCLE, length=24),
    Dimension("weekday", "Weekday", "1 (Monday) to 7, of the zone", CYCLE, length=7),
)  # fmt: skip
DIMENSIONS: Final[dict[str, Dimension]] = {dimension.name: dimension for dimension in _ALL}
"""Name -> dimension."""
FILTERED: Final = frozenset({CONTENT, CATALOGUE, VALUE})
"""The kinds that rows may be narrowed to values of; time is narrowed by the range."""


def numbers(dimension: Dimension) -> range:
    """Return the parts of a cycle: hours from 0, days of the week from 1."""
    first = 0 if dimension.name == "hourOfDay" else 1
    return range(first, first + dimension.length)
