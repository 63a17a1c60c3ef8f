"""The live row of a person: the same for any order and any repeats, and no row that is none."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import person_rows
from person_rows import START, Play, candidates, finishes, row_of
from streakline.people.live.answers import is_whole, milestones_now, short_milestones
from streakline.people.live.finishes import MOST
from streakline.people.live.rows import NEWS, UNTYPED, PersonRow
from streakline.people.milestones import first_finishes
from streakline.streams.candidates import ERASED, MOVED, RULED
from streakline.streams.records import NO_OFFSET
from streakline.times import DAY_MS

ZONES = (NO_OFFSET, 0, 4, -20, 22, 52, 56, -44)


@given(person_rows.plays(ZONES), st.randoms(), st.frozensets(st.integers(0, 40)))
def test_a_row_is_the_same_for_any_order_repeats_and_pieces(plays, random, borders):
    again = [*plays, *random.sample(plays, len(plays) // 2)]
    random.shuffle(again)
    assert row_of(again, borders).packed() == row_of(plays).packed()


def test_of_a_thousand_and_more_finishes_the_earliest_are_kept_in_any_order():
    every = [Play(START - number, number) for number in range(1, MOST + 200)]
    row = row_of(every, frozenset(range(0, MOST + 200, 100)))
    assert len(row.finishes["track"]) == MOST
    assert milestones_now(row) == short_milestones(first_finishes(finishes(every)))


def test_news_are_different_days_and_the_milestones_of_each_kind():
    row = row_of(
        [Play(content=n) for n in range(10)] + [Play(START + DAY_MS, off=4), Play(START + 1, off=56)]
    )
    assert row.news == (2, 0, 0, 0, 1)
    assert PersonRow.unpacked(row.packed()).news == row.news
    assert PersonRow().news == (0, 0, 0, 0, 0)


@given(person_rows.plays(ZONES), st.integers(0, 12))
def test_adding_plays_tells_whether_the_row_and_its_news_are_others(plays, more):
    row = row_of([Play(content=number + 50) for number in range(more)])
    for play in plays:
        packed, news = row.packed(), row.news
        change = row.add(candidates([play]))
        assert (bool(change), bool(change & NEWS)) == (row.packed() != packed, row.news != news)


def test_a_repeat_changes_nothing():
    row = row_of([Play()])
    assert not row.add(candidates([Play(), Play(start=START + 1)]))
    assert row.add(candidates([Play(start=START - 1)]))


def test_marks_make_a_row_that_history_answers_and_gather():
    row = row_of([Play()])
    assert row.mark(RULED)
    assert not row.mark(RULED)
    assert row.mark(MOVED)
    assert PersonRow.unpacked(row.packed()).marks == RULED | MOVED
    assert not is_whole(row)


def test_a_play_of_no_known_type_leaves_the_answer_to_history():
    row = row_of([Play(ctype=0)])
    assert row.marks == UNTYPED
    assert row_of([Play(ctype=1)]).marks == UNTYPED


def test_of_an_erased_person_nothing_is_kept_whatever_comes():
    row = row_of([Play()])
    row.mark(MOVED)
    assert row.mark(ERASED)
    assert not row.add(candidates([Play(start=START + DAY_MS)]))
    assert not row.mark(RULED)
    empty = PersonRow()
    empty.mark(ERASED)
    assert row.packed() == empty.packed()
    assert not is_whole(row)


NO_ROWS = (
    b"",
    b"\xc1",
    msgspec.msgpack.encode((2, 0, [], [])),
    msgspec.msgpack.encode((1, 0, [], [(9, b"", b"")])),
    msgspec.msgpack.encode((1, 0, [], [(0, b"12345678", b"")])),
    msgspec.msgpack.encode((1, 0, [(0, 2, b"?")], [])),
)


@pytest.mark.parametrize("packed", NO_ROWS)
def test_what_is_no_row_is_refused(packed):
    with pytest.raises(ValueError, match=r"row|finishes|days"):
        PersonRow.unpacked(packed)
