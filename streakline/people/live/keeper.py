"""The keeper of live rows: candidates in, the rows that they change out.

The rows themselves stand where it is told: here are only those that were used lately. Since a row only grows, and grows
by the same candidate once, what is taken again after a crash changes nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from streakline.people.live.rows import NEWS, UNREADABLE, PersonRow
from streakline.streams.candidates import ERASED, MARKED, PLAYED, Marked, Played

HELD: Final = 16_384
"""Rows that are remembered, beside those of the last two changes."""


class Changes(NamedTuple):
    """What some candidates changed."""

    rows: dict[int, bytes]
    """Person -> the row, packed, of those whose row changed."""
    owed: list[int]
    """Persons of whom domain events are owed: they have a day or a milestone more, or were marked."""


class Keeper:
    """The live rows of one part of the persons."""

    def __init__(self) -> None:
        self.tally = {"plays": 0, "rows": 0, "unreadable": 0}
        """Counters since the process began, for metrics."""
        self._played: list[Played] = []
        self._marked: list[Marked] = []
        self._rows: OrderedDict[int, tuple[PersonRow, int]] = OrderedDict()
        self._changes = 0

    def take(self, played: Played, marked: Marked) -> None:
        """Take candidates."""
        self.tally["plays"] += len(played)
        self._played += [played] if played.size else []
        self._marked += [marked] if marked.size else []

    def unknown(self, clock: int) -> list[int]:
        """Return the persons whose rows are needed for `changed` and not remembered."""
        persons = {*self._due(clock)["person"].tolist(), *_joined(self._marked, MARKED)["person"].tolist()}
        return [person for person in persons if person not in self._rows]

    def changed(self, clock: int, found: Mapping[int, bytes | None]) -> Changes:
        """Return the rows that changed, and the persons of whom something is new.

        Args:
            clock: ms of the streams: a play that begins later waits until then.
            found: the rows of `unknown`, None of who has none.
        """
        self._changes += 1
        due, changed, owed = self._due(clock), set[int](), set[int]()
        later = _joined(self._played, PLAYED)
        later = later[later["start"] > clock]
        due = due.take(np.argsort(due["person"], kind="stable"))
        persons, first = np.unique(due["person"], return_index=True)
        ends = [*first[1:].tolist(), len(due)]
        for person, begin, end in zip(persons.tolist(), first.tolist(), ends[-len(persons) :], strict=False):
            change = self._row(person, found).add(due[begin:end])
            if change:
                changed.add(person)
            if change & NEWS:
                owed.add(person)
        for person, why in _joined(self._marked, MARKED).tolist():
            row = self._row(person, found)
            if row.mark(why):
                changed.add(person)
            # A second freeze changes no row, and may change a streak.
            if row.marks != ERASED:
                owed.add(person)
        self._played, self._marked = ([later] if later.size else []), []
        self._forget()
        self.tally["rows"] += len(changed)
        return Changes({person: self._rows[person][0].packed() for person in changed}, sorted(owed))

    def freeze(self) -> dict[str, bytes]:
        """Return what is not written yet, as plain data."""
        return {
            "played": _joined(self._played, PLAYED).tobytes(),
            "marked": _joined(self._marked, MARKED).tobytes(),
        }

    @staticmethod
    def thaw(facts: Mapping[str, bytes]) -> Keeper:
        """Return the keeper of a snapshot; of an older build's there is nothing."""
        keeper = Keeper()
        played = np.frombuffer(facts.get("played", b""), PLAYED)
        keeper.take(played, np.frombuffer(facts.get("marked", b""), MARKED))
        return keeper

    def _due(self, clock: int) -> Played:
        played: Played = _joined(self._played, PLAYED)
        due: Played = played[played["start"] <= clock]
        return due

    def _row(self, person: int, found: Mapping[int, bytes | None]) -> PersonRow:
        held = self._rows.pop(person, None)
        if held is None:
            try:
                row = PersonRow.unpacked(found[person])
            except ValueError:  # nothing of it can be told any more
                self.tally["unreadable"] += 1
                row = PersonRow()
                row.mark(UNREADABLE)
        else:
            row = held[0]
        self._rows[person] = (row, self._changes)
        return row

    def _forget(self) -> None:
        """Forget the rows used least lately; what may still be on its way to Redis stays."""
        while len(self._rows) > HELD and next(iter(self._rows.values()))[1] < self._changes - 1:
            self._rows.popitem(last=False)


def _joined(some: list[Any], of: np.dtype[Any]) -> Any:
    return np.concatenate(some) if some else np.empty(0, of)
