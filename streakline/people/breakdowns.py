"""Breakdowns: sums over the rows of a person by what their contents are, by platform and by local time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from streakline.history.totals import UNKNOWN, hundredths, most
from streakline.people.day_sets import DaySet
from streakline.people.local_days import I64
from streakline.people.milestones import KINDS, Kind, counted_as
from streakline.people.play_rows import Content, PlayRows
from streakline.times import DAY_MS, HOUR_MS

HOURS: Final = 24


def hours(ms: int) -> float:
    """Return a time in hours with two decimals, half up."""
    return hundredths(ms, HOUR_MS) or 0.0


def hours_by(sums: dict[str, int]) -> dict[str, float]:
    """Return times (ms) in hours, most first, equal ones by name."""
    return {name: hours(ms) for name, ms in most(sums).items()}


def added(index: I64, values: I64, size: int) -> I64:
    """Return the sum of the values of each index from 0 to `size`."""
    sums = np.zeros(size, np.int64)
    np.add.at(sums, index, values)
    return sums


def by_content(rows: PlayRows, values: I64) -> I64:
    """Return the sum of the rows' values for each of `rows.contents`."""
    return added(rows.content, values, len(rows.contents))


def by_names(rows: PlayRows, values: I64, names: Callable[[Content], Iterable[str]]) -> dict[str, int]:
    """Return the sums of the rows' values by names of their contents; a content with several counts for each."""
    sums: dict[str, int] = {}
    for content, total in zip(rows.contents, by_content(rows, values).tolist(), strict=True):
        if total:
            for name in names(content):
                sums[name] = sums.get(name, 0) + total
    return sums


def by_type(rows: PlayRows, values: I64) -> dict[str, int]:
    """Return the sums of the rows' values by content type."""
    return by_names(rows, values, lambda one: (one.type or UNKNOWN,))


def by_genre(rows: PlayRows, values: I64) -> dict[str, int]:
    """Return the sums of the rows' values by genre: a content with several counts for each of them."""
    return by_names(rows, values, lambda one: one.genres)


def by_creator(rows: PlayRows, values: I64) -> dict[str, int]:
    """Return the sums of the rows' values by creator, without what is no one's."""
    return by_names(rows, values, lambda one: (one.creator,) if one.creator else ())


def by_platform(rows: PlayRows, values: I64) -> dict[str, int]:
    """Return the sums of the rows' values by platform."""
    totals = added(rows.platform, values, len(rows.platforms)).tolist()
    return {name or UNKNOWN: total for name, total in zip(rows.platforms, totals, strict=True)}


def by_hour(local: I64, values: I64) -> list[int]:
    """Return the sums of values by the hour that the clock showed: 24 numbers."""
    sums: list[int] = added(local % DAY_MS // HOUR_MS, values, HOURS).tolist()
    return sums


def by_day(local: I64, values: I64, first: int, last: int) -> list[int]:
    """Return the sums of values by local day, of every day from one to another."""
    days = local // DAY_MS
    inside = (days >= first) & (days <= last)
    sums: list[int] = added(days[inside] - first, values[inside], max(0, last - first + 1)).tolist()
    return sums


def months_of(local: I64) -> I64:
    """Return the months of local moments, counted from January 1970."""
    return local.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64)


def days_of(local: I64, values: I64) -> DaySet:
    """Return the local days on which any of the values is not 0."""
    return DaySet.of(local[values != 0] // DAY_MS)


def finished(rows: PlayRows) -> dict[Kind, int]:
    """Return how many different movies, shows, episodes and tracks rows say were finished."""
    different: dict[Kind, set[str]] = {kind: set() for kind in KINDS}
    for number in np.unique(rows.content[rows.done > 0]).tolist():
        content = rows.contents[number]
        for kind, id_ in counted_as(content.type, content.id, content.parent):
            different[kind].add(id_)
    return {kind: len(ids) for kind, ids in different.items()}
