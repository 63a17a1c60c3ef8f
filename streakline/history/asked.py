"""The body of a question of history, as it is written."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

LIMIT: Final = 1_000
"""Rows of a page when nobody says how many: a series of years of weeks."""


class Filter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows are narrowed to those whose dimension has one of the values, has none of them, or contains one."""

    dimension: str
    operator: str
    values: tuple[str, ...]


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows are ordered by a metric or a dimension that is asked for."""

    by: str
    direction: Literal["asc", "desc"] = "desc"


class DateRange(msgspec.Struct, frozen=True, rename={"start": "from"}, forbid_unknown_fields=True):
    """A range by its ends: moments, or days of the zone."""

    start: str | int
    to: str | int | None = None


class Asked(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The body of a question, as it is written."""

    metrics: tuple[str, ...]
    dimensions: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    date_range: DateRange | None = None
    time_range: str | None = None
    as_of: str | int | None = None
    tz: str = "UTC"
    compare: str | None = None
    order_by: tuple[Order, ...] = ()
    limit: int = LIMIT
    cursor: str | None = None


MEMBERS: Final = tuple(field.encode_name for field in msgspec.structs.fields(Asked))
"""Every member of a body, as it is spelled."""
