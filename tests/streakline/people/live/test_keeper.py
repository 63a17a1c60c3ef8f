"""The keeper of live rows: candidates in any pieces, with restarts, give the rows that plays give."""

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import person_rows
from person_rows import START, Play, candidates
from streakline.people.live import keeper as keepers
from streakline.people.live.keeper import Keeper
from streakline.people.live.rows import UNREADABLE, PersonRow
from streakline.streams.candidates import ERASED, MARKED, MOVED, RULED
from streakline.times import DAY_MS

NOBODY = np.empty(0, MARKED)
LAST = START + 100 * DAY_MS


class Kept:
    """A keeper and the rows that stand in Redis."""

    def __init__(self) -> None:
        self.keeper = Keeper()
        self.rows: dict[int, bytes] = {}
        self.owed: list[int] = []

    def write(self, clock: int = LAST) -> dict[int, bytes]:
        found = {person: self.rows.get(person) for person in self.keeper.unknown(clock)}
        changes = self.keeper.changed(clock, found)
        self.rows |= changes.rows
        self.owed = changes.owed
        return changes.rows

    def restart(self) -> None:
        self.keeper = Keeper.thaw(self.keeper.freeze())


def marks(*rows: tuple[int, int]):
    return np.array(list(rows), MARKED)


@given(
    person_rows.plays(),
    st.lists(st.integers(1, 3)),
    st.frozensets(st.integers(0, 30)),
    st.frozensets(st.integers(0, 30)),
)
def test_rows_are_those_of_the_plays_over_writes_and_restarts(plays, persons, writes, restarts):
    plays = [play._replace(person=who) for play, who in zip(plays, persons, strict=False)]
    kept = Kept()
    for number, play in enumerate(plays):
        kept.keeper.take(candidates([play]), NOBODY)
        if number in writes:
            kept.write()
        if number in restarts:
            kept.restart()
    kept.write()
    own = defaultdict[int, list[Play]](list)
    for play in plays:
        own[play.person].append(play)
    plain = {}
    for person, some in own.items():
        row = PersonRow()
        row.add(candidates(some))
        plain[person] = row.packed()
    assert kept.rows == plain


def test_a_play_that_has_not_begun_waits_for_its_moment_also_over_a_restart():
    kept = Kept()
    kept.keeper.take(candidates([Play(start=START + 1)]), NOBODY)
    assert kept.write(START) == {}
    kept.restart()
    assert kept.write(START) == {}
    assert kept.write(START + 1).keys() == {1}


def test_only_rows_that_changed_are_written():
    kept = Kept()
    kept.keeper.take(candidates([Play(), Play(person=2)]), NOBODY)
    assert kept.write().keys() == {1, 2}
    kept.keeper.take(candidates([Play(), Play(person=2, start=START - 1)]), marks((1, 0)))
    assert kept.write().keys() == {2}


def test_marks_reach_persons_without_a_row_too():
    kept = Kept()
    kept.keeper.take(candidates([Play()]), marks((1, ERASED), (2, RULED)))
    assert {person: PersonRow.unpacked(row).marks for person, row in kept.write().items()} == {
        1: ERASED,
        2: RULED,
    }


def test_who_has_a_day_or_a_milestone_more_is_owed_events_once_and_nobody_else():
    kept = Kept()

    def owed(*plays: Play) -> list[int]:
        kept.keeper.take(candidates(plays), NOBODY)
        kept.write()
        return kept.owed

    assert owed(*(Play(content=n) for n in range(9)), Play(person=2)) == [1, 2]
    assert owed(Play(content=8), Play(content=9, is_finished=False), Play(START + 1, 2, 4)) == []
    assert owed(Play(content=9)) == [1]
    assert owed(Play(content=10), Play(START - 1, content=9)) == [1]  # the day before has begun
    assert owed(Play(START - 2, content=9), Play(START - 3, content=10)) == []
    kept.restart()
    assert owed(*(Play(content=n) for n in range(10)), Play(person=2)) == []


@given(person_rows.plays((4, 22)), st.frozensets(st.integers(0, 30)), st.frozensets(st.integers(0, 30)))
def test_who_is_owed_events_is_who_has_more_news_than_at_the_last_write(plays, writes, restarts):
    kept, row, before = Kept(), PersonRow(), PersonRow().news
    for number, play in enumerate(plays):
        kept.keeper.take(candidates([play]), NOBODY)
        row.add(candidates([play]))
        if number in restarts:
            kept.restart()
        if number in writes:
            kept.write()
            assert kept.owed == ([1] if row.news != before else [])
            before = row.news


def test_every_mark_owes_events_but_of_who_was_erased():
    kept = Kept()
    kept.keeper.take(candidates([Play(), Play(person=3)]), NOBODY)
    kept.write()
    for _ in range(2):
        kept.keeper.take(candidates([]), marks((1, RULED), (2, MOVED), (3, ERASED)))
        kept.write()
        assert kept.owed == [1, 2]
    kept.keeper.take(candidates([Play(START + DAY_MS, person=3)]), marks((3, RULED)))
    kept.write()
    assert kept.owed == []


def test_a_row_that_cannot_be_read_leaves_the_answer_to_history():
    kept = Kept()
    kept.rows[1] = b"nonsense"
    kept.keeper.take(candidates([Play()]), NOBODY)
    assert PersonRow.unpacked(kept.write()[1]).marks == UNREADABLE
    assert kept.keeper.tally["unreadable"] == 1


def test_rows_are_forgotten_but_not_those_that_may_still_be_on_their_way(monkeypatch):
    monkeypatch.setattr(keepers, "HELD", 2)
    kept = Kept()
    for first in (1, 4, 7):
        kept.keeper.take(candidates([Play(person=person) for person in range(first, first + 3)]), NOBODY)
        assert len(kept.keeper.unknown(LAST)) == 3
        kept.write()
    kept.keeper.take(candidates([Play(person=person) for person in range(1, 10)]), NOBODY)
    assert sorted(kept.keeper.unknown(LAST)) == [1, 2, 3]
