"""From stream entries to columns of ClickHouse: raw rows, late marks and facts of the catalogue.

Everything is a column, never a dict a row: an event costs a few list appends in C.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec.structs import astuple

from flows.archive.native import Column, Pairs
from flows.streams.cold import open_cold
from flows.streams.connection import Command
from streakline import kinds
from streakline.lateness import is_late
from streakline.measures import BREAKDOWN_DIMENSIONS, BREAKDOWNS, CELL, HEAD, MEASURES
from streakline.streams.as_sent import as_sent
from streakline.streams.dead_letters import Body, dead_letter, known_event, stream_entry
from streakline.streams.entries import Cold, Entry, Poison, read_entry
from streakline.streams.records import (
    BOT,
    COUNTED,
    ENDED,
    FINISHED,
    REPLAYED,
    TIMED,
    Records,
    broken,
    records_of,
)
from streakline.times import QUARTER_MS, SEQ_BITS, dec, enc

Fields = Mapping[bytes, bytes]
Entries = Sequence[tuple[bytes, Fields]]

_ALL_BITS: Final = (1 << 64) - 1

_NUMBERS: Final = (
    ("listener64", "listener64"), ("kind", "kind"), ("off", "offset"), ("dur", "duration"),
    ("length", "length"),
    ("completion", "completion"), ("profile", "profile"), ("at", "at"), ("start", "ts"),
)  # fmt: skip
"""Field of the record -> column of `events`."""
_FLAGS: Final = (
    (BOT, "bot"), (TIMED, "timed"), (COUNTED, "counted"), (FINISHED, "finished"), (REPLAYED, "replayed"),
    (ENDED, "ended"),
)  # fmt: skip
EVENT_COLUMNS: Final = (
    "shard", "version", *Cold.__struct_fields__, *(column for _, column in _NUMBERS), *(column for _, column in _FLAGS),
)  # fmt: skip
"""The columns that archive inserts into `events`, in its order; those of `Cold` under their own names."""
PROVISIONAL_COLUMNS: Final = (
    "grain",
    "at",
    "shard",
    "contentId",
    "version",
    "contentType",
    *MEASURES,
    *BREAKDOWNS,
)
"""The columns of a provisional row; the sketches stay empty."""

QUARTER: Final = 1
"""The grain of a quarter hour in `rollup`, as its enum counts."""

EVENTS_OF_PART: Final = 2_000
"""Events that are opened and packed at a time: their texts, 2 KB an event, stay within the processor's caches."""

NameOfCode = Callable[[str, int], str]
"""Answers the value that a code of a dimension stands for."""


class Dead(NamedTuple):
    """An entry, or an event of one, that cannot be kept, and why."""

    entry: str
    error: str
    body: Body


class Batch(NamedTuple):
    """Readable events of some entries, in order of acceptance."""

    records: Records
    rows: list[Cold]
    entry: npt.NDArray[np.uint64]
    """Of each event the position (`enc`) of its entry."""


class Part(NamedTuple):
    """Some thousand events, or those up to a control entry: what to insert, then what to do."""

    entries: list[tuple[int, Entry]]
    """The readable entries, each with its position."""
    batch: Batch | None
    """Their events; None if there are none."""
    dead: list[Dead]
    control: dict[str, str | int | None] | None
    last: bytes
    """The id of the last entry of the part."""


def parts(entries: Entries) -> Iterator[Part]:
    """Yield some entries as parts: some thousand events or a control entry end one, poison is set aside."""
    kept: list[tuple[int, Entry]] = []
    rows: list[Cold] = []
    dead: list[Dead] = []
    for number, (entry_id, fields) in enumerate(entries, 1):
        control = None
        try:
            entry = read_entry(fields)
            control = entry.control
            if entry.n:
                rows += open_cold(entry)
                kept.append((enc(entry_id), entry))
        except Poison as poison:
            dead.append(_dead(entry_id, fields, poison))
        if control is not None or len(rows) >= EVENTS_OF_PART or number == len(entries):
            yield Part(kept, _batch(kept, rows) if kept else None, dead, control, entry_id)
            kept, rows, dead = [], [], []


def opened(entries: Sequence[tuple[int, Entry]]) -> Batch | None:
    """Return the events of readable entries once more; None if there are none."""
    return _batch(entries, [row for _, entry in entries for row in open_cold(entry)]) if entries else None


def _dead(entry_id: bytes, fields: Fields, poison: Poison) -> Dead:
    return Dead(entry_id.decode(), str(poison), stream_entry(fields))


def event_body(batch: Batch, index: int) -> Body:
    """Return the body of the dead letter of one event of a batch."""
    return known_event(as_sent(batch.records[index], batch.rows[index]))


def _batch(entries: Sequence[tuple[int, Entry]], rows: list[Cold]) -> Batch:
    records = records_of([entry.hot for _, entry in entries])
    positions = np.array([position for position, _ in entries], np.uint64)
    return Batch(records, rows, np.repeat(positions, [entry.n for _, entry in entries]))


def sane(batch: Batch) -> tuple[Batch, list[Dead]]:
    """Return the events that ingest can have written, and dead letters of the others."""
    bad = broken(batch.records, (batch.entry >> np.uint64(SEQ_BITS)).astype(np.int64))
    if not bad.any():
        return batch, []
    dead = []
    for i in np.flatnonzero(bad).tolist():
        record = batch.records[i]
        described = f"kind {record['kind']}, {record['start']} ms"
        error = f"event {batch.rows[i].id!r} of {described}: ingest writes no such"
        dead.append(Dead(dec(int(batch.entry[i])), error, event_body(batch, i)))
    return chosen(batch, np.flatnonzero(~bad)), dead


