"""Breakdowns: sums over the rows of a person."""

from __future__ import annotations

import numpy as np
import pytest

from person_rows import HOUR, rows_of
from streakline.people import breakdowns
from streakline.people.play_rows import Content

KNOWN = [
    Content("a", "movie", genre="Drama / Crime"),
    Content("b", "episode", "show", genre="Drama"),
    Content("c", "episode", "show"),
]
DAY = 24 * HOUR


@pytest.mark.parametrize(
    ("ms", "hours"), [(0, 0.0), (17_999, 0.0), (18_000, 0.01), (HOUR, 1.0), (3 * HOUR // 8, 0.38)]
)
def test_hours_have_two_decimals_half_up(ms, hours):
    assert breakdowns.hours(ms) == hours


def test_hours_by_name_are_most_first_and_equal_ones_by_name_without_nothing():
    assert list(breakdowns.hours_by({"b": HOUR, "a": HOUR, "c": 2 * HOUR, "d": 0})) == ["c", "a", "b"]


def test_sums_are_by_type_genre_and_platform_of_each_content():
    rows = rows_of(
        {"contentId": "a", "app": "tv"}, {"contentId": "b", "app": "tv"}, {"contentId": "b"}, {"contentId": "x"},
        known=KNOWN,
    )  # fmt: skip
    values = np.array([1, 10, 100, 1_000])
    assert breakdowns.by_type(rows, values) == {"movie": 1, "episode": 110, "unknown": 1_000}
    assert breakdowns.by_genre(rows, values) == {"Drama": 111, "Crime": 1, "unknown": 1_000}
    assert breakdowns.by_platform(rows, values) == {"tv": 11, "unknown": 1_100}
    assert breakdowns.by_content(rows, values).tolist() == [1, 110, 1_000]


def test_sums_are_by_hour_and_day_of_the_clock():
    local = np.array([DAY - 1, DAY, DAY + HOUR, 3 * DAY])
    values = np.array([1, 10, 100, 0])
    assert breakdowns.by_hour(local, values) == [10, 100, *[0] * 21, 1]
    assert breakdowns.by_day(local, values, 1, 3) == [110, 0, 0]
    assert list(breakdowns.days_of(local, values)) == [0, 1]


def test_what_is_finished_is_counted_once_and_an_episode_as_its_show_too():
    rows = rows_of(
        {"contentId": "a", "done_ms": 5}, {"contentId": "a", "done_ms": 9}, {"contentId": "b", "done_ms": 5},
        {"contentId": "c", "done_ms": 5}, {"contentId": "x", "done_ms": 5}, known=KNOWN,
    )  # fmt: skip
    assert breakdowns.finished(rows) == {"movie": 1, "show": 1, "episode": 2, "track": 0}
    assert breakdowns.finished(rows.where(rows.done == 0)) == {
        "movie": 0,
        "show": 0,
        "episode": 0,
        "track": 0,
    }
