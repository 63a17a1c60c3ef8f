"""Sets of days, held to plain sets of numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.people.day_sets import NO_DAYS, DaySet

DAYS = st.lists(st.integers(10_900, 11_100) | st.integers(-3, 30), max_size=20)


@given(DAYS)
def test_a_set_of_days_has_each_day_once_and_in_order(days):
    seen = DaySet.of(days)
    assert list(seen) == sorted(set(days))
    assert len(seen) == len(set(days))
    assert seen == DaySet.of(np.array(days[::-1], np.int64))
    assert all(day in seen for day in days)
    assert (seen.first - 1 in seen, seen.last + 1 in seen) == (False, False)
    if days:
        assert (seen.first, seen.last) == (min(days), max(days))


@given(DAYS, DAYS)
def test_sets_of_days_are_united_intersected_and_subtracted_like_sets(some, others):
    one, other = DaySet.of(some), DaySet.of(others)
    assert one | other == DaySet.of({*some, *others})
    assert one & other == DaySet.of({*some} & {*others})
    assert one - other == DaySet.of({*some} - {*others})


@given(DAYS)
def test_a_packed_set_of_days_is_read_as_it_was(days):
    seen = DaySet.of(days)
    assert DaySet.unpacked(seen.packed()) == seen


def test_twelve_years_of_days_take_some_hundred_bytes():
    assert len(DaySet.between(13_514, 13_514 + 12 * 365).packed()) == 552


def test_days_between_two_are_both_and_all_of_them():
    assert list(DaySet.between(5, 7)) == [5, 6, 7]
    assert DaySet.between(5, 5) == DaySet.of([5])
    assert DaySet.between(7, 5) == NO_DAYS == DaySet.of([])


@pytest.mark.parametrize("packed", [b"", b"abc", b"\1\0\0\0", b"\1\0\0\0\2"])
def test_what_is_no_packed_set_is_refused(packed):
    with pytest.raises(ValueError, match="is no set of days"):
        DaySet.unpacked(packed)