def folded(batch: Batch) -> Batch:
    """Return one event an identity: of a play the longest, of equals the first accepted."""
    ids = batch.records["id64"]
    ranked = np.sort(ids)
    again = ranked[1:][ranked[1:] == ranked[:-1]]
    if not len(again):
        return batch
    # Most identities come once: only the others are ranked.
    found = again[np.minimum(np.searchsorted(again, ids), len(again) - 1)]
    rows = np.flatnonzero(found == ids)
    shorter = -_lengths(batch.records[rows]).astype(np.int64)
    rows = rows[np.lexsort((rows, shorter, ids[rows]))]
    stands = np.ones(len(rows), np.bool_)
    stands[1:] = ids[rows[1:]] != ids[rows[:-1]]
    kept = np.ones(len(ids), np.bool_)
    kept[rows[~stands]] = False
    return chosen(batch, np.flatnonzero(kept))


def chosen(batch: Batch, which: npt.NDArray[np.int64]) -> Batch:
    """Return some events of a batch."""
    return Batch(batch.records[which], [batch.rows[i] for i in which.tolist()], batch.entry[which])


def _lengths(records: Records) -> npt.NDArray[np.uint32]:
    """Return the durations in ms that rank events of one identity: 0 for what is no play."""
    return np.where(records["kind"] <= kinds.HEARTBEAT, records["dur"], np.uint32(0))


def event_columns(batch: Batch, shard: int) -> list[Column]:
    """Return the columns `EVENT_COLUMNS` of a batch."""
    records = batch.records
    size = len(records)
    version = np.empty((size, 2), np.uint64)
    version[:, 0] = np.uint64(_ALL_BITS) - batch.entry
    version[:, 1] = _lengths(records)
    columns: list[Column] = [np.full(size, shard, np.uint8), version]
    # One list of all values: a tuple a row would live until the last column is made.
    values = list(chain.from_iterable(map(astuple, batch.rows)))
    columns += [values[field :: len(Cold.__struct_fields__)] for field in range(len(Cold.__struct_fields__))]
    columns += [records[field] for field, _ in _NUMBERS]
    flags = records["flags"]
    columns += [(flags & bit) != 0 for bit, _ in _FLAGS]
    return columns


def late_marks(batch: Batch) -> dict[tuple[int, str], int]:
    """Return (bucket, contentId) -> least position, of the events that came too late for their bucket."""
    start = batch.records["start"]
    buckets = start - start % QUARTER_MS
    accepted = (batch.entry >> np.uint64(SEQ_BITS)).astype(np.int64)
    marks: dict[tuple[int, str], int] = {}
    late = np.flatnonzero(is_late(accepted, buckets))
    contents = [batch.rows[i].contentId for i in late.tolist()]
    for key, position in zip(
        zip(buckets[late].tolist(), contents, strict=True), batch.entry[late].tolist(), strict=True
    ):
        if position < marks.get(key, position + 1):
            marks[key] = position
    return marks


def provisional_columns(
    counts: Sequence[tuple[int, str, bytes]], shard: int, version: int, names: NameOfCode
) -> list[Column]:
    """Return the columns `PROVISIONAL_COLUMNS` of (bucket in ms, contentId, packed counts)."""
    size, end = len(counts), HEAD.itemsize
    packed = [row[2] for row in counts]
    heads = np.frombuffer(b"".join([data[:end] for data in packed]), HEAD)
    cells = np.frombuffer(b"".join([data[end:] for data in packed]), CELL)
    row_of_cell = np.repeat(np.arange(size), [(len(data) - end) // CELL.itemsize for data in packed])
    types = kinds.CONTENT_TYPES
    return [
        np.full(size, QUARTER, np.int8),
        np.array([row[0] for row in counts], np.int64) // 1000,
        np.full(size, shard, np.uint8),
        [row[1] for row in counts],
        np.full(size, version, np.uint64),
        [types[code] if code < len(types) else "other" for code in heads["ctype"].tolist()],
        *heads["measures"].T,
        *(_breakdown(cells, row_of_cell, size, breakdown, names) for breakdown in range(len(BREAKDOWNS))),
    ]


def _breakdown(
    cells: npt.NDArray[np.void],
    row_of_cell: npt.NDArray[np.int64],
    size: int,
    breakdown: int,
    names: NameOfCode,
) -> Pairs:
    """Return the maps value -> count of one breakdown; values that share a name are one."""
    own = cells["breakdown"] == breakdown
    rows, counts = row_of_cell[own], cells["count"][own]
    codes, value = np.unique(cells["code"][own], return_inverse=True)
    named = [names(BREAKDOWN_DIMENSIONS[breakdown], code) for code in codes.tolist()]
    firsts: dict[str, int] = {}
    first = np.array([firsts.setdefault(name, at) for at, name in enumerate(named)], np.int64)
    if (first != np.arange(len(named))).any():
        pairs, where = np.unique(rows * len(named) + first[value], return_inverse=True)
        summed = np.zeros(len(pairs), np.int64)
        np.add.at(summed, where, counts)
        rows, value, counts = pairs // len(named), pairs % len(named), summed
    return Pairs(np.bincount(rows, minlength=size), [named[at] for at in value.tolist()], counts)


def dead_command(dead: Dead) -> Command:
    """Return the command that keeps a dead letter."""
    return dead_letter("archive", dead.error, dead.entry, dead.body)
