"""What a live row says as domain events: what history says, or nothing."""

from __future__ import annotations

from hypothesis import given

import person_rows
from person_rows import START, TYPES, Play, finishes, known, row_of
from streakline.domain_events.found import Found, milestones_achieved, streak_updated
from streakline.domain_events.live import found_live, live_milestones
from streakline.people.live.answers import UTC
from streakline.people.live.finishes import MOST
from streakline.people.milestones import milestones_of
from streakline.people.streaks import streak_of
from streakline.streams.candidates import RULED
from streakline.times import DAY_MS

NOW = START + 13 * DAY_MS
MOVIE = TYPES[1]


def by_history(plays: list[Play]) -> list[Found]:
    """Return the events of all that was played, as jobs make them of history."""
    streak = streak_updated("ann", streak_of(known(plays), NOW, UTC), NOW)
    found = milestones_achieved("ann", milestones_of(finishes(plays)).milestones, NOW)
    return [*found, *([] if streak is None else [streak])]


@given(person_rows.plays())
def test_a_whole_row_says_what_history_says(plays):
    every = [
        play for content in range(3) for play in (p._replace(content=p.content + 50 * content) for p in plays)
    ]
    assert found_live(row_of(every), "ann", NOW, ()) == by_history(every)


def test_a_row_that_does_not_tell_everything_says_nothing():
    row = row_of([Play()])
    row.mark(RULED)
    assert found_live(row, "ann", NOW, ()) is None


def test_what_came_after_the_kept_finishes_is_said_by_history_and_only_until_it_was():
    tracks = [Play(START + number, number) for number in range(MOST + 5)]
    movies = [Play(START + MOST + 10, number, ctype=MOVIE) for number in range(10)]
    early = [Play(START, number, ctype=TYPES[3]) for number in range(10)]
    row = row_of([*tracks, *movies, *early])
    milestones = live_milestones(row)
    assert milestones.reached == ("m:movie:10", "m:track:1000")
    assert found_live(row, "ann", NOW, ()) is None
    assert found_live(row, "ann", NOW, {"m:movie:10"}) is None
    found = found_live(row, "ann", NOW, {"s", *milestones.reached})
    assert found is not None
    wanted = by_history([*tracks, *movies, *early])
    assert found == [one for one in wanted if one.subject not in milestones.reached]
    assert {one.subject for one in found} > {"s", "m:track:500", "m:episode:10"}
