"""Clocks that disagree: what is told of them, when live windows are incomplete, and when nothing is taken."""

from __future__ import annotations

import pytest

from streakline.health.clocks import Clocks, correction, incomplete, refusal, warnings
from streakline.streams.records import CLOCK_SLACK_MS
from streakline.times import HOUR_MS, MINUTE_MS

NOW = 1_790_000_000_000


@pytest.mark.parametrize("skew", [-MINUTE_MS, 0, MINUTE_MS])
def test_clocks_that_are_about_right_are_not_spoken_of(skew: int) -> None:
    clocks = Clocks(NOW, NOW + skew, NOW + min(skew, MINUTE_MS))
    assert (warnings(clocks), incomplete(clocks), refusal(clocks)) == ([], False, None)


def test_a_clock_set_forward_is_named_and_live_windows_are_incomplete() -> None:
    told = warnings(Clocks(NOW, NOW + 2 * HOUR_MS, NOW + 2 * HOUR_MS))
    assert [line.partition(":")[0] for line in told] == ["clock_skewed", "stream_ahead"]
    assert all("7200 s" in line for line in told)
    assert incomplete(Clocks(NOW, NOW + 2 * HOUR_MS, NOW + 2 * HOUR_MS))


def test_after_the_step_is_taken_back_ids_stay_ahead_until_real_time_catches_up() -> None:
    ahead = NOW + 2 * HOUR_MS
    assert [line.partition(":")[0] for line in warnings(Clocks(NOW, NOW, ahead))] == ["stream_ahead"]
    assert incomplete(Clocks(ahead - MINUTE_MS - 1, ahead - MINUTE_MS - 1, ahead))
    assert not incomplete(Clocks(ahead, ahead, ahead))


def test_a_clock_set_back_is_named_and_live_windows_are_incomplete() -> None:
    clocks = Clocks(NOW, NOW - 2 * HOUR_MS, NOW - 2 * HOUR_MS)
    assert ["behind" in line for line in warnings(clocks)] == [True]
    assert incomplete(clocks)
    assert refusal(clocks) is None


def test_nothing_is_taken_that_readers_would_take_for_broken() -> None:
    behind = NOW - CLOCK_SLACK_MS
    assert "set the wrong one right" in (refusal(Clocks(NOW, behind, behind)) or "")
    assert refusal(Clocks(NOW, behind, NOW)) is None, "the streams' ids never go back"


def test_an_old_stream_says_nothing_of_the_clocks() -> None:
    clocks = Clocks(NOW, NOW, NOW - 100 * HOUR_MS)
    assert (warnings(clocks), incomplete(clocks), refusal(clocks)) == ([], False, None)


@pytest.mark.parametrize("skew", [-15 * MINUTE_MS, -5 * MINUTE_MS, 0, 5 * MINUTE_MS, 15 * MINUTE_MS])
def test_events_are_accepted_by_redis_clock_whatever_the_host_s_is(skew: int) -> None:
    assert NOW + correction(Clocks(NOW, NOW + skew, NOW)) == NOW + skew


def test_where_clocks_differ_by_hours_nothing_is_refused_that_is_right_by_either() -> None:
    for store in (NOW - 3 * HOUR_MS, NOW + 3 * HOUR_MS):
        assert NOW + correction(Clocks(NOW, store, NOW)) == max(NOW, store)


@pytest.mark.parametrize("took", [-1_000, 0, 1_000])
def test_what_asking_redis_takes_is_no_difference_of_clocks(took: int) -> None:
    assert correction(Clocks(NOW, NOW + took, NOW)) == 0
