"""Rates: engagement adds up what is known, and is told per hundred views, or accounts reached without them."""

import pytest

from streakline.platforms.figures.rates import engagement_of, engagement_rate, rate_of


@pytest.mark.parametrize(
    ("values", "engagement", "rate"),
    [
        ({"views": 1000, "likes": 20, "comments": 5, "shares": 1}, 26, 2.6),
        ({"views": 3, "likes": 1}, 1, 33.33),
        ({"views": 1000, "saves": 9}, None, None),
        ({"likes": 20}, 20, None),
        ({"likes": 20, "reach": 400}, 20, 5.0),
        ({"likes": 20, "views": 0, "reach": 400}, 20, None),
        ({"likes": 200, "views": 100}, 200, 100.0),
        ({"likes": 0, "views": 100}, 0, 0.0),
        ({}, None, None),
    ],
)
def test_engagement_and_its_rate(values: dict[str, int], engagement: int | None, rate: float | None):
    assert engagement_of(values) == engagement
    assert rate_of(values) == rate


def test_what_was_taken_back_gives_no_rate_below_nothing():
    assert engagement_rate(-3, 100) == 0.0
