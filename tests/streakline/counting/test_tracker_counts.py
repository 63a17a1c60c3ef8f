"""The content tracker against a plain count, for any stream, any batches and a restart between any two."""

from hypothesis import given
from hypothesis import strategies as st

import fact_strategies
from content_streams import PLENTY, as_written, beat, borders, facts_of, play, restarted, taken, written
from fact_strategies import START
from record_facts import (
    BOT,
    COUNTED,
    ENDED,
    MINUTE,
    QUARTER,
    TIMED,
    WINDOWED,
    counted,
    names,
    present,
)
from streakline.counting.live_view import live
from streakline.counting.tracker import ContentTracker
from streakline.measures import MEASURES, unpack_counts


@given(fact_strategies.requests(), borders)
def test_counts_equal_a_plain_count_for_any_batches(stream, at):
    assert written(taken(stream, borders=at)) == as_written(facts_of(stream))


@given(fact_strategies.requests(), borders)
def test_site_sums_are_the_sums_of_the_contents(stream, at):
    tracker = taken(stream, borders=at)
    plain = counted(facts_of(stream))
    assert tracker.open() == {
        bucket: [sum(row.get(name, 0) for row in rows.values()) for name in MEASURES]
        for bucket, rows in plain.measures.items()
    }


@given(fact_strategies.requests(), borders)
def test_minutes_equal_a_plain_count(stream, at):
    tracker = taken(stream, borders=at)
    plain: dict[int, list[int]] = {}
    for contents in counted(facts_of(stream)).minutes.values():
        for minutes in contents.values():
            for minute, row in minutes.items():
                held = plain.setdefault(minute, [0] * len(WINDOWED))
                plain[minute] = [a + row.get(name, 0) for a, name in zip(held, WINDOWED, strict=True)]
    assert live(tracker).minutes == {minute: row for minute, row in plain.items() if any(row)}


@given(fact_strategies.requests(), borders)
def test_one_restart_after_each_batch_changes_nothing(stream, at):
    tracker = ContentTracker(0, PLENTY)
    rows: dict[int, dict[str, tuple]] = {}
    seen = []
    for number, request in enumerate(stream):
        taken([request], tracker)
        if number in at:
            tracker = restarted(tracker)
        if number % 3 == 2:
            for bucket, contents in written(tracker).items():
                rows.setdefault(bucket, {}).update(contents)
            seen += tracker.seen.taken().tolist()
    for bucket, contents in written(tracker).items():
        rows.setdefault(bucket, {}).update(contents)
    assert rows == as_written(facts_of(stream))
    assert {*seen, *tracker.seen.taken().tolist()} == present(facts_of(stream))


@given(fact_strategies.requests(most=6), borders)
def test_the_same_stream_a_second_time_changes_nothing(stream, at):
    last = stream[-1][0]
    again = [(last, [f._replace(accepted=last) for f in facts if f.accepted == last]) for _, facts in stream]
    once = taken(stream)
    twice = taken([*stream, *again])
    assert twice.open() == once.open()
    assert live(twice).minutes == live(once).minutes
    assert twice.ids == once.ids


@given(fact_strategies.requests(most=6), st.randoms(use_true_random=False))
def test_order_within_the_lateness_changes_no_total(stream, random):
    facts = [f for f in facts_of(stream) if f.kind > 3 or f.kind == 1]
    facts = [f._replace(accepted=START, dur=f.id * 1000, dims=(f.id, 0, 0, 0)) for f in facts]
    facts = [f._replace(kind=1, flags=COUNTED | TIMED, completion=f.id, ctype=1) for f in facts]
    shuffled = random.sample(facts, len(facts))
    assert written(taken([(START, shuffled)])) == written(taken([(START, facts)]))


@given(fact_strategies.requests(most=6), fact_strategies.requests(most=6))
def test_contents_do_not_influence_each_other(stream, other):
    moments = {moment for moment, _ in stream}
    foreign = [(m, [f._replace(content=f.content + 10) for f in facts]) for m, facts in other if m in moments]
    both = sorted([*stream, *foreign], key=lambda request: request[0])
    rows = written(taken(both))
    mine = {b: {c: row for c, row in contents.items() if len(c) == 2} for b, contents in rows.items()}
    assert {b: contents for b, contents in mine.items() if contents} == as_written(facts_of(stream))


