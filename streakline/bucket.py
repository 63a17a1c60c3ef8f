"""One open quarter hour of one shard: absolute counts a content, and the identities that made them.

Events come as columns. An identity counts once; of all events of a play the longest stands, of equals the first
accepted. A play that grows takes back what the log says it counted and adds what it counts now.
"""

from __future__ import annotations

from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from streakline import kinds
from streakline.counts import CELL, HEAD, INDEX, MEASURE_OF_KIND, MEASURES, SHARES_BY_PLATFORM
from streakline.index import EMPTY, HashIndex, Positions
from streakline.live import WINDOWED
from streakline.records import BOT, COUNTED, FINISHED, REPLAYED, TIMED, UNKNOWN_COMPLETION, Records
from streakline.times import MINUTE_MS, QUARTER_MS

MINUTES: Final = QUARTER_MS // MINUTE_MS
_M: Final = len(MEASURES)
_W: Final = len(WINDOWED)
_SHARE: Final = kinds.KINDS["share"]
_MEASURE_OF_KIND: Final = np.full(256, -1, np.int64)
for _kind, _measure in MEASURE_OF_KIND.items():
    _MEASURE_OF_KIND[_kind] = _measure
_WINDOW_OF_KIND: Final = np.full(256, -1, np.int64)
for _position, _name in enumerate(WINDOWED):
    if _name != "plays":
        _WINDOW_OF_KIND[next(k for k, m in MEASURE_OF_KIND.items() if MEASURES[m] == _name)] = _position

LOG: Final = np.dtype(
    [
        ("dims", "<u2", (4,)),
        ("dur", "<u4"),
        ("row", "<u4"),
        ("completion", "<u2"),
        ("kind", "u1"),
        ("flags", "u1"),
        ("minute", "u1"),
    ]
)
"""What a standing event counted, so that it can be taken back: 21 bytes beside the 8 of its identity."""

_T = TypeVar("_T", bound=np.generic)
LOG_BITS, ROW_BITS, CELL_BITS = 12, 8, 11
"""A snapshot goes by chunks of so many log entries, rows and cells (powers of two)."""

Log = npt.NDArray[np.void]
Ints = npt.NDArray[np.int64]


