"""How far flows are behind, and which are silent: told by looks at their streams, in any order of events."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from streakline.health.lag import SILENT_S, Found, Lags, Look
from streakline.streams.partitions import Partitions
from streakline.streams.progress import FLOWS, READERS
from streakline.times import SECOND_MS

NOW_MS = 1_700_000_000_000
CONTENT, VIEWERS, RAW, OUT = READERS


def look(
    now: float, *found: tuple[int | None, int | None], heard: float | None = 1.0, shards: Iterable[int] = (0,)
) -> Look:
    """Return a look at content of shard 0, 1 …: where it is, and how long in ms something has waited."""
    store_ms = NOW_MS + round(now * SECOND_MS)
    places = {
        (CONTENT, shard): Found(at, None if waited is None else store_ms - waited)
        for shard, (at, waited) in enumerate(found)
    }
    ages = {} if heard is None else {(flow, shard): heard for flow in FLOWS for shard in shards}
    return Look(now, store_ms, places, ages)


def told(lags: Lags) -> list[str]:
    return [str(one).partition(";")[0] for one in lags.silences()]


def test_lag_is_how_long_the_oldest_entry_waits_and_nothing_where_none_does() -> None:
    lags = Lags(Partitions(2, 2))
    lags.take(look(100, (5, 1_500), (None, 9_000), shards=(0, 1)))
    assert (lags.behind["content", 0], lags.behind["content", 1]) == (1_500, 9_000)
    lags.take(look(101, (9, None), (9, None), shards=(0, 1)))
    assert set(lags.behind.values()) == {0}


def test_of_two_streams_that_a_flow_reads_the_one_further_behind_tells_its_lag() -> None:
    lags = Lags(Partitions(1, 1))
    found = {(RAW, 0): Found(1, NOW_MS - 200), (OUT, 0): Found(1, NOW_MS - 7_000)}
    lags.take(Look(100, NOW_MS, found, {}))
    assert lags.behind["archive", 0] == 7_000


def test_a_flow_that_passes_nothing_while_entries_wait_is_silent_and_not_any_more_when_it_goes_on() -> None:
    lags = Lags(Partitions(1, 1))
    for second in range(11):
        lags.take(look(100 + second, (5, 1_000 * second)))
        assert told(lags) == (
            ["flow_silent: content of shards 0 has passed nothing for 10 s, and an entry waits for 10 s"]
            if second >= SILENT_S
            else []
        )
    lags.take(look(111, (6, 10_000)))
    assert (told(lags), lags.behind["content", 0]) == ([], 10_000)


def test_a_flow_that_has_nothing_to_read_is_not_silent_for_as_long_as_its_process_is_heard() -> None:
    lags = Lags(Partitions(1, 1))
    for second in range(60):
        lags.take(look(100 + second, (5, None), heard=second % 3))
        assert lags.silences() == []


def test_a_flow_of_which_no_process_is_heard_is_silent_though_nothing_waits() -> None:
    lags = Lags(Partitions(1, 1))
    for second in range(10):
        lags.take(look(100 + second, (5, None), heard=None))
        assert lags.silences() == []
    lags.take(look(110, (5, None), heard=None))
    assert told(lags) == [
        f"flow_silent: {flow} of {owned} 0 was not heard for 10 s"
        for flow, owned in (("content", "shards"), ("viewers", "parts"), ("archive", "shards"))
    ]
    lags.take(look(111, (5, None)))
    assert lags.silences() == []


def test_a_word_that_redis_says_is_old_is_known_to_be_old_at_once() -> None:
    lags = Lags(Partitions(1, 1))
    lags.take(look(100, (5, None), heard=12.0))
    assert told(lags)[0] == "flow_silent: content of shards 0 was not heard for 12 s"


def test_silent_shards_are_named_together_and_apart_from_those_whose_process_lives() -> None:
    lags = Lags(Partitions(3, 3))
    for second in range(12):
        now = 100 + second
        lags.take(look(now, (5, 1_000), (5, 1_000), (5, 1_000), shards=(1,)))
    lives, ended = (str(one).split("; ") for one in lags.silences() if one.flow == "content")
    assert (
        lives[0] == "flow_silent: content of shards 1 has passed nothing for 11 s, and an entry waits for 1 s"
    )
    assert ended[0] == "flow_silent: content of shards 0,2 was not heard for 11 s, and an entry waits for 1 s"
    assert lives[1].startswith("its process lives")
    assert ended[1].startswith("its process ended or is frozen")


def test_after_a_while_without_looks_nobody_is_silent_before_its_time() -> None:
    lags = Lags(Partitions(1, 1))
    for second in range(9):
        lags.take(look(100 + second, (5, 1_000)))
    lags.take(look(200, (5, 1_000)))
    assert lags.silences() == []
    lags.take(look(209, (5, 1_000)))
    lags.forget()
    assert (lags.behind, lags.silent, lags.silences()) == ({}, {}, [])
    lags.take(look(210.5, (5, 1_000)))
    assert lags.silences() == []


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=60))
def test_silence_is_the_time_since_the_last_look_that_found_it_moved_or_with_nothing_to_do(
    seen: list[tuple[int, bool]],
) -> None:
    lags = Lags(Partitions(1, 1))
    for second, (at, waits) in enumerate(seen):
        lags.take(look(float(second), (at, 500 if waits else None), heard=0.0))
        still = 0
        for before in range(second, 0, -1):
            if not seen[before][1] or seen[before][0] != seen[before - 1][0]:
                break
            still += 1
        assert lags.silent["content", 0] == still


def test_viewers_is_told_of_by_parts_of_the_persons_and_the_others_by_shards() -> None:
    lags = Lags(Partitions(shards=1, parts=3))
    for second in range(11):
        lags.take(look(100 + second, (5, None), heard=None))
    assert told(lags) == [
        "flow_silent: content of shards 0 was not heard for 10 s",
        "flow_silent: viewers of parts 0,1,2 was not heard for 10 s",
        "flow_silent: archive of shards 0 was not heard for 10 s",
    ]
