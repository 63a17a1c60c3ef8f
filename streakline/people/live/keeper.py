"""The keeper of live rows: candidates in, the rows that they change out, a page of persons at a time.

The rows themselves stand where it is told: here are only some of those that were used lately. Since a row only grows,
and grows by the same candidate once, what is taken again after a crash changes nothing.

What it holds does not grow with the persons: candidates are 36 bytes each, rows are read page by page, and only one
page is ever unpacked. A row that was changed may be read again when it has been written, not before; who calls sees to
that, by writing what one `gather` laid out before the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from streakline.people.live.held_rows import HeldRows
from streakline.people.live.places import slots_of
from streakline.people.live.rows import NEWS, UNREADABLE, PersonRow
from streakline.streams.candidates import ERASED, MARKED, PLAYED, Marked, Played


class Changes(NamedTuple):
    """What some candidates changed."""

    rows: dict[int, bytes]
    """Person -> the row, packed, of those whose row changed."""
    owed: list[int]
    """Persons of whom domain events are owed: they have a day or a milestone more, or were marked."""


class _Due(NamedTuple):
    """Candidates laid out by person, the persons of a slot one after the other."""

    persons: list[int]
    plays: Played
    bounds: list[int]
    """Where the plays of each person begin, and of the last one end."""
    marks: dict[int, list[int]]


class Keeper:
    """The live rows of one part of the persons."""

    def __init__(self, parts: int, held: int, page: int) -> None:
        """Prepare to keep rows.

        Args:
            parts: of the persons in all, of which these are one.
            held: bytes of rows that are remembered at most.
            page: persons of a page, whose rows are unpacked at the same time.
        """
        self.tally = {"plays": 0, "rows": 0, "unreadable": 0}
        """Counters since the process began, for metrics."""
        self._parts, self._size = parts, page
        self._played: list[Played] = []
        self._marked: list[Marked] = []
        self._due = _Due([], np.empty(0, PLAYED), [0], {})
        self._at = 0
        """Persons of `_due` that are done."""
        self._rows = HeldRows(held)

    def take(self, played: Played, marked: Marked) -> None:
        """Take candidates."""
        self.tally["plays"] += len(played)
        self._played += [played] if played.size else []
        self._marked += [marked] if marked.size else []

    def gather(self, clock: int) -> None:
        """Lay out what was taken, behind what still waits.

        Args:
            clock: ms of the streams: a play that begins later is left until then.
        """
        played, marks = _joined([*self._rest(), *self._played], PLAYED), self._marks_left()
        for person, why in _joined(self._marked, MARKED).tolist():
            marks.setdefault(person, []).append(why)
        is_due = played["start"] <= clock
        due, later = played[is_due], played[~is_due]
        marked = np.fromiter(marks, np.uint64, len(marks))
        persons = np.unique(np.concatenate((due["person"], marked)))
        by_slot = np.argsort(slots_of(persons, self._parts), kind="stable")
        rank = np.empty(len(persons), np.int64)
        rank[by_slot] = np.arange(len(persons))
        of = rank[np.searchsorted(persons, due["person"])]
        bounds = [0, *np.cumsum(np.bincount(of, minlength=len(persons))).tolist()]
        # Stable: what came first of a person stays first.
        self._due = _Due(
            persons[by_slot].tolist(), due.take(np.argsort(of, kind="stable")), bounds, dict(marks)
        )
        self._at = 0
        self._played, self._marked = ([later] if later.size else []), []

    @property
    def held(self) -> int:
        """Bytes of the rows that are remembered."""
        return self._rows.size

    @property
    def waits(self) -> bool:
        """Whether there is a page to be done."""
        return self._at < len(self._due.persons)

    def page(self) -> list[int]:
        """Return the persons of the next page."""
        return self._due.persons[self._at : self._at + self._size]

    def unknown(self) -> list[int]:
        """Return the persons of the next page whose rows are needed for `changed` and not remembered."""
        return [person for person in self.page() if person not in self._rows]

    def changed(self, found: Mapping[int, bytes | None]) -> Changes:
        """Return the rows that the next page changes, and the persons of whom something is new.

        Args:
            found: the rows of `unknown`, None of who has none.
        """
        page, due, rows, owed = self.page(), self._due, dict[int, bytes](), list[int]()
        bounds = due.bounds[self._at : self._at + len(page) + 1]
        # All of them first: to remember one may be to forget another of the page.
        stood = [self._rows[person] if person in self._rows else found[person] for person in page]
        for person, packed, (begin, end) in zip(page, stood, pairwise(bounds), strict=True):
            row = self._row(packed)
            change = row.add(due.plays[begin:end]) if end > begin else 0
            is_changed, is_owed = bool(change), bool(change & NEWS)
            for why in due.marks.get(person, ()):
                is_changed |= row.mark(why)
                # A second freeze changes no row, and may change a streak.
                is_owed |= row.marks != ERASED
            if is_changed:
                packed = rows[person] = row.packed()  # noqa: PLW2901
            if packed is not None:
                self._rows.hold(person, packed)
            if is_owed:
                owed.append(person)
        self._at += len(page)
        if not self.waits:
            self._due, self._at = _Due([], np.empty(0, PLAYED), [0], {}), 0
        self.tally["rows"] += len(rows)
        return Changes(rows, sorted(owed))

    def freeze(self) -> dict[str, bytes]:
        """Return what is not written yet, as plain data."""
        marks = [(person, why) for person, whys in self._marks_left().items() for why in whys]
        return {
            "played": _joined([*self._rest(), *self._played], PLAYED).tobytes(),
            "marked": _joined([np.array(marks, MARKED), *self._marked], MARKED).tobytes(),
        }

    @staticmethod
    def thaw(facts: Mapping[str, bytes], parts: int, held: int, page: int) -> Keeper:
        """Return the keeper of a snapshot; of an older build's there is nothing. The rest as for a new one."""
        keeper = Keeper(parts, held, page)
        played = np.frombuffer(facts.get("played", b""), PLAYED)
        keeper.take(played, np.frombuffer(facts.get("marked", b""), MARKED))
        return keeper

    def _rest(self) -> list[Played]:
        """Return the plays of the pages that are not done."""
        return [self._due.plays[self._due.bounds[self._at] :]]

    def _marks_left(self) -> dict[int, list[int]]:
        marks = self._due.marks
        return {person: marks[person] for person in self._due.persons[self._at :] if person in marks}

    def _row(self, packed: bytes | None) -> PersonRow:
        try:
            return PersonRow.unpacked(packed)
        except ValueError:  # nothing of it can be told any more
            self.tally["unreadable"] += 1
            row = PersonRow()
            row.mark(UNREADABLE)
            return row


def _joined(some: list[Any], of: np.dtype[Any]) -> Any:
    return np.concatenate(some) if some else np.empty(0, of)
