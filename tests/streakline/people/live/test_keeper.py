"""The keeper of live rows: candidates in any pieces, with restarts, give the rows that plays give."""

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import person_rows
from person_rows import START, Play, candidates
from streakline.people.live.keeper import Keeper
from streakline.people.live.places import SLOTS, place_of
from streakline.people.live.rows import NEWS, UNREADABLE, PersonRow
from streakline.streams.candidates import ERASED, MARKED, MOVED, RULED
from streakline.times import DAY_MS

NOBODY = np.empty(0, MARKED)
LAST = START + 100 * DAY_MS
HELD = 1_000
"""Bytes of about three rows: some are read again, some are not."""


class Kept:
    """A keeper and the rows that stand in Redis."""

    def __init__(self, page: int = 2) -> None:
        self._page = page
        self.keeper = Keeper(2, HELD, page)
        self.rows: dict[int, bytes] = {}
        self.written: dict[int, bytes] = {}
        self.owed: list[int] = []

    def page(self) -> set[int]:
        """Do a page; return whose row was not remembered."""
        found = {person: self.rows.get(person) for person in self.keeper.unknown()}
        changes = self.keeper.changed(found)
        self.rows |= changes.rows
        self.written |= changes.rows
        self.owed += changes.owed
        return found.keys()

    def write(self, clock: int = LAST) -> dict[int, bytes]:
        self.keeper.gather(clock)
        self.written, self.owed = {}, []
        while self.keeper.waits:
            self.page()
        self.owed.sort()
        return self.written

    def restart(self) -> None:
        self.keeper = Keeper.thaw(self.keeper.freeze(), 2, HELD, self._page)


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


@given(
    person_rows.plays((4, 22)),
    st.lists(st.integers(1, 9)),
    st.lists(st.tuples(st.integers(1, 9), st.sampled_from((RULED, MOVED, ERASED))), max_size=6),
    st.integers(1, 4),
    st.integers(0, 4),
)
def test_pages_give_what_one_look_at_each_person_gives(plays, persons, marked, size, done):
    """Also where a restart, or candidates that came meanwhile, fall between two pages."""
    plays = [play._replace(person=who) for play, who in zip(plays, persons, strict=False)]
    kept = Kept(size)
    kept.keeper.take(candidates(plays), marks(*marked))
    kept.keeper.gather(LAST)
    for _ in range(done):
        if kept.keeper.waits:
            assert len(kept.keeper.page()) <= size
            kept.page()
    owed = set(kept.owed)
    kept.restart()
    kept.write()
    plain, news = {}, set()
    for person in {play.person for play in plays} | {person for person, _ in marked}:
        row = PersonRow()
        if row.add(candidates([play for play in plays if play.person == person])) & NEWS:
            news.add(person)
        for why in [why for who, why in marked if who == person]:
            row.mark(why)
            if row.marks != ERASED:
                news.add(person)
        plain[person] = row.packed()
    assert (kept.rows, owed | set(kept.owed)) == (plain, news)


def test_a_page_has_the_persons_of_a_slot_together():
    keeper = Keeper(4, HELD, 3)
    slots = [place_of(person, 4).slot for person in (4, 8, 4 + 4 * SLOTS, 8 + 4 * SLOTS)]
    assert slots == [1, 2, 1, 2]
    keeper.take(
        candidates([Play(person=person) for person in (8, 4, 8 + 4 * SLOTS, 4 + 4 * SLOTS)]),
        marks((4 * 3, RULED)),
    )
    keeper.gather(LAST)
    assert keeper.page() == [4, 4 + 4 * SLOTS, 8]
    keeper.changed(dict.fromkeys(keeper.page()))
    assert keeper.page() == [8 + 4 * SLOTS, 12]


def test_rows_that_are_remembered_are_not_asked_for_and_stay_within_their_bytes():
    kept = Kept()
    kept.keeper.take(candidates([Play(person=person) for person in range(1, 30)]), NOBODY)
    kept.write()
    kept.keeper.take(candidates([Play(content=2, person=person) for person in (1, 29)]), NOBODY)
    kept.keeper.gather(LAST)
    assert kept.page() == {1}
    assert 0 < kept.keeper.held <= HELD
