"""Moments as ClickHouse and archive write them."""

from __future__ import annotations

from datetime import UTC, datetime

from streakline.times import DAY_MS, QUARTER_MS


def time_of(ms: int) -> datetime:
    """Return a moment in ms as a time, UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def ms_of(time: datetime) -> int:
    """Return a time that ClickHouse answered, in ms."""
    return int(time.replace(tzinfo=UTC).timestamp() * 1000)


def open_day(upto: int) -> int:
    """Return the start in ms of the first UTC day that is not closed when buckets are closed up to `upto`."""
    return (upto + QUARTER_MS) // DAY_MS * DAY_MS
