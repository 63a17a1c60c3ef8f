"""The live row of a person: the same for any order and any repeats, and its answers are those of history."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import person_rows
from person_rows import START, Play, candidates, finishes, known
from streakline.people.live.answers import UTC, is_whole, milestones_now, short_milestones, streak_now
from streakline.people.live.places import SLOTS, place_of
from streakline.people.live.rows import MOST, UNTYPED, PersonRow
from streakline.people.milestones import first_finishes
from streakline.people.streaks import streak_of
from streakline.streams.candidates import ERASED, MOVED, RULED
from streakline.streams.records import NO_OFFSET
from streakline.times import DAY_MS, HOUR_MS

ZONES = (NO_OFFSET, 0, 4, -20, 22, 52, 56, -44)


def row_of(plays: list[Play], borders: frozenset[int] = frozenset()) -> PersonRow:
    """Return the row after plays that came in pieces, written and read between them."""
    row, piece = PersonRow(), list[Play]()
    for number, play in enumerate(plays):
        piece.append(play)
        if number in borders:
            row.add(candidates(piece))
            row, piece = PersonRow.unpacked(row.packed()), []
    row.add(candidates(piece))
    return row


@given(person_rows.plays(ZONES), st.randoms(), st.frozensets(st.integers(0, 40)))
def test_a_row_is_the_same_for_any_order_repeats_and_pieces(plays, random, borders):
    again = [*plays, *random.sample(plays, len(plays) // 2)]
    random.shuffle(again)
    assert row_of(again, borders).packed() == row_of(plays).packed()


@given(person_rows.plays(), st.integers(0, 20))
def test_a_streak_without_zones_is_that_of_history(plays, days):
    row, as_of = row_of(plays), START + 13 * DAY_MS + days * DAY_MS // 4
    assert is_whole(row)
    assert streak_now(row, as_of) == streak_of(known(plays), as_of, UTC)


@given(person_rows.plays(ZONES, days=8))
def test_a_row_of_journeys_answers_as_history_or_not_at_all(plays):
    row, as_of = row_of(plays), START + 9 * DAY_MS
    if is_whole(row):
        assert streak_now(row, as_of) == streak_of(known(plays), as_of, UTC)


def test_who_stays_in_a_zone_is_answered_and_who_may_have_lost_a_day_on_the_way_is_not():
    every_other = [Play(START + day * DAY_MS, off=4) for day in range(0, 9, 2)]
    assert is_whole(row_of(every_other))
    assert is_whole(row_of([Play(START + day * DAY_MS, off=off) for day, off in enumerate((4, 22, -20))]))
    assert not is_whole(row_of([Play(START + DAY_MS // 2, off=-20), Play(START + 39 * HOUR_MS, off=40)]))


@given(person_rows.plays())
def test_milestones_are_those_of_history(plays):
    every = [
        play for content in range(3) for play in (p._replace(content=p.content + 50 * content) for p in plays)
    ]
    assert milestones_now(row_of(every)) == short_milestones(first_finishes(finishes(every)))


def test_of_a_thousand_and_more_finishes_the_earliest_are_kept_in_any_order():
    every = [Play(START - number, number) for number in range(1, MOST + 200)]
    row = row_of(every, frozenset(range(0, MOST + 200, 100)))
    assert len(row.finishes["track"].ids) == MOST
    assert milestones_now(row) == short_milestones(first_finishes(finishes(every)))


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


def test_every_person_has_a_place_of_its_part():
    places = [place_of(person, 4) for person in range(4 * SLOTS * 2)]
    assert {(place.part, place.slot) for place in places} == {(p, s) for p in range(4) for s in range(SLOTS)}
    assert len({place.field for place in places}) == len(places)
