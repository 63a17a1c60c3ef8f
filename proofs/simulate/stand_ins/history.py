"""The history in memory, with the interface of `flows.archive.store.Store` and the recount by the plain definition.

Tables are dicts by sorting key in which the greatest version stands, of equals the last: what `final` reads of a
ReplacingMergeTree. `Tables` outlast a process; a `SimulatedStore` is one process's way to them.
"""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count, pairwise
from typing import Any, Final

import numpy as np

from flows.archive.base import Lifetime
from flows.archive.gathering import Gathering
from flows.archive.native import Column, Pairs
from flows.archive.rows import EVENT_COLUMNS, PROVISIONAL_COLUMNS
from flows.archive.store import RECOUNTED, Columns, Store
from proofs.simulate.stand_ins.rows import NOTHING, Row, counted, summed
from proofs.simulate.stories.said import Accepted
from streakline.measures import BREAKDOWNS, MEASURES
from streakline.times import DAY_MS, QUARTER_MS, bucket_of

_LOW: Final = (1 << 64) - 1

EventKey = tuple[int, str, int, str]
"""(shard, contentId, ts in ms, id): what makes an event itself."""
Key = tuple[int, int, str]
"""(shard, start in ms, contentId) of a row of a grain."""


class Tables:
    """What the history holds."""

    def __init__(self) -> None:
        self.events: dict[EventKey, tuple[int, dict[str, Any]]] = {}
        """Identity -> version and columns of the event that stands."""
        self.of_bucket: defaultdict[Key, set[EventKey]] = defaultdict(set)
        self.quarters: dict[Key, Row] = {}
        self.days: dict[Key, Row] = {}
        self.site: dict[int, dict[Key, Row]] = {QUARTER_MS: {}, DAY_MS: {}}
        """Length of a grain -> its rows over all contents, which the empty contentId stands for."""
        self.closed: dict[int, int] = {}
        self.runs: dict[int, set[tuple[int, str]]] = {}

    def keep_event(self, row: dict[str, Any]) -> None:
        """Take a row of `events`."""
        key = (row["shard"], row["contentId"], row["ts"], row["id"])
        held = self.events.get(key)
        if held is None or row["version"] >= held[0]:
            self.events[key] = (row["version"], row)
        self.of_bucket[row["shard"], bucket_of(row["ts"]), row["contentId"]].add(key)

    def stands(self, event: Accepted) -> bool:
        """Tell whether an event, or a longer or earlier one of its identity, is among the raw rows."""
        held = self.events.get(event.identity)
        return held is not None and held[0] >= (event.duration << 64) | (_LOW - event.position)

    def keep(self, table: dict[Key, Row], key: Key, row: Row) -> None:
        """Take a row of `rollup`."""
        held = table.get(key)
        if held is None or row.version >= held.version:
            table[key] = row


