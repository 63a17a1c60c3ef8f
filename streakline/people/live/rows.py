"""The live row of a person: days with a counted play and finished contents, as sets that only grow.

Plays may come in any order and any number of times: the row is the same. What they cannot tell, marks do.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

import msgspec

from streakline.kinds import CONTENT_TYPES
from streakline.people.day_sets import NO_DAYS, DaySet
from streakline.people.live.finishes import Finishes
from streakline.people.milestones import KINDS, THRESHOLDS, Kind, counted_as
from streakline.streams.candidates import ERASED, Played
from streakline.streams.records import FINISHED, NO_OFFSET
from streakline.times import DAY_MS, QUARTER_MS

FORMAT: Final = 1
ROW, NEWS = 1, 2
"""What adding plays may change: anything of the row, and what of it is news."""
UNTYPED, UNREADABLE = 16, 32
"""Marks of the row's own, beside those of candidates: a play named no type of content, which history may know; what
stood in Redis could not be read."""
_UNKNOWN: Final = 2
"""The first code of a content type whose name history has too: before it are none, and `other` of whatever was sent."""

_NONE: Final = Finishes()


class PersonRow:
    """What is known of one person."""

    def __init__(self) -> None:
        self.marks = 0
        """Why the row does not tell everything; 0 if it does."""
        self.days: dict[tuple[int, int], DaySet] = {}
        """(zone offset in quarter hours or `NO_OFFSET`, code of the content type) -> days; of UTC without a zone."""
        self.finishes: dict[Kind, Finishes] = {}

    @property
    def all_days(self) -> DaySet:
        """The days with a counted play, of any zone and type."""
        every = NO_DAYS
        for days in self.days.values():
            every |= days
        return every

    @property
    def moments(self) -> dict[Kind, list[int]]:
        """By kind when each different finished content was finished first, ms UTC in rising order; the first `MOST`."""
        held = self.finishes
        return {kind: held[kind].moments if kind in held else [] for kind in KINDS}

    @property
    def news(self) -> tuple[int, ...]:
        """What of the row is news: how many days it has, and of each kind how many milestones are reached.

        Each of these numbers only grows, but for a person who is erased.
        """
        counts = (len(self.finishes.get(kind, _NONE)) for kind in KINDS)
        return (len(self.all_days), *(bisect_right(THRESHOLDS, count) for count in counts))

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

    def add(self, plays: Played) -> int:
        """Add plays of the person; return what they changed: nothing, `ROW`, or `ROW | NEWS`."""
        if self.marks == ERASED:
            return 0
        change = 0
        for _, content, parent, start, off, ctype, flags in plays.tolist():
            day = (start + (0 if off == NO_OFFSET else off) * QUARTER_MS) // DAY_MS
            held = self.days.get((off, ctype), NO_DAYS)
            if day not in held:
                change |= ROW if any(day in days for days in self.days.values()) else ROW | NEWS
                self.days[off, ctype] = held | DaySet(day, 1)
            if ctype < _UNKNOWN and self.mark(UNTYPED):
                change |= ROW
            if flags & FINISHED:
                for kind, id_ in counted_as(CONTENT_TYPES[ctype], content, parent):
                    change |= self._finish(kind, id_, start)
        return change

    def packed(self) -> bytes:
        """Return the row as bytes; equal rows have equal ones."""
        days = [(off, ctype, held.packed()) for (off, ctype), held in sorted(self.days.items())]
        finishes = [
            (number, *held)
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
            row.finishes = {KINDS[number]: Finishes(*held).checked() for number, *held in finishes}
        except (msgspec.MsgspecError, IndexError) as error:
            msg = f"{packed[:20]!r} is no row of a person: {error}"
            raise ValueError(msg) from error
        return row

    def _finish(self, kind: Kind, content: int, at: int) -> int:
        before = self.finishes.get(kind, _NONE)
        after = self.finishes[kind] = before.with_(content, at)
        if after is before:
            return 0
        return ROW | NEWS if len(after) in THRESHOLDS and len(after) > len(before) else ROW


_Packed = tuple[int, int, list[tuple[int, int, bytes]], list[tuple[int, bytes, bytes]]]
