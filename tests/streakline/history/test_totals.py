"""Ratios of sums: half up, from integers, and none of nothing."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.history.totals import Totals, growth, hundredths, most, whole

SUMS, PARTS = st.integers(0, 10**15), st.integers(1, 10**9)


@given(dividend=SUMS, divisor=PARTS)
def test_two_decimals_are_those_of_exact_arithmetic(dividend: int, divisor: int):
    exact = (Decimal(dividend) / Decimal(divisor)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert hundredths(dividend, divisor) == float(exact)
    assert whole(dividend, divisor) == int(
        (Decimal(dividend) / Decimal(divisor)).quantize(Decimal(1), ROUND_HALF_UP)
    )


def totals(**sums: int) -> Totals:
    fields = {name: {} if "by_" in name else 0 for name in Totals.__struct_fields__}
    return Totals(**{**fields, **sums})


def test_of_nothing_there_is_no_share():
    assert totals().ratio("skipRate") is hundredths(5, 0) is whole(5, 0) is None


def test_ratios_are_those_that_the_metrics_say():
    found = totals(plays=3, starts=4, replays=1, timed=3, played_ms=331_000, completed=2, completion_pm=1_500)
    assert found.ratio("avgDuration") == 110.33
    assert (found.ratio("completionRate"), found.ratio("skipRate"), found.ratio("replayRate")) == (
        75.0,
        25.0,
        33.33,
    )


@pytest.mark.parametrize(
    ("now", "before", "per_cent"),
    [
        (150, 100, 50.0),
        (50, 100, -50.0),
        (0, 0, 0.0),
        (5, 0, None),
        (0, 5, -100.0),
        (1, 3, -66.67),
        (5, 3, 66.67),
    ],
)
def test_growth_is_per_cent_of_what_was_before(now: int, before: int, per_cent: float | None):
    assert growth(now, before) == per_cent


def test_most_first_and_equal_ones_by_name():
    assert list(most({"b": 2, "a": 2, "c": 9, "d": 0}).items()) == [("c", 9), ("a", 2), ("b", 2)]
    assert most({"b": 2, "a": 2, "c": 9}, 1) == {"c": 9}
