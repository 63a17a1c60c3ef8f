"""One open quarter hour of one shard: absolute counts a content, and the identities that made them.

Events come as columns. An identity counts once; of all events of a play the longest stands, of equals the first
accepted. A play that grows takes back what the log says it counted and adds what it counts now.
"""

from __future__ import annotations

from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from streakline import kinds
from streakline.counting.bucket_log import LOG, WIDE, Ints, Log, entries_of, firsts, longest, raw
from streakline.counting.handovers import NONE, Handovers, bereft, handovers
from streakline.hash_index import EMPTY, HashIndex, Positions
from streakline.live_windows import WINDOWED
from streakline.measures import CELL, HEAD, INDEX, MEASURE_OF_KIND, MEASURES, SHARES_BY_PLATFORM
from streakline.streams.records import BOT, COUNTED, FINISHED, REPLAYED, TIMED, UNKNOWN_COMPLETION, Records
from streakline.times import MINUTE_MS, QUARTER_MS

MINUTES: Final = QUARTER_MS // MINUTE_MS
_M: Final = len(MEASURES)
_W: Final = len(WINDOWED)
_SHARE: Final = kinds.KINDS["share"]
_MEASURE_OF_KIND: Final = np.full(256, -1, np.int64)
for _kind, _measure in MEASURE_OF_KIND.items():
    _MEASURE_OF_KIND[_kind] = _measure
_MEASURE_OF_KIND[list(kinds.PLAYS)] = INDEX["starts"]
_WINDOW_OF_KIND: Final = np.full(256, -1, np.int64)
for _position, _name in enumerate(WINDOWED):
    if _name != "plays":
        _WINDOW_OF_KIND[next(k for k, m in MEASURE_OF_KIND.items() if MEASURES[m] == _name)] = _position

_LEAST: Final = (1024, 64, 256)
"""Identities, contents and cells that a bucket has room for at least."""
_ONE: Final = np.int64(1)

_T = TypeVar("_T", bound=np.generic)
LOG_BITS, ROW_BITS, CELL_BITS = 12, 8, 11
"""A snapshot goes by chunks of so many log entries, rows and cells (powers of two)."""


