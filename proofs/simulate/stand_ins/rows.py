"""Rows of the history in memory, and what events and rows amount to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from proofs.counting import plain
from streakline.kinds import NAMES
from streakline.measures import BREAKDOWNS, MEASURES
from streakline.streams.records import UNKNOWN_COMPLETION

NOTHING: Final = (0,) * len(MEASURES)

Maps = tuple[Mapping[str, int], ...]


class Row(NamedTuple):
    """A row of `rollup`."""

    version: int
    measures: tuple[int, ...]
    maps: Maps
    content_type: str = ""
    differs: bool = False


def counted(rows: Iterable[Mapping[str, Any]]) -> tuple[tuple[int, ...], Maps]:
    """Return the measures and the maps of breakdowns that rows of `events` amount to, in the order of `rollup`."""
    events = [_plain(row) for row in rows]
    sums = plain.added(map(plain.measures, events))
    maps: tuple[defaultdict[str, int], ...] = tuple(defaultdict(int) for _ in BREAKDOWNS)
    for event in events:
        for name, value in plain.cells(event).items():
            maps[BREAKDOWNS.index(name)][value] += 1
    return tuple(sums.get(name, 0) for name in MEASURES), tuple(dict(values) for values in maps)


def _plain(row: Mapping[str, Any]) -> plain.Event:
    """Return a row of `events` in plain terms."""
    completion = None if row["completion"] == UNKNOWN_COMPLETION else row["completion"]
    return plain.Event(
        NAMES[row["kind"]], plain.Identity(row["contentId"], 0, row["id"]), 0, duration=row["duration"],
        timed=row["timed"], verdict=plain.Verdict(row["counted"], row["finished"], completion),
        replayed=row["replayed"], bot=row["bot"],
        dimensions=(row["source"], row["platform"], row["country"], row["device"]),
    )  # fmt: skip


def summed(version: int, rows: Sequence[Row]) -> Row:
    """Return the row that adds up others."""
    measures = tuple(sum(column) for column in zip(NOTHING, *(row.measures for row in rows), strict=True))
    maps: tuple[defaultdict[str, int], ...] = tuple(defaultdict(int) for _ in BREAKDOWNS)
    for row in rows:
        for total, values in zip(maps, row.maps, strict=False):
            for value, number in values.items():
                total[value] += number
    content_type = max((row.content_type for row in rows), default="")
    return Row(version, measures, tuple(dict(values) for values in maps), content_type)
