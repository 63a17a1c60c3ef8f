"""Raw rows on their way to ClickHouse: packed part by part, so that few are open at a time, and inserted at once."""

from __future__ import annotations

from typing import Any, NamedTuple

import structlog

from flows.archive.facts import Facts, fact_columns
from flows.archive.native import RefusedData
from flows.archive.rows import Batch, Dead, Part, event_body, event_columns, folded, late_marks, opened, sane
from flows.archive.store import Store
from streakline.streams.entries import Entry
from streakline.times import dec

log = structlog.get_logger()


class Inserted(NamedTuple):
    """Dead letters and catalogue rows that an insert leaves to write."""

    marks: dict[tuple[int, str], int]
    """Of late events: (bucket in ms, contentId) -> least position."""
    dead: list[Dead]
    events: int
    facts: bool = False
    """Whether the catalogue has learned something."""


class RawRows:
    """The raw rows of one shard."""

    def __init__(self, shard: int, store: Store) -> None:
        """Prepare to insert into a store."""
        self._shard, self._store = shard, store
        self._facts = Facts()
        self._begin()

    def _begin(self) -> None:
        self._packed: list[bytes] = []
        self._entries: list[tuple[int, Entry]] = []
        self._marks: dict[tuple[int, str], int] = {}
        self._lines: dict[tuple[Any, ...], int] = {}
        self._dead: list[Dead] = []
        self._events = 0

    def add(self, part: Part) -> None:
        """Pack the events of a part; what cannot be kept is among the dead of the next insert."""
        self._dead += part.dead
        if part.batch is None:
            return
        batch, broken = sane(part.batch)
        self._dead += broken
        if not len(batch.records):
            return
        self._events += len(batch.records)
        for key, position in late_marks(batch).items():
            self._marks[key] = min(position, self._marks.get(key, position))
        standing = folded(batch)
        columns = event_columns(standing, self._shard)
        self._lines |= self._facts.new(standing, columns)
        try:
            self._packed.append(self._store.pack_events(columns))
        except RefusedData:
            self._insert_readable(standing)
        else:
            self._entries += part.entries

    def insert(self) -> Inserted:
        """Insert what was added since the last insert, and the facts that it told."""
        if self._packed:
            try:
                self._store.insert_packed(self._packed)
            except RefusedData:
                self._insert_again()
        for about, error in self._refused_facts():
            log.warning("fact_refused", shard=self._shard, error=error, **about)
        self._facts.remember(self._lines)
        inserted = Inserted(self._marks, self._dead, self._events, bool(self._lines))
        self._begin()
        return inserted

    def _refused_facts(self) -> list[tuple[dict[str, Any], str]]:
        columns = fact_columns(self._lines)
        refused = self._store.insert_facts(columns)
        return [({"id": columns[1][at], "fact": columns[2][at]}, error) for at, error in refused.items()]

    def _insert_again(self) -> None:
        """Insert the events that were refused together, all that ClickHouse takes."""
        batch = opened(self._entries)
        if batch is not None:
            self._insert_readable(folded(sane(batch)[0]))

    def _insert_readable(self, standing: Batch) -> None:
        refused = self._store.insert_events(event_columns(standing, self._shard))
        for index, error in refused.items():
            entry, row = dec(int(standing.entry[index])), standing.rows[index]
            self._dead.append(
                Dead(entry, f"clickhouse refused event {row.id!r}: {error}", event_body(standing, index))
            )
