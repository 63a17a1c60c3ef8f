"""The live answers of a person: those of history, or none."""

from hypothesis import given
from hypothesis import strategies as st

import person_rows
from person_rows import START, Play, finishes, known, row_of
from streakline.people.live.answers import UTC, is_whole, milestones_now, short_milestones, streak_now
from streakline.people.milestones import first_finishes
from streakline.people.streaks import streak_of
from streakline.streams.records import NO_OFFSET
from streakline.times import DAY_MS, HOUR_MS

ZONES = (NO_OFFSET, 0, 4, -20, 22, 52, 56, -44)


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
