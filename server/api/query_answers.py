"""The answers to questions of history, as they are sent."""

from __future__ import annotations

from typing import Any

import msgspec

from server.door.answers import Answer


class Span(Answer):
    """A range by its ends, of which the last is not in it."""

    start: str = msgspec.field(name="from")
    to: str


class Incomplete(Answer, omit_defaults=True):
    """Why numbers may still change: `open-quarter-hours` from a moment on, or `recounts-owed` of shards."""

    reason: str
    start: str | None = msgspec.field(name="from", default=None)
    shards: list[int] | None = None


class DescribedMetric(Answer):
    """A metric in words."""

    label: str
    words: str
    unit: str


class DescribedDimension(Answer):
    """A dimension in words."""

    label: str
    words: str
    kind: str


class Meta(Answer, omit_defaults=True):
    """What an answer is of, and what of it is approximate or incomplete."""

    time_range: str
    range: Span
    as_of: str
    tz: str
    read_from: str
    approximate: dict[str, str]
    incomplete: list[Incomplete]
    partial: list[str]
    metrics: dict[str, DescribedMetric]
    dimensions: dict[str, DescribedDimension]
    titles: dict[str, str] | None = None
    compared: Span | None = None


class QueryAnswer(Answer):
    """Rows by the names that were asked for."""

    rows: list[dict[str, Any]]
    next_cursor: str | None
    meta: Meta


class Definitions(Answer):
    """What may be asked for."""

    metrics: dict[str, DescribedMetric]
    dimensions: dict[str, DescribedDimension]
