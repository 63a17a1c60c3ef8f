"""Snapshots of the content tracker, chunk by chunk over several epochs."""

import json
from base64 import b64decode

import msgspec
import pytest
from hypothesis import given

import fact_strategies
from content_streams import PLENTY
from fact_strategies import START
from golden import GOLDEN
from record_facts import COUNTED, DAY, ENDED, NAMED, QUARTER, TIMED, Fact, entry, names
from streakline.counting import snapshot as snapshots
from streakline.counting.live_view import live
from streakline.counting.tracker import ContentTracker
from streakline.streams.persons import NO_DAY, NOBODY


def fed(tracker: ContentTracker, moment: int, number: int, facts) -> None:
    tracker.take([((moment << 22) + number, entry(facts))], names)


@given(fact_strategies.requests())
def test_a_store_that_takes_only_dirty_chunks_always_holds_the_whole(stream):
    tracker, store = ContentTracker(3, 10**6), {}
    tracker.began_late(START)
    for number, (moment, facts) in enumerate(stream):
        fed(tracker, moment, number, facts)
        if number % 3 == 2:
            tracker.write_out()
        own = snapshots.freeze(tracker)
        for name in snapshots.dropped(tracker):
            store.pop(name, None)
        for name in snapshots.dirty(tracker):
            store[name] = snapshots.chunk(tracker, name)
        snapshots.clean(tracker)
        assert store.keys() == snapshots.needed(own)
        again = snapshots.thaw(own, store, tracker.max_ids)
        assert snapshots.freeze(again) == own
        assert live(again) == live(tracker)
        for start, bucket in tracker.buckets.items():
            same = again.buckets[start]
            assert same.log[: same.ids.size].tobytes() == bucket.log[: bucket.ids.size].tobytes()
        assert (again.shard, again.position, again.max_ids) == (3, tracker.position, tracker.max_ids)
        assert again.seen.waiting().tolist() == tracker.seen.waiting().tolist()


def test_a_chunk_of_a_bucket_that_is_gone_is_nothing():
    assert snapshots.chunk(ContentTracker(0, 1), f"{START}:log:0") is None


def test_what_is_changed_and_not_yet_written_is_written_after_a_restart():
    tracker = ContentTracker(0, 10**6)
    fed(tracker, START, 0, [fact_strategies.fact_of(bytes(fact_strategies.BYTES), START)])
    own = snapshots.freeze(tracker)
    again = snapshots.thaw(own, {n: snapshots.chunk(tracker, n) for n in snapshots.needed(own)}, 10**6)
    assert again.write_out() == tracker.write_out()
    assert again.write_out() == []


def test_the_floor_and_what_stood_survive():
    tracker = ContentTracker(0, 10**6)
    tracker.floor = START
    tracker.leave_alone(START - QUARTER, [5])
    again = snapshots.thaw(snapshots.freeze(tracker), {}, 10**6)
    assert (again.floor, again.open()) == (START, {START - QUARTER: [5]})


def test_another_format_is_refused_with_what_to_do():
    own = msgspec.msgpack.encode({"format": 99})
    with pytest.raises(
        ValueError, match="snapshot format 99 is not 1 or 2; start without the recovery folder"
    ):
        snapshots.thaw(own, {}, 1)


def older() -> tuple[bytes, dict[str, bytes]]:
    """The snapshot that a build of format 1 made of `OLDER`."""
    held = json.loads((GOLDEN / "snapshots/content-format-1.json").read_text())
    return b64decode(held["own"]), {name: b64decode(chunk) for name, chunk in held["chunks"].items()}


OLD_START = 1_763_700_300_000
OLDER = [
    Fact(1, 1, 3, OLD_START + 1_000, OLD_START + 9_000, OLD_START + 9_000, 8_000, TIMED, 5, (2, 3, 4, 5), off=0),
    Fact(
        1, 2, 1, OLD_START + 2_000, OLD_START + 2_000, OLD_START + 2_000, 30_000, TIMED | COUNTED | ENDED, 6,
        (2, 0, 0, 0), 500, 2, off=0,
    ),
    Fact(2, 3, 4, OLD_START + 61_000, OLD_START + 61_000, OLD_START + 61_000, 0, 0, 7, off=0),
]  # fmt: skip


def test_a_snapshot_of_format_1_counts_on_and_knows_no_listeners():
    again = snapshots.thaw(*older(), PLENTY)
    fresh = ContentTracker(3, PLENTY)
    fed(fresh, OLD_START + 90_000, 0, OLDER)
    assert (again.shard, again.position, live(again)) == (3, fresh.position, live(fresh))
    later = [
        OLDER[0]._replace(dur=25_000, listener=9, flags=TIMED | COUNTED | NAMED, off=4),
        OLDER[1],
        OLDER[2],
        OLDER[1]._replace(id=8),
    ]
    for tracker in (again, fresh):
        fed(tracker, OLD_START + 100_000, 0, later)
    assert again.write_out() == fresh.write_out()
    assert again.tally["repeats"] == 2
    [[row]] = again.handovers
    assert (row["was"], row["was_day"]) == (NOBODY, NO_DAY)
    assert (row["person"], row["day"]) == (9, (OLD_START + 3_600_000) // DAY)