def test_of_all_events_of_a_play_the_longest_stands_and_of_equals_the_first():
    facts = [
        play(dur=10_000, flags=TIMED, dims=(1, 0, 0, 0)),
        play(dur=40_000, dims=(2, 0, 0, 0)),
        play(dur=40_000, dims=(3, 0, 0, 0)),
        play(dur=20_000, dims=(4, 0, 0, 0)),
    ]
    rows = written(taken([(START, [fact]) for fact in facts]))[START]["c1"]
    assert dict(zip(MEASURES, rows.measures, strict=True))["played_ms"] == 40_000
    assert {code: count for (_, code), count in rows.cells.items() if count} == {2: 1}


@given(st.booleans())
def test_a_longer_event_of_a_robot_takes_its_play_out_of_the_counts(at):
    robot = play(number=1, dur=40_000, flags=TIMED | COUNTED | ENDED | BOT)
    facts = [play(number=1, dur=30_000), play(content=2, number=2), robot]
    tracker = taken([(START, facts[:2]), (START + 1, facts[2:])], borders={1} if at else frozenset())
    assert written(restarted(tracker)) == as_written(facts)


def test_a_play_that_a_robot_takes_over_in_one_read_is_written_as_nothing():
    # It may have been written before a restart, by a flow that read only its first event.
    robot = play(dur=40_000, flags=TIMED | COUNTED | ENDED | BOT)
    rows = taken([(START, [play(dur=30_000), robot])]).write_out()
    assert [(row.bucket, list(row.rows)) for row in rows] == [(START, ["c1"])]
    assert not any(unpack_counts(rows[0].rows["c1"]).measures)


def test_what_a_grown_play_counted_before_is_taken_back_from_its_cells():
    tracker = taken([(START, [play(dur=30_000, dims=(2, 3, 4, 5))])])
    written(tracker)
    taken([(START, [play(dur=31_000, dims=(6, 3, 4, 5))])], tracker)
    assert written(tracker)[START]["c1"].cells == {(0, 6): 1, (1, 3): 1, (2, 4): 1, (3, 5): 1}


def test_the_most_telling_content_type_stands_whatever_the_order():
    one = taken([(START, [play(ctype=0), play(number=2, ctype=5), play(number=3, ctype=1)])])
    assert written(one)[START]["c1"].ctype == 5


def test_a_repeat_that_names_a_better_content_type_is_written_out():
    tracker = taken([(START, [play(ctype=0)])])
    written(tracker)
    taken([(START, [play(ctype=2)])], tracker)
    assert written(tracker)[START]["c1"].ctype == 2


def test_an_event_is_late_from_the_hour_after_its_quarter_on():
    last = START + QUARTER + 60 * MINUTE
    assert written(taken([(last - 1, [play(accepted=last - 1)])]))[START]["c1"]
    tracker = taken([(last, [play(accepted=last)])])
    assert written(tracker) == {}
    assert tracker.tally["late"] == 1


def test_an_item_larger_than_every_table_counts():
    facts = [play(content=n % 700, number=n, dims=(n % 900, 0, 0, 0)) for n in range(6_000)]
    tracker = taken([(START, facts)])
    assert tracker.ids == 6_000
    assert written(tracker) == as_written(facts)
    assert written(restarted(taken([(START, facts)]))) == as_written(facts)


def test_items_of_nothing_countable_move_only_the_clock():
    tracker = taken([(START, [play(flags=BOT)]), (START + 5, [play()._replace(kind=21)]), (START + 9, [])])
    tracker.take([], names)
    assert tracker.clock == START + 9
    assert tracker.open() == {}
    assert written(tracker) == {}
    assert not tracker.seen


def test_items_of_only_late_events_count_nothing():
    late = START + 10 * QUARTER
    tracker = taken([(late, [play(accepted=late), beat(accepted=late, at=late)])])
    assert written(tracker) == {}
    assert live(tracker).playing == []  # the heartbeat is of a play that has ended


def test_what_comes_in_is_tallied():
    late = START + 10 * QUARTER
    facts = [play(), play(number=2, flags=BOT), play()._replace(kind=77)]
    tracker = taken([(START, facts), (START, [play()]), (late, [play(number=3, accepted=late)])], borders={1})
    counters = {"events": 5, "late": 1, "bots": 1, "broken": 1, "repeats": 1, "untold": 0, "handovers": 0}
    assert tracker.tally == counters