class SimulatedStore(Store):
    """One archive process's history. `edge` is called before and after every statement that writes."""

    def __init__(self, tables: Tables, edge: Callable[[], None]) -> None:
        self.tables, self._edge = tables, edge
        self._gathering = Gathering()
        self._numbers = count(len(tables.runs))

    def pack_events(self, columns: Columns) -> bytes:
        """Return raw rows so that `insert_packed` can read them."""
        return pickle.dumps([_listed(column) for column in columns])

    def insert_packed(self, packed: Sequence[bytes]) -> None:
        """Insert raw rows; none is refused."""
        self._edge()
        for columns in packed:
            self._keep_events(pickle.loads(columns))  # noqa: S301 - its own
        self._edge()

    def insert_events(self, columns: Columns) -> dict[int, str]:
        """Insert raw rows; none is refused."""
        self._edge()
        self._keep_events(columns)
        self._edge()
        return {}

    def _keep_events(self, columns: Columns) -> None:
        for values in zip(*map(_listed, columns), strict=True):
            row = dict(zip(EVENT_COLUMNS, values, strict=True))
            low, high = row["version"]  # archive's halves of a number of 128 bits
            self.tables.keep_event({**row, "version": high << 64 | low})

    def insert_facts(self, columns: Columns) -> dict[int, str]:
        """Let facts of the catalogue go: they count nothing."""
        return {}

    def insert_provisional(self, columns: Columns) -> dict[int, str]:
        """Insert provisional rows of open buckets; none is refused."""
        self._edge()
        for values in zip(*map(_listed, columns), strict=True):
            row = dict(zip(PROVISIONAL_COLUMNS, values, strict=True))
            measures = tuple(row[name] for name in MEASURES)
            maps = tuple(row[name] for name in BREAKDOWNS)
            key = (row["shard"], row["at"] * 1000, row["contentId"])
            self.tables.keep(
                self.tables.quarters, key, Row(row["version"], measures, maps, row["contentType"])
            )
        self._edge()
        return {}

    def closed(self) -> dict[int, int]:
        """Return shard -> newest closed bucket."""
        return dict(self.tables.closed)

    def close(self, shard: int, upto: int) -> None:
        """Say that a shard is closed up to a bucket."""
        self._edge()
        self.tables.closed[shard] = max(upto, self.tables.closed.get(shard, upto))
        self._edge()

    def name_keys(self, keys: Sequence[tuple[int, str]]) -> int:
        """Return a run over these keys."""
        run = next(self._numbers)
        self.tables.runs[run] = set(keys)
        return run

    def name_range(
        self, shard: int, first: int, last: int, *, counted_before: bool = False
    ) -> tuple[int, int]:
        """Return a run over a range of buckets and how many keys it has."""
        run = next(self._numbers)
        known = [*self.tables.quarters, *(() if counted_before else self.tables.of_bucket)]
        self.tables.runs[run] = {(at, c) for s, at, c in known if s == shard and first <= at <= last}
        self._edge()
        return run, len(self.tables.runs[run])

    def recount(self, run: int, shard: int, first: int, last: int, position: int) -> None:
        """Count the quarter hours of a run again."""
        self._edge()
        for at, content in sorted(self.tables.runs[run]):
            if first <= at <= last:
                self._recount((shard, at, content), position)
        self._edge()

    def _recount(self, key: Key, position: int) -> None:
        tables = self.tables
        events = [tables.events[event] for event in tables.of_bucket[key]]
        there = tables.quarters.get(key, Row(0, NOTHING, ()))
        measures, maps = counted([row for _, row in events])
        newest = max((_LOW - (version & _LOW) for version, _ in events), default=0)
        differs = there.version < RECOUNTED and newest <= position and measures != there.measures
        content_type = max([there.content_type, *(row["contentType"] for _, row in events)])
        version = max(RECOUNTED + position, there.version + 1)
        tables.keep(
            tables.quarters, key, Row(version, measures, maps, content_type, differs or there.differs)
        )

    def recount_days(self, run: int, shard: int, first: int, last: int, open_day: int, position: int) -> None:
        """Count the days of a run's keys from their quarter hours, as far as they are closed."""
        self._edge()
        for day, content in sorted({(at - at % DAY_MS, c) for at, c in self.tables.runs[run]}):
            if first - first % DAY_MS <= day <= last and day < open_day:
                parts = [
                    row
                    for (s, at, c), row in self.tables.quarters.items()
                    if (s, at - at % DAY_MS, c) == (shard, day, content)
                ]
                there = self.tables.days.get((shard, day, content), Row(0, NOTHING, ()))
                version = max(RECOUNTED + position, there.version + 1)
                self.tables.keep(self.tables.days, (shard, day, content), summed(version, parts))
        self._edge()

    def add_up(self, run: int, shard: int, first: int, last: int) -> None:
        """Add up the quarter hours of a run over all contents."""
        ats = {at for at, _ in self.tables.runs[run] if first <= at <= last}
        self._add_up(QUARTER_MS, self.tables.quarters, shard, ats)

    def add_up_days(self, run: int, shard: int, first: int, last: int, open_day: int) -> None:
        """Add up the closed days of a run from the quarter hours of the site."""
        days = {at - at % DAY_MS for at, _ in self.tables.runs[run]}
        ats = {day for day in days if first - first % DAY_MS <= day <= last and day < open_day}
        self._add_up(DAY_MS, self.tables.site[QUARTER_MS], shard, ats)

    def _add_up(self, length: int, of: Mapping[Key, Row], shard: int, ats: Iterable[int]) -> None:
        self._edge()
        for begin in sorted(ats):
            rows = [row for (s, at, _), row in of.items() if s == shard and at - at % length == begin]
            if rows:
                whole = summed(sum(row.version for row in rows), rows)
                self.tables.keep(self.tables.site[length], (shard, begin, ""), whole)
        self._edge()

    def differing(self, shard: int, first: int, last: int) -> list[tuple[int, str]]:
        """Return the keys whose recount differs from the provisional row it replaced."""
        return [
            (at, c)
            for (s, at, c), row in sorted(self.tables.quarters.items())
            if row.differs and s == shard and first <= at <= last
        ]

    def lifetime(self, shard: int, upto: int, run: int | None = None) -> list[Lifetime]:
        """Return lifetime counts: days from day rows, the open one from quarter hours."""
        day = (upto + 900_000) // DAY_MS * DAY_MS
        wanted = None if run is None else {content for _, content in self.tables.runs[run]}
        parts: defaultdict[str, list[Row]] = defaultdict(list)
        for table, begin, end in (
            (self.tables.days, 0, day - 1),
            (self.tables.quarters, day, upto),
        ):
            for (s, at, content), row in table.items():
                if s == shard and begin <= at <= end and (wanted is None or content in wanted):
                    parts[content].append(row)
        self._edge()
        sums = {content: summed(0, rows) for content, rows in sorted(parts.items())}
        return [Lifetime(c, row.content_type, row.measures, row.maps) for c, row in sums.items()]

    def insert_plays(self, rows: Sequence[Lifetime]) -> None:
        """Keep what a search orders by, which nothing counts with."""
        if rows:
            self._edge()

    def run(self, name: str, **parameters: Any) -> None:
        """Do nothing: what is left to it here is about a search, which nothing counts with."""
        self._edge()

    def next_bucket(self, shard: int, first: int, last: int) -> int | None:
        """Return the first bucket of a range that has rows."""
        known = [*self.tables.of_bucket, *self.tables.quarters]
        return min((at for s, at, _ in known if s == shard and first <= at <= last), default=None)

    def keys_above(self, shard: int, position: int, first: int) -> dict[tuple[int, str], int]:
        """Return the keys, from a bucket on, of raw rows above a position, with the least of their positions."""
        least: dict[tuple[int, str], int] = {}
        for (s, content, ts, _), (version, _) in self.tables.events.items():
            entry, key = _LOW - (version & _LOW), (bucket_of(ts), content)
            if s == shard and entry > position and ts >= first:
                least[key] = min(entry, least.get(key, entry))
        self._edge()
        return least

    def newest_provisional(self, shard: int, upto: int) -> int:
        """Return the greatest version of a provisional row after a bucket, 0 if there is none."""
        versions = [
            row.version for (s, at, _), row in self.tables.quarters.items() if s == shard and at > upto
        ]
        self._edge()
        return max((version for version in versions if version < RECOUNTED), default=0)


def _listed(column: Column) -> Sequence[Any]:
    """Return the values of a column of archive's."""
    if isinstance(column, Pairs):
        pairs = list(zip(column.keys, column.values.tolist(), strict=True))
        return [dict(pairs[first:last]) for first, last in pairwise([0, *column.ends.tolist()])]
    if isinstance(column, np.ndarray):
        listed: list[Any] = column.tolist()
        return listed
    return [column[place] for place in range(len(column))]
