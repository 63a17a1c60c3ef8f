"""Presence against a plain set of (person, minute), for every clock and any order."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.people.presence import CHUNK_BITS, PresenceTracker
from streakline.streams.candidates import SEEN
from streakline.streams.states import Viewers

M = 29_395_005
"""The minute at which the stream begins."""

steps = st.tuples(
    st.integers(0, 2),  # shard
    st.sampled_from([0, 0, 1, 1, 2, 5, 30, 61, 200]),  # minutes that the clock goes on
    st.lists(
        st.tuples(st.integers(1, 6), st.sampled_from([-61, -60, -59, -6, -5, -1, 0, 0, 0, 1, 2, 15])),
        max_size=6,
    ),
)


def seen(pairs: list[tuple[int, int]]) -> np.ndarray:
    return np.array(pairs, SEEN) if pairs else np.empty(0, SEEN)


def position(minute: int) -> int:
    return (minute * 60_000) << 22


def restarted(tracker: PresenceTracker, store: dict[str, bytes]) -> PresenceTracker:
    """Freeze what changed into a store, and thaw from it."""
    own = tracker.freeze()
    store.update({str(number): tracker.chunk(number) for number in tracker.dirty})
    tracker.dirty.clear()
    again = PresenceTracker.thaw(own, store)
    assert again.freeze() == own
    return again


@given(st.lists(steps, min_size=1, max_size=15), st.frozensets(st.integers(0, 14)))
def test_distinct_persons_equal_a_plain_set_whatever_the_order(drawn, restarts):
    tracker, clock, plain, store = PresenceTracker(0), M, set(), {}
    for number, (shard, forward, pairs) in enumerate(drawn):
        clock += forward
        at = [(person, clock + skew) for person, skew in pairs]
        plain.update(at)
        tracker.take(seen(at), shard, position(clock))
        if number in restarts:
            tracker = restarted(tracker, store)
        for window in (0, 1, 5, 59, 60):
            inside = {person for person, minute in plain if clock - window <= minute <= clock}
            assert tracker.distinct(window) == len(inside)
        assert tracker.minute == clock
    assert tracker.persons <= 6


@given(st.lists(steps, min_size=1, max_size=15))
def test_the_same_candidates_twice_change_nothing(drawn):
    one, two, clock = PresenceTracker(0), PresenceTracker(0), M
    for shard, forward, pairs in drawn:
        clock += forward
        at = seen([(person, clock + skew) for person, skew in pairs])
        one.take(at, shard, position(clock))
        two.take(at, shard, position(clock))
        two.take(at, shard, position(clock))
        assert one.live() == two.live()


def test_live_numbers_are_of_the_running_minute():
    tracker = PresenceTracker(1)
    tracker.since = 77
    tracker.take(seen([(1, M), (2, M - 6), (3, M + 1)]), 0, position(M))
    here = {M * 60_000: 1, (M - 6) * 60_000: 1}
    assert tracker.live() == Viewers(minute=M * 60_000, active=1, hour=2, since=77, minutes=here)


@given(st.lists(steps, min_size=1, max_size=15), st.integers(1, 70))
def test_what_is_said_of_each_minute_tells_the_numbers_of_later_ones(drawn, silence):
    tracker, clock = PresenceTracker(0), M
    for shard, forward, pairs in drawn:
        clock += forward
        behind = [(person, clock - abs(skew)) for person, skew in pairs]
        tracker.take(seen(behind), shard, position(clock))
    said = tracker.live()
    tracker.take(seen([]), 0, position(clock + silence))
    for window, number in ((5, said.active), (60, said.hour)):
        assert said.distinct((clock + silence) * 60_000, window, number) == tracker.distinct(window)


def test_a_minute_ahead_shows_when_the_clock_reaches_it_and_not_when_it_is_long_gone():
    tracker = PresenceTracker(0)
    tracker.take(seen([(1, M + 3), (2, M + 10)]), 0, position(M))
    assert tracker.distinct(60) == 0
    tracker.take(seen([]), 0, position(M + 3))
    assert tracker.distinct(0) == 1
    tracker.take(seen([]), 0, position(M + 100))
    assert tracker.distinct(60) == 0


def test_the_clock_of_a_consumer_is_its_least_covered_source():
    tracker = PresenceTracker(0)
    assert tracker.clock == 0
    tracker.take(seen([]), 0, position(M + 2))
    tracker.take(seen([]), 1, position(M))
    tracker.take(seen([]), 0, position(M + 1))  # a repeat after a restart moves nothing back
    assert tracker.clock == M * 60_000
    assert tracker.minute == M + 2


def crowd(first: int, number: int, minute: int) -> np.ndarray:
    return seen([(person, minute) for person in range(first, first + number)])


def test_persons_who_left_are_forgotten_and_those_who_stay_still_count():
    tracker, store = PresenceTracker(0), {}
    tracker.take(crowd(1, 20_000, M), 0, position(M))
    tracker = restarted(tracker, store)
    tracker.take(crowd(1, 100, M + 61), 0, position(M + 61))
    tracker.take(crowd(1, 100, M + 62), 0, position(M + 62))
    assert tracker.persons == 100
    assert tracker.distinct(60) == 100
    tracker.take(crowd(50, 100, M + 62), 0, position(M + 62))
    assert tracker.distinct(60) == 149
    assert restarted(tracker, store).distinct(60) == 149


def test_a_chunk_that_a_clearing_took_away_can_still_be_frozen():
    """A chunk may have changed in the same epoch, before the clearing: its keeper asks for it all the same."""
    tracker = PresenceTracker(0)
    tracker.take(crowd(1, 20_000, M), 0, position(M))
    asked = set(tracker.dirty)
    assert asked == {0, 1, 2}
    tracker.take(seen([]), 0, position(M + 62))
    assert tracker.persons == 0
    assert tracker.dirty == set()
    store = {str(number): tracker.chunk(number) for number in asked}
    assert PresenceTracker.needed(tracker.freeze()) == set()
    assert PresenceTracker.thaw(tracker.freeze(), store).persons == 0
    assert msgspec.msgpack.decode(tracker.chunk(7)) == [b"", b""]


def test_a_clearing_that_leaves_a_full_chunk_asks_for_no_chunk_beyond():
    full = 1 << CHUNK_BITS
    tracker = PresenceTracker(0)
    tracker.take(crowd(1, full, M + 61), 0, position(M))
    tracker.take(crowd(full + 1, 4 * full, M), 0, position(M))
    tracker.take(seen([]), 0, position(M + 61))
    assert tracker.persons == full
    assert tracker.dirty == {0}


def test_candidates_are_tallied():
    tracker = PresenceTracker(0)
    tracker.take(seen([(1, M), (1, M)]), 0, position(M))
    assert tracker.tally == {"candidates": 2, "broken": 0}
    assert tracker.distinct(0) == 1


def test_another_format_is_refused_with_what_to_do():
    own = msgspec.msgpack.encode({"format": 0, "size": 0})
    with pytest.raises(ValueError, match="snapshot format 0 is not 1; start without the recovery folder"):
        PresenceTracker.thaw(own, {})


def test_a_restart_keeps_minutes_ahead_and_counts_nobody_whose_last_minute_left_the_window():
    tracker, store = PresenceTracker(0), {}
    tracker.take(seen([(1, M), (2, M + 5)]), 0, position(M))
    tracker.take(seen([(3, M + 61)]), 0, position(M + 61))
    tracker = restarted(tracker, store)
    assert tracker.distinct(60) == 2
    tracker.take(seen([(4, M + 63)]), 0, position(M + 61))
    tracker = restarted(tracker, store)
    tracker.take(seen([]), 0, position(M + 63))
    assert tracker.distinct(0) == 1


def test_a_person_who_comes_back_after_the_window_counts_again():
    tracker = PresenceTracker(0)
    tracker.take(seen([(1, M)]), 0, position(M))
    tracker.take(seen([(1, M + 100)]), 0, position(M + 100))
    assert tracker.distinct(60) == 1