class Bucket:
    """Counts of one quarter hour. Memory: about 45 bytes an identity and 560 a content."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.ids = HashIndex(1024)
        self.log: Log = np.zeros(1024, LOG)
        self.contents = HashIndex(64)
        self.measures: Ints = np.zeros((64, _M), np.int64)
        self.windows: npt.NDArray[np.int32] = np.zeros((64, MINUTES, _W), np.int32)
        self.ctype: npt.NDArray[np.uint8] = np.zeros(64, np.uint8)
        self.unwritten: npt.NDArray[np.bool_] = np.zeros(64, np.bool_)
        """Rows that changed since they were last written out."""
        self.cells = HashIndex(256)
        self.cell_counts: Ints = np.zeros(256, np.int64)
        self.site: Ints = np.zeros(_M, np.int64)
        """The measures over all contents."""
        self.minutes: Ints = np.zeros((MINUTES, _W), np.int64)
        """The windowed measures over all contents, by minute."""
        self.repeats = 0
        """Events that told nothing new."""
        self.dirty: set[tuple[str, int]] = set()
        """(part, chunk number) of what changed since the last snapshot."""

    def add(self, events: Records, *, remember: bool = True) -> None:
        """Count events of this bucket, of countable kinds and in order of acceptance.

        A robot's event stands like any other, and counts nothing.
        With `remember` false the bound on ids is reached: what is new is counted, but its identity is not
        kept, so that a repeat of it will count again until the bucket is recounted from history.
        """
        rows = self.contents.find_or_insert(events["content64"])
        self.make_room()
        human = (events["flags"] & BOT) == 0
        self._learn_types(rows[human], events["ctype"][human])
        stand = _standing(events)
        if stand is not None:
            if not human.all():
                # A play that a robot took over counts nothing; but it may have been written before a restart.
                self._touch(rows[human])
            events, rows = events[stand], rows[stand]
        positions = self.ids.find(events["id64"])
        new = positions == EMPTY
        dur = events["dur"]
        grown = np.zeros(len(events), np.bool_)
        known = ~new
        grown[known] = dur[known] > self.log["dur"][positions[known]]
        self.repeats += len(events) - int(np.count_nonzero(new | grown))
        before = self.log[positions[grown]]
        if before.size:
            self._count(before, -1)
        added = self._entries(events[new], rows[new])
        self._count(added, 1)
        if remember and added.size:
            self._remember(events["id64"][new], added)
        if before.size:
            after = self._entries(events[grown], rows[grown])
            self._count(after, 1)
            self.log[positions[grown]] = after
            self._dirty("log", positions[grown] >> LOG_BITS)

    def packed(self, rows: Positions) -> list[bytes]:
        """Return the counts of some rows (ascending) as `pack_counts` would, many at a time."""
        heads = np.empty(len(rows), HEAD)
        heads["ctype"], heads["measures"] = self.ctype[rows], self.measures[rows]
        keys = self.cells.keys
        wanted = np.zeros(self.contents.size, np.bool_)
        wanted[rows] = True
        some = np.flatnonzero(wanted[keys >> np.uint64(19)] & (self.cell_counts[: self.cells.size] != 0))
        some = some[np.argsort(keys[some])]  # by row, then breakdown, then code
        keys = keys[some].astype(np.int64)
        cells = np.empty(len(some), CELL)
        cells["breakdown"], cells["code"], cells["count"] = (
            keys >> 16 & 7,
            keys & 0xFFFF,
            self.cell_counts[some],
        )
        firsts = np.searchsorted(keys >> 19, rows) * CELL.itemsize
        lasts = np.searchsorted(keys >> 19, rows, side="right") * CELL.itemsize
        head, tail, size = heads.tobytes(), cells.tobytes(), HEAD.itemsize
        return [
            head[number * size : (number + 1) * size] + tail[first:last]
            for number, (first, last) in enumerate(zip(firsts.tolist(), lasts.tolist(), strict=True))
        ]

    def write_again(self) -> None:
        """Have every row written as if it had changed."""
        self._touch(np.arange(self.contents.size))

    def forget_ids(self) -> range:
        """Let go of the identities and what they counted; return the numbers of the log's chunks."""
        chunks = range((self.ids.size + (1 << LOG_BITS) - 1) >> LOG_BITS)
        self.ids, self.log = HashIndex(16), np.zeros(16, LOG)
        self.dirty = {(part, chunk) for part, chunk in self.dirty if part != "log"}
        return chunks

    def make_room(self) -> None:
        """Let every column be as long as the index that it belongs to."""
        if self.ids.room > len(self.log):
            self.log = _longer(self.log, self.ids.room)
        if self.cells.room > len(self.cell_counts):
            self.cell_counts = _longer(self.cell_counts, self.cells.room)
        if self.contents.room > len(self.measures):
            room = self.contents.room
            self.measures = _longer(self.measures, room)
            self.windows = _longer(self.windows, room)
            self.ctype = _longer(self.ctype, room)
            self.unwritten = _longer(self.unwritten, room)

    def _touch(self, rows: Ints) -> None:
        self.unwritten[rows] = True
        self._dirty("rows", rows >> ROW_BITS)

    def _dirty(self, part: str, chunks: Ints) -> None:
        self.dirty.update((part, chunk) for chunk in np.unique(chunks).tolist())

    def _remember(self, ids: npt.NDArray[np.uint64], entries: Log) -> None:
        positions = self.ids.insert(ids)
        self.make_room()
        self.log[positions] = entries
        self._dirty("log", positions >> LOG_BITS)

    def _learn_types(self, rows: Ints, ctype: npt.NDArray[np.uint8]) -> None:
        """Let the most telling type of a content stand: listed before `other` before none, in any order."""
        better = ctype > self.ctype[rows]
        if better.any():
            np.maximum.at(self.ctype, rows[better], ctype[better])
            self.unwritten[rows[better]] = True
            self._dirty("rows", rows[better] >> ROW_BITS)

    def _entries(self, events: Records, rows: Ints) -> Log:
        entries = np.empty(len(events), LOG)
        for name in ("dims", "dur", "completion", "kind", "flags"):
            entries[name] = events[name]
        entries["minute"] = (events["start"] - self.start) // MINUTE_MS
        entries["row"] = rows
        return entries

    def _count(self, entries: Log, sign: int) -> None:
        if not entries.size:
            return
        self._dirty("rows", entries["row"] >> ROW_BITS)
        human = (entries["flags"] & BOT) == 0
        if not human.all():
            entries = entries[human]
        rows = entries["row"].astype(np.int64)
        kind, flags = entries["kind"], entries["flags"]
        dur = entries["dur"].astype(np.int64) * sign
        self.unwritten[rows] = True
        play = kind <= kinds.HEARTBEAT
        counted = play & ((flags & COUNTED) != 0)
        timed = counted & ((flags & TIMED) != 0)
        complete = counted & (entries["completion"] != UNKNOWN_COMPLETION)
        other = ~play
        triples: list[tuple[Ints, int, Ints | int]] = [
            (rows, INDEX["events"], sign),
            (rows[play], INDEX["starts"], sign),
            (rows[play], INDEX["time_ms"], dur[play]),
            (rows[counted], INDEX["plays"], sign),
            (rows[counted & ((flags & FINISHED) != 0)], INDEX["finished"], sign),
            (rows[counted & ((flags & REPLAYED) != 0)], INDEX["replays"], sign),
            (rows[timed], INDEX["timed"], sign),
            (rows[timed], INDEX["played_ms"], dur[timed]),
            (rows[complete], INDEX["completed"], sign),
            (rows[complete], INDEX["completion_pm"], entries["completion"][complete].astype(np.int64) * sign),
        ]
        flat = self.measures.reshape(-1)
        for at, measure, value in triples:
            if at.size:
                np.add.at(flat, at * _M + measure, value)
                self.site[measure] += value * at.size if isinstance(value, int) else int(value.sum())
        if other.any():
            measure = _MEASURE_OF_KIND[kind[other]]
            np.add.at(flat, rows[other] * _M + measure, sign)
            np.add.at(self.site, measure, sign)
        self._count_windows(entries, rows, counted, other, sign)
        self._count_cells(entries, rows, counted, sign)

    def _count_windows(
        self,
        entries: Log,
        rows: Ints,
        counted: npt.NDArray[np.bool_],
        other: npt.NDArray[np.bool_],
        sign: int,
    ) -> None:
        window = np.where(counted, 0, np.where(other, _WINDOW_OF_KIND[entries["kind"]], -1))
        shown = window >= 0
        minute = entries["minute"][shown].astype(np.int64)
        place = minute * _W + window[shown]
        np.add.at(self.windows.reshape(-1), rows[shown] * (MINUTES * _W) + place, np.int32(sign))
        np.add.at(self.minutes.reshape(-1), place, sign)

    def _count_cells(self, entries: Log, rows: Ints, counted: npt.NDArray[np.bool_], sign: int) -> None:
        dims = entries["dims"]
        keys = [
            (rows[some] << 19) | (breakdown << 16) | dims[:, dimension][some]
            for breakdown, dimension, some in (
                (0, 0, counted & (dims[:, 0] > 0)),
                (1, 1, counted & (dims[:, 1] > 0)),
                (2, 2, counted & (dims[:, 2] > 0)),
                (3, 3, counted & (dims[:, 3] > 0)),
                (SHARES_BY_PLATFORM, 1, (entries["kind"] == _SHARE) & (dims[:, 1] > 0)),
            )
        ]
        positions = self.cells.find_or_insert(np.concatenate(keys).astype(np.uint64))
        self.make_room()
        np.add.at(self.cell_counts, positions, sign)
        self._dirty("cells", positions >> CELL_BITS)


def _standing(events: Records) -> Ints | None:
    """Return the places of one event an identity, in order of acceptance: the longest, of equals the first.

    None if all identities differ, which is the rule.
    """
    ids = events["id64"]
    order = np.argsort(ids, kind="stable")
    sorted_ids = ids[order]
    first = np.empty(len(ids), np.bool_)
    first[:1] = True
    np.not_equal(sorted_ids[1:], sorted_ids[:-1], out=first[1:])
    if first.all():
        return None
    order = np.lexsort((-events["dur"].astype(np.int64), ids))  # stable: of equals the first accepted
    return np.sort(order[first])


def _longer(array: npt.NDArray[_T], room: int) -> npt.NDArray[_T]:
    longer = np.zeros((room, *array.shape[1:]), array.dtype)
    longer[: len(array)] = array
    return longer
