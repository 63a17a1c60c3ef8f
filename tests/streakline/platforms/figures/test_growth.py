"""Growth: pairs of observed days, gaps that stay gaps, corrections that are no gains."""

from __future__ import annotations

import pytest
from hypothesis import given

from measured import LENGTH, Days, all_series, observed, series
from streakline.platforms.figures.growth import Growth, growth_by_day, growth_rate, rate_between, together
from streakline.platforms.figures.series import sums_by_day


def slow(posts: list[Days], day: int) -> Growth | None:
    """Return what a day gained, by looking for the day before of every post."""
    found = Growth()
    for days in posts:
        earlier = [at for at in days if at < day]
        if day not in days or not earlier:
            continue
        change = days[day] - days[max(earlier)]
        found.add(Growth(max(0, change), min(0, change), 1, int(max(earlier) != day - 1)))
    return found if found.pairs else None


@given(observed)
def test_what_a_day_gained_is_the_difference_to_the_observed_day_before(posts: list[Days]):
    found = growth_by_day(all_series(posts), LENGTH)
    assert found == [slow(posts, day) for day in range(LENGTH)]
    whole = together(found)
    assert (whole.pairs if whole else 0) == sum(
        slow(posts, day).pairs for day in range(LENGTH) if slow(posts, day)
    )  # type: ignore[union-attr]


@given(observed)
def test_gains_and_corrections_are_all_that_a_sum_changes_by_beside_new_posts(posts: list[Days]):
    known = [days for days in posts if any(day < 0 for day in days)]
    sums = sums_by_day(all_series(known), LENGTH)
    growth = growth_by_day(all_series(known), LENGTH)
    before = sum(days[max(day for day in days if day < 0)] for days in known)
    for total, day in zip(sums, growth, strict=True):
        before += day.net if day else 0
        assert total == (before if known else None)


def test_a_gap_is_told_and_a_correction_is_no_gain():
    one = series({0: 10, 1: 12, 4: 30, 5: 25})
    assert growth_by_day([one], 6) == [
        None, Growth(2, 0, 1, 0), None, None, Growth(18, 0, 1, 1), Growth(0, -5, 1, 0),
    ]  # fmt: skip
    assert together(growth_by_day([one], 6)) == Growth(20, -5, 3, 1)
    assert together([None]) is None


@pytest.mark.parametrize(
    ("sums", "rate"),
    [
        ([100, None, 150], 50.0), ([None, 100, 100], 0.0), ([200, 100], -50.0), ([1, 100], 1000.0), ([3, 4], 33.33),
        ([0, 5], None), ([5], None), ([], None), ([8, 0], -100.0),
    ],
)  # fmt: skip
def test_a_growth_rate_is_of_the_first_known_day_and_cut(sums: list[int | None], rate: float | None):
    assert growth_rate(sums) == rate


def test_nothing_grows_from_nothing():
    assert rate_between(0, 7) is None
