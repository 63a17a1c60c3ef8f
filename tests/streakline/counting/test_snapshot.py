"""Snapshots of the content tracker, chunk by chunk over several epochs."""

import msgspec
import pytest
from hypothesis import given

import fact_strategies
from fact_strategies import START
from record_facts import QUARTER, entry, names
from streakline.counting import snapshot as snapshots
from streakline.counting.live_view import live
from streakline.counting.tracker import ContentTracker


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
    fed(tracker, START, 0, [fact_strategies.fact_of(bytes(16), START)])
    own = snapshots.freeze(tracker)
    again = snapshots.thaw(own, {n: snapshots.chunk(tracker, n) for n in snapshots.needed(own)}, 10**6)
    assert again.write_out() == tracker.write_out()
    assert again.write_out() == []


def test_the_floor_and_what_stood_survive():
    tracker = ContentTracker(0, 10**6)
    tracker.floor = START
    tracker.stood(START - QUARTER, [5])
    again = snapshots.thaw(snapshots.freeze(tracker), {}, 10**6)
    assert (again.floor, again.open()) == (START, {START - QUARTER: [5]})


def test_another_format_is_refused_with_what_to_do():
    own = msgspec.msgpack.encode({"format": 99})
    with pytest.raises(ValueError, match="snapshot format 99 is not 1; start without the recovery folder"):
        snapshots.thaw(own, {}, 1)