class Bucket:
    """Counts of one quarter hour. Memory: about 55 bytes an identity and 560 a content."""

    def __init__(self, start: int, like: Bucket | None = None) -> None:
        """Begin a quarter hour, with room for as much as another one holds: growing costs half as much as filling."""
        self.start = start
        held = _LEAST if like is None else (like.ids.size, like.contents.size, like.cells.size)
        ids, contents, cells = (max(n, size + size // 4) for n, size in zip(_LEAST, held, strict=True))
        self.ids: HashIndex = HashIndex(ids)
        self.log: Log = np.zeros(ids, LOG)
        self.contents: HashIndex = HashIndex(contents)
        self.measures: Ints = np.zeros((contents, _M), np.int64)
        self.windows: npt.NDArray[np.int32] = np.zeros((contents, MINUTES, _W), np.int32)
        self.ctype: npt.NDArray[np.uint8] = np.zeros(contents, np.uint8)
        self.unwritten: npt.NDArray[np.bool_] = np.zeros(contents, np.bool_)
        """Rows that changed since they were last written out."""
        self.cells: HashIndex = HashIndex(cells)
        self.cell_counts: Ints = np.zeros(cells, np.int64)
        self.site: Ints = np.zeros(_M, np.int64)
        """The measures over all contents."""
        self.minutes: Ints = np.zeros((MINUTES, _W), np.int64)
        """The windowed measures over all contents, by minute."""
        self.repeats = 0
        """Events that told nothing new."""
        self.bereft: npt.NDArray[np.uint64] = np.empty(0, np.uint64)
        """The persons whom the last `add` took a counted or finished play from."""
        self.dirty: set[tuple[str, int]] = set()
        """(part, chunk number) of what changed since the last snapshot."""

    def add(self, events: Records, *, remember: bool = True) -> Handovers:
        """Count events of this bucket, of countable kinds and in order of acceptance; return what changed hands.

        A robot's event stands like any other, and counts nothing.
        With `remember` false the bound on ids is reached: what is new is counted, but its identity is not
        kept, so that a repeat of it will count again until the bucket is recounted from history.
        """
        rows = self.contents.find_or_insert(events["content64"].copy())
        self.make_room()
        human = np.flatnonzero((events["flags"] & BOT) == 0)
        if human.size == len(events):
            self._learn_types(rows, events["ctype"])
        else:
            self._learn_types(rows.take(human), events["ctype"].take(human))
            # A play that a robot took over counts nothing; but it may have been written before a restart.
            self._touch(rows.take(human))
        entries = entries_of(events, rows, self.start)
        held = self.ids.size
        ids = events["id64"].copy()
        if remember:
            positions = self.ids.find_or_insert(ids)
            self.make_room()
            new = firsts(positions, held)
            known = np.ones(len(events), np.bool_)
            known[new] = False
        else:
            positions = self.ids.find(ids)
            known = positions != EMPTY
            absent = np.flatnonzero(~known)
            new = longest(absent, ids.take(absent), entries["dur"].take(absent))
        added = entries.take(new)
        if remember and new.size:
            raw(self.log)[held : self.ids.size] = raw(added)
            self._dirty("log", np.arange(held >> LOG_BITS, ((self.ids.size - 1) >> LOG_BITS) + 1))
        before, after, grown = self._grown(entries, positions, np.flatnonzero(known), held)
        self._count(added, after, before)
        self.bereft = bereft(before, after)
        return handovers(events, grown, before, after, self.start) if grown.size else NONE

    def _grown(self, entries: Log, positions: Ints, known: Ints, held: int) -> tuple[Log, Log, Ints]:
        """Return what plays counted that are longer now, what they count now and the places of the events that say so.

        The log keeps what they count now.
        `known` are the places of events whose identity is held; those after `held` came with this batch.
        """
        dur = entries["dur"].take(known)
        best = longest(known, positions.take(known), dur)
        kept = positions.take(best)
        before, after = self.log.take(kept), entries.take(best)
        longer = after["dur"] > before["dur"]
        self.repeats += int(np.count_nonzero(~longer & (kept < held)))
        some = np.flatnonzero(longer)
        before, after, kept = before.take(some), after.take(some), kept.take(some)
        raw(self.log)[kept] = raw(after)
        self._dirty("log", kept >> LOG_BITS)
        return before, after, best.take(some)

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

    def write_again(self, rows: Ints) -> None:
        """Have rows written as if they had changed."""
        self._touch(rows)

    def forget_ids(self) -> range:
        """Let go of the identities and what they counted; return the numbers of the log's chunks."""
        chunks = range((self.ids.size + (1 << LOG_BITS) - 1) >> LOG_BITS)
        self.ids, self.log = HashIndex(16), np.zeros(16, LOG)
        self.dirty = {(part, chunk) for part, chunk in self.dirty if part != "log"}
        return chunks

    def make_room(self) -> None:
        """Let every column be as long as the index that it belongs to."""
        if self.ids.room > len(self.log):
            log = np.zeros(self.ids.room, LOG)
            raw(log)[: len(self.log)] = raw(self.log)
            self.log = log
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
        if not chunks.size:
            return
        most = int(chunks.max())
        if most < 64:  # the rule, and five times as fast
            bits = int(np.bitwise_or.reduce(_ONE << chunks))
            self.dirty.update((part, chunk) for chunk in range(most + 1) if bits >> chunk & 1)
        else:
            changed = np.zeros(most + 1, np.bool_)
            changed[chunks] = True
            self.dirty.update((part, chunk) for chunk in np.flatnonzero(changed).tolist())

    def _learn_types(self, rows: Ints, ctype: npt.NDArray[np.uint8]) -> None:
        """Let the most telling type of a content stand: listed before `other` before none, in any order."""
        better = ctype > self.ctype[rows]
        if better.any():
            np.maximum.at(self.ctype, rows[better], ctype[better])
            self.unwritten[rows[better]] = True
            self._dirty("rows", rows[better] >> ROW_BITS)

    def _count(self, added: Log, after: Log, before: Log) -> None:
        """Count what is new and what a grown play is now, and take back what it was before."""
        entries = np.empty(len(added) + len(after) + len(before), LOG)
        if not entries.size:
            return
        moved, first, last = raw(entries), len(added), len(added) + len(after)
        moved[:first], moved[first:last], moved[last:] = raw(added), raw(after), raw(before)
        sign = np.ones(len(entries), np.int64)
        sign[last:] = -1
        self._dirty("rows", entries["row"] >> ROW_BITS)
        human = np.flatnonzero((entries["flags"] & BOT) == 0)
        if human.size < len(entries):
            entries, sign = entries.take(human), sign.take(human)
        rows, kind, flags = entries["row"].astype(np.int64), entries["kind"].copy(), entries["flags"].copy()
        self.unwritten[rows] = True
        play = kind <= kinds.HEARTBEAT
        plays = np.flatnonzero(play)
        counted = np.flatnonzero(play & ((flags & COUNTED) != 0))
        self._count_measures(entries, rows, sign, plays, counted)
        self._count_windows(entries, rows, sign, counted)
        self._count_cells(entries, rows, sign, counted)

    def _count_measures(self, entries: Log, rows: Ints, sign: Ints, plays: Ints, counted: Ints) -> None:
        base, dur = rows * _M, entries["dur"] * sign
        self._add(base, INDEX["events"], sign)
        measure = _MEASURE_OF_KIND.take(entries["kind"])
        np.add.at(self.measures.reshape(-1), base + measure, sign)
        np.add.at(self.site, measure, sign)
        self._add(base.take(plays), INDEX["time_ms"], dur.take(plays))
        base, sign, dur = base.take(counted), sign.take(counted), dur.take(counted)
        flags, completion = entries["flags"].take(counted), entries["completion"].take(counted)
        self._add(base, INDEX["plays"], sign)
        for flag, name in ((FINISHED, "finished"), (REPLAYED, "replays")):
            some = np.flatnonzero(flags & flag)
            self._add(base.take(some), INDEX[name], sign.take(some))
        some = np.flatnonzero(flags & TIMED)
        self._add(base.take(some), INDEX["timed"], sign.take(some))
        self._add(base.take(some), INDEX["played_ms"], dur.take(some))
        some = np.flatnonzero(completion != UNKNOWN_COMPLETION)
        base, sign = base.take(some), sign.take(some)
        self._add(base, INDEX["completed"], sign)
        self._add(base, INDEX["completion_pm"], completion.take(some) * sign)

    def _add(self, base: Ints, measure: int, value: Ints) -> None:
        np.add.at(self.measures.reshape(-1), base + measure, value)
        self.site[measure] += value.sum()

    def _count_windows(self, entries: Log, rows: Ints, sign: Ints, counted: Ints) -> None:
        window = _WINDOW_OF_KIND.take(entries["kind"])
        window[counted] = 0
        shown = np.flatnonzero(window >= 0)
        cell = entries["minute"].take(shown) * np.int64(_W) + window.take(shown)
        sign = sign.take(shown)
        np.add.at(self.windows.reshape(-1), rows.take(shown) * (MINUTES * _W) + cell, sign.astype(np.int32))
        np.add.at(self.minutes.reshape(-1), cell, sign)

    def _count_cells(self, entries: Log, rows: Ints, sign: Ints, counted: Ints) -> None:
        codes = entries.view(WIDE)["dims"].take(counted)
        base, counted_sign = rows.take(counted) << 19, sign.take(counted)
        keys, signs = [], []
        for breakdown in range(4):
            code = (codes >> np.uint64(16 * breakdown) & np.uint64(0xFFFF)).view(np.int64)
            some = np.flatnonzero(code)
            keys.append(base.take(some) + code.take(some) + (breakdown << 16))
            signs.append(counted_sign.take(some))
        shares = np.flatnonzero(entries["kind"] == _SHARE)
        if shares.size:
            code = entries["dims"].take(shares, axis=0)[:, 1].astype(np.int64)
            shares, code = shares[code > 0], code[code > 0]
            keys.append((rows.take(shares) << 19) + (SHARES_BY_PLATFORM << 16) + code)
            signs.append(sign.take(shares))
        positions = self.cells.find_or_insert(np.concatenate(keys).view(np.uint64))
        self.make_room()
        np.add.at(self.cell_counts, positions, np.concatenate(signs))
        self._dirty("cells", positions >> CELL_BITS)


def _longer(array: npt.NDArray[_T], room: int) -> npt.NDArray[_T]:
    longer = np.zeros((room, *array.shape[1:]), array.dtype)
    longer[: len(array)] = array
    return longer
