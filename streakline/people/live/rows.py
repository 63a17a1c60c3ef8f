"""The live row of a person: days with a counted play and finished contents, as sets that only grow.

Plays may come in any order and any number of times: the row is the same. What they cannot tell, marks do.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from streakline.kinds import CONTENT_TYPES
from streakline.people.day_sets import NO_DAYS, DaySet
from streakline.people.milestones import KINDS, THRESHOLDS, Kind, counted_as
from streakline.streams.candidates import ERASED, Played
from streakline.streams.records import FINISHED, NO_OFFSET
from streakline.times import DAY_MS, QUARTER_MS

FORMAT: Final = 1
MOST: Final = THRESHOLDS[-1]
"""Finishes of a kind that are kept, the earliest: later ones reach no milestone."""
UNTYPED, UNREADABLE = 16, 32
"""Marks of the row's own, beside those of candidates: a play named no type of content, which history may know; what
stood in Redis could not be read."""
_UNKNOWN: Final = 2
"""The first code of a content type whose name history has too: before it are none, and `other` of whatever was sent."""

I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]


class Finishes(NamedTuple):
    """Different finished contents of a kind."""

    ids: U64
    """Hashes of the contents."""
    first: I64
    """When the first finished play of each began, ms UTC, in rising order."""

    def with_(self, ids: U64, at: I64) -> Finishes:
        """Return these with some finishes more; equal to these if they tell nothing new."""
        every, ats = np.concatenate((self.ids, ids)), np.concatenate((self.first, at))
        order = np.lexsort((ats, every))
        every, ats = every.take(order), ats.take(order)
        firsts = np.ones(len(every), np.bool_)
        np.not_equal(every[1:], every[:-1], out=firsts[1:])
        every, ats = every[firsts], ats[firsts]
        earliest = np.lexsort((every, ats))[:MOST]
        return Finishes(every.take(earliest), ats.take(earliest))


_NONE: Final = Finishes(np.empty(0, np.uint64), np.empty(0, np.int64))


class PersonRow:
    """What is known of one person."""

    def __init__(self) -> None:
        self.marks = 0
        """Why the row does not tell everything; 0 if it does."""
        self.days: dict[tuple[int, int], DaySet] = {}
        """(zone offset in quarter hours or `NO_OFFSET`, code of the content type) -> days; of UTC without a zone."""
        self.finishes: dict[Kind, Finishes] = {}

    def mark(self, why: int) -> bool:
        """Add marks; return whether that changed anything. Of a person who was erased nothing else is kept."""
        if why & ERASED:
            changed = self.marks != ERASED
            self.marks, self.days, self.finishes = ERASED, {}, {}
            return changed
        if self.marks == ERASED or not why & ~self.marks:
            return False
        self.marks |= why
        return True

    def add(self, plays: Played) -> bool:
        """Add plays of the person; return whether they changed anything."""
        if self.marks == ERASED:
            return False
        changed = False
        rows = zip(plays["start"].tolist(), plays["off"].tolist(), plays["ctype"].tolist(), strict=True)
        for start, off, ctype in set(rows):
            day = (start + (0 if off == NO_OFFSET else off) * QUARTER_MS) // DAY_MS
            held = self.days.get((off, ctype), NO_DAYS)
            if day not in held:
                self.days[off, ctype] = held | DaySet(day, 1)
                changed = True
            if ctype < _UNKNOWN:
                changed |= self.mark(UNTYPED)
        finished = plays[(plays["flags"] & FINISHED) != 0]
        for ctype in set(finished["ctype"].tolist()):
            own = finished[finished["ctype"] == ctype]
            for kind, ids in _counted_as(CONTENT_TYPES[ctype], own):
                changed |= self._finish(kind, *ids)
        return changed

    def packed(self) -> bytes:
        """Return the row as bytes; equal rows have equal ones."""
        days = [(off, ctype, held.packed()) for (off, ctype), held in sorted(self.days.items())]
        finishes = [
            (number, held.ids.tobytes(), held.first.tobytes())
            for number, kind in enumerate(KINDS)
            if (held := self.finishes.get(kind)) is not None
        ]
        return msgspec.msgpack.encode((FORMAT, self.marks, days, finishes))

    @staticmethod
    def unpacked(packed: bytes | None) -> PersonRow:
        """Return the row of `packed`, an empty one of None.

        Raises:
            ValueError: if it is none.
        """
        row = PersonRow()
        if packed is None:
            return row
        try:
            held, row.marks, days, finishes = msgspec.msgpack.decode(packed, type=_Packed)
            if held != FORMAT:
                msg = f"row of a person of format {held}, not {FORMAT}"
                raise ValueError(msg)
            row.days = {(off, ctype): DaySet.unpacked(some) for off, ctype, some in days}
            row.finishes = {KINDS[number]: _finishes(ids, first) for number, ids, first in finishes}
        except (msgspec.MsgspecError, IndexError) as error:
            msg = f"{packed[:20]!r} is no row of a person: {error}"
            raise ValueError(msg) from error
        return row

    def _finish(self, kind: Kind, ids: U64, at: I64) -> bool:
        before = self.finishes.get(kind, _NONE)
        after = before.with_(ids, at)
        if np.array_equal(before.ids, after.ids) and np.array_equal(before.first, after.first):
            return False
        self.finishes[kind] = after
        return True


_Packed = tuple[int, int, list[tuple[int, int, bytes]], list[tuple[int, bytes, bytes]]]


def _finishes(ids: bytes, first: bytes) -> Finishes:
    if len(ids) != len(first):
        msg = f"{len(ids)} bytes of ids and {len(first)} of moments are no finishes"
        raise ValueError(msg)
    return Finishes(np.frombuffer(ids, np.uint64), np.frombuffer(first, np.int64))


def _counted_as(type_: str, plays: Played) -> list[tuple[Kind, tuple[U64, I64]]]:
    """Return as what finished plays of a type count, with the ids that are different and their moments."""
    found: list[tuple[Kind, Any]] = []
    for kind, id_ in counted_as(type_, "content64", "parent64"):
        some = plays[plays["parent64"] != 0] if id_ == "parent64" else plays
        if some.size:
            found.append((kind, (some[id_].copy(), some["start"].copy())))
    return found
