"""The content tracker against a plain count, for any stream, any batches and a restart between any two."""

from hypothesis import example, given
from hypothesis import strategies as st

import fact_strategies
from content_streams import PLENTY, beat, borders, facts_of, play, restarted, taken
from fact_strategies import START
from plain_counts import (
    BOT,
    COUNTED,
    ENDED,
    MINUTE,
    QUARTER,
    TIMED,
    WINDOWED,
    Fact,
    counted,
    entry,
    names,
    present,
)
from streakline import content_snapshot
from streakline.content import ContentTracker
from streakline.content_live import live
from streakline.counts import BREAKDOWNS, MEASURES, unpack_counts
from streakline.entries import Cold, Entry, Poison
from streakline.kinds import KINDS


def written(tracker: ContentTracker) -> dict[int, dict[str, tuple]]:
    """What was written, but for rows of nothing: a robot took a play out of the counts."""
    rows: dict[int, dict[str, tuple]] = {}
    for bucket, packed in tracker.write_out():
        counts = {name: unpack_counts(data) for name, data in packed.items()}
        counts = {name: row for name, row in counts.items() if any(row.measures)}
        if counts:
            rows.setdefault(bucket, {}).update(counts)
    return rows


def as_written(facts: list[Fact]) -> dict[int, dict[str, tuple]]:
    """What a plain count of facts would write."""
    plain = counted(facts)
    return {
        bucket: {
            f"c{content}": (
                tuple(row.get(name, 0) for name in MEASURES),
                {(BREAKDOWNS.index(n), code): k for (n, code), k in plain.cells[bucket][content].items()},
                plain.ctypes[bucket][content],
            )
            for content, row in contents.items()
        }
        for bucket, contents in plain.measures.items()
    }


# --- counts ---------------------------------------------------------------------------------------------------


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
    assert tracker.tally == {"events": 5, "late": 1, "bots": 1, "broken": 1, "repeats": 1, "untold": 0}


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


# --- names ----------------------------------------------------------------------------------------------------


def unreadable(held: Entry) -> list[Cold]:
    msg = "torn"
    raise Poison(msg)


def test_nothing_counts_under_a_name_that_nobody_can_read():
    tracker = ContentTracker(0, PLENTY)
    tracker.take([(START << 22, entry([play(), beat(number=2)]))], unreadable)
    assert tracker.open() == {}
    assert live(tracker).playing == []
    assert tracker.tally["broken"] == 2


@given(borders)
@example(frozenset())
@example(frozenset({1}))
def test_an_unreadable_entry_spoils_no_other_entry(at):
    """Entry 0 and 2 are torn; content 1 gets its name from entry 1."""
    entries = [entry([play(number=n), beat(number=n + 10, at=START)]) for n in range(3)]

    def opened(held: Entry) -> list[Cold]:
        return names(held) if held is entries[1] else unreadable(held)

    tracker = ContentTracker(0, PLENTY)
    batch = []
    for number, held in enumerate(entries):
        if number in at:
            tracker.take(batch, opened)
            batch = []
        batch.append(((START << 22) + number, held))
    tracker.take(batch, opened)
    assert tracker.open()[START][MEASURES.index("starts")] == 4
    assert tracker.tally["broken"] == 2
    assert len(tracker.playing) == 2


def test_a_title_that_was_missing_is_learnt_with_the_next_opened_entry():
    tracker = ContentTracker(0, PLENTY)
    tracker.take([(START << 22, entry([play()]))], lambda _: [Cold("c1", "")])
    assert live(tracker).titles == {"c1": ""}
    taken([(START, [play(number=2), play(content=2)])], tracker)
    assert live(tracker).titles == {"c1": "Title of c1", "c2": "Title of c2"}


def test_a_fact_of_the_catalogue_says_what_a_content_is_called():
    tracker = ContentTracker(0, PLENTY)
    tracker.take(
        [(START << 22, entry([play()]))], lambda _: [Cold("c1", "", title="as the player called it")]
    )
    fact = entry([Fact(1, 2, KINDS["content"], START, START, START, 0, 0, 1)])
    tracker.take([((START + 1) << 22, fact)], lambda _: [Cold("c1", "", type="content", title="Its title")])
    assert live(tracker).titles == {"c1": "Its title"}


def test_a_bucket_that_is_over_keeps_its_counts_until_they_are_written_but_no_identities():
    tracker = taken([(START, [play(number=n, content=n % 7) for n in range(5_000)])])
    assert tracker.ids == 5_000
    tracker.take([((START + 2 * 60 * MINUTE) << 22, Entry())], names)
    assert tracker.ids == 0
    assert {name for name in tracker.dropped if ":log:" in name} == {f"{START}:log:0", f"{START}:log:1"}
    chunks = {name: content_snapshot.chunk(tracker, name) for name in content_snapshot.dirty(tracker)}
    again = content_snapshot.thaw(content_snapshot.freeze(tracker), chunks, PLENTY)
    for one in (tracker, again):
        [written] = one.write_out()
        plays = [unpack_counts(row).measures[MEASURES.index("plays")] for row in written.rows.values()]
        assert sum(plays) == 5_000


def test_names_that_nothing_needs_are_forgotten():
    tracker = taken([(START, [play(content=n) for n in range(5_000)])])
    over = START + 2 * 60 * MINUTE
    taken([(over, [play(content=9_999, start=over, accepted=over)])], tracker)
    tracker.write_out()
    assert {name.content for name in tracker.names.values()} == {"c9999"}


def test_an_entry_is_opened_only_for_a_name_that_is_not_known():
    opened = []

    def counting(held: Entry) -> list[Cold]:
        opened.append(held)
        return names(held)

    tracker = ContentTracker(0, PLENTY)
    for number in range(3):
        tracker.take([((START << 22) + number, entry([play(number=number)]))], counting)
    assert len(opened) == 1


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
    tracker.stood(START, [7] * len(MEASURES))
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
