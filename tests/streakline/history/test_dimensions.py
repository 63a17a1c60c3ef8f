"""The dimensions of history: cycles have all their parts, and names tell one from another."""

from __future__ import annotations

from streakline.history.dimensions import BUCKET, CYCLE, DIMENSIONS, FILTERED, numbers


def test_a_cycle_has_every_part_of_a_day_or_a_week() -> None:
    assert list(numbers(DIMENSIONS["hourOfDay"])) == list(range(24))
    assert list(numbers(DIMENSIONS["weekday"])) == [1, 2, 3, 4, 5, 6, 7]


def test_a_dimension_is_found_by_its_own_name() -> None:
    assert all(dimension.name == name for name, dimension in DIMENSIONS.items())


def test_time_is_narrowed_by_the_range_alone() -> None:
    timed = {one.kind for one in DIMENSIONS.values()} - FILTERED
    assert timed == {BUCKET, CYCLE}
