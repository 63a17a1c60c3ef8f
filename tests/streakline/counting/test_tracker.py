"""The content tracker: its bounds, what it writes, what presence hears, and a Redis that went back."""

from hypothesis import given

import fact_strategies
from content_streams import PLENTY, as_written, borders, facts_of, play, restarted, taken, written
from fact_strategies import START
from record_facts import (
    BOT,
    COUNTED,
    ENDED,
    MINUTE,
    QUARTER,
    TIMED,
    entry,
    names,
    present,
)
from streakline.counting import snapshot as content_snapshot
from streakline.counting.live_view import live
from streakline.counting.tracker import ContentTracker
from streakline.measures import MEASURES

# --- bounds ---------------------------------------------------------------------------------------------------


def test_past_the_bound_on_ids_counts_go_on_and_repeats_count_again():
    tracker = ContentTracker(0, max_ids=2)
    for number in (1, 2, 3, 3, 1):
        taken([(START, [play(number=number)])], tracker)
    assert tracker.ids == 2
    assert tracker.tally["untold"] == 3
    assert tracker.tally["repeats"] == 1
    assert tracker.open()[START][MEASURES.index("plays")] == 4


def test_past_the_bound_on_ids_a_known_play_still_grows():
    tracker = ContentTracker(0, max_ids=1)
    taken([(START, [play(dur=20_000)])], tracker)
    taken([(START, [play(dur=50_000)])], tracker)
    assert tracker.open()[START][MEASURES.index("played_ms")] == 50_000


# --- what is written ------------------------------------------------------------------------------------------


@given(fact_strategies.requests())
def test_exactly_the_rows_that_changed_are_written(stream):
    tracker = ContentTracker(0, PLENTY)
    last: dict[int, dict[str, tuple]] = {}
    for count in range(1, len(stream) + 1):
        taken([stream[count - 1]], tracker)
        now = as_written(facts_of(stream[:count]))
        changed = {
            bucket: {name: row for name, row in rows.items() if last.get(bucket, {}).get(name) != row}
            for bucket, rows in now.items()
        }
        got = written(tracker)
        for bucket, rows in changed.items():
            assert rows.items() <= got.get(bucket, {}).items()
        for bucket, rows in got.items():  # a play that grew without changing a number may be written again
            assert rows.items() <= now[bucket].items()
            touched = {f"c{f.content}" for f in stream[count - 1][1]}
            assert rows.keys() <= touched
        last = now
    assert written(tracker) == {}


def test_a_bucket_that_is_over_is_written_a_last_time_and_then_let_go():
    tracker = taken([(START, [play()])])
    over = START + QUARTER + 60 * MINUTE
    taken([(over - 1, [play(number=2, accepted=over - 1)]), (over, [])], tracker)
    assert written(tracker)[START]["c1"].measures[MEASURES.index("plays")] == 2
    assert tracker.buckets == {}
    assert content_snapshot.dropped(tracker) == {f"{START}:{part}:0" for part in ("log", "rows", "cells")} - {
        f"{START}:cells:0"
    }
    assert content_snapshot.dropped(tracker) == set()


def test_a_bucket_that_is_over_is_shown_until_archive_has_closed_it():
    tracker = taken([(START, [play()])])
    site = tracker.open()
    taken([(START + 2 * 60 * MINUTE, [])], tracker)
    tracker.write_out()
    assert tracker.open() == site
    assert restarted(tracker).open() == site
    tracker.closed(START - QUARTER)
    assert tracker.open() == site
    tracker.closed(START)
    assert tracker.open() == {}


def test_buckets_before_the_floor_stand_as_they_stood():
    tracker = ContentTracker(0, PLENTY)
    tracker.floor = START + QUARTER
    tracker.leave_alone(START, [7] * len(MEASURES))
    late = START + QUARTER
    taken([(late, [play(accepted=late), play(start=late, accepted=late)])], tracker)
    assert tracker.open()[START] == [7] * len(MEASURES)
    assert list(written(tracker)) == [late]
    taken([(START + 3 * 60 * MINUTE, [])], tracker)
    tracker.write_out()
    assert tracker.open().keys() == {START, late}
    assert tracker.open()[START] == [7] * len(MEASURES)


# --- candidates -----------------------------------------------------------------------------------------------


@given(fact_strategies.requests(), borders)
def test_presence_hears_of_every_listener_and_minute_of_the_last_hour(stream, at):
    tracker = taken(stream, borders=at)
    assert set(tracker.seen.taken().tolist()) == present(facts_of(stream))
    assert not tracker.seen


def test_a_listener_is_not_sent_twice_for_a_minute():
    tracker = taken([(START, [play(), play(number=2)])])
    assert len(tracker.seen.taken()) == 1
    taken([(START, [play(number=3)])], tracker)
    assert len(tracker.seen.taken()) == 0


def test_what_was_sent_before_a_restart_is_not_sent_again():
    tracker = ContentTracker(0, PLENTY)
    tracker.take([(START << 22, entry([play()]))], names, silent=True)
    assert not tracker.seen
    assert tracker.open()


# --- redis went back ------------------------------------------------------------------------------------------


def test_what_was_read_before_redis_went_back_counts_once_and_is_written_again() -> None:
    stream = [(START + n * MINUTE, [play(number=n, start=START + n * MINUTE)]) for n in range(4)]
    tracker = taken(stream)
    before = written(tracker)
    tracker.went_back(((START + MINUTE) << 22) + 1)
    tracker = taken(stream[2:], restarted(tracker))
    assert written(tracker) == before == as_written(facts_of(stream))
    assert live(tracker).since == START + 3 * MINUTE + 60 * MINUTE


def test_a_content_that_only_robots_played_is_not_written_after_redis_went_back() -> None:
    human, robot = [play()], [play(2, number=2, flags=TIMED | COUNTED | ENDED | BOT)]
    tracker = taken([(START, human), (START + MINUTE, robot)])
    before = written(tracker)
    tracker.went_back(START << 22)
    assert written(tracker) == before == as_written(human)


def test_a_bucket_that_was_over_before_redis_went_back_is_left_alone() -> None:
    early, later = (START, [play()]), (START + 5 * QUARTER, [play(number=2, start=START + 5 * QUARTER)])
    tracker = taken([early, later])
    tracker.went_back(START << 22)
    tracker = taken([early, later], tracker)
    assert set(written(tracker)) == {START + 5 * QUARTER}
    assert live(tracker).open[START] == live(taken([early])).open[START]
