"""Growth: pairs of observed days, gaps that stay gaps, corrections that are no gains."""

from __future__ import annotations

import pytest
from hypothesis import given

from measured import LENGTH, Days, all_series, observed, series
from streakline.platforms.figures.growth import Growth, change_of, growth_by_day, rate_between, together
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


@given(observed)
def test_a_change_is_of_who_was_observed_twice(posts: list[Days]):
    ends = []
    for days in posts:
        known = sorted(day for day in days if day < LENGTH)
        first = max([day for day in known if day <= 0], default=known[0] if known else 0)
        if known and first != known[-1]:
            ends.append((days[first], days[known[-1]]))
    assert change_of(all_series(posts), LENGTH) == (
        tuple(map(sum, zip(*ends, strict=True))) if ends else None
    )


@pytest.mark.parametrize(
    ("first", "last", "rate"),
    [
        (100, 150, 50.0),
        (100, 100, 0.0),
        (200, 100, -50.0),
        (1, 100, 1000.0),
        (3, 4, 33.33),
        (8, 0, -100.0),
        (0, 5, None),
    ],
)
def test_a_growth_rate_is_of_the_first_value_and_cut(first: int, last: int, rate: float | None):
    assert rate_between(first, last) == rate
