"""Summaries: totals of posts, followers of accounts, gains of a period, and nothing that nobody told."""

from __future__ import annotations

from typing import Any

import msgspec

from measured import series_of
from streakline.platforms.figures.series import Series, Subject, moved
from streakline.platforms.figures.summaries import change, numbers, trend

ACCOUNT = Subject("youtube", "a", "", "")
ONE, TWO = (Subject("youtube", "a", post, f"youtube:{post}") for post in ("p1", "p2"))


def series(of: Subject, name: str, **by_day: int) -> Series:
    days = {int(day[1:].replace("m", "-")): value for day, value in by_day.items()}
    return series_of(of, name, list(days), list(days.values()))


MEASURED = [
    series(ONE, "views", dm1=90, d0=100, d1=150, d3=300),
    series(ONE, "likes", dm1=9, d0=10, d3=8),
    series(TWO, "views", d1=1000, d2=1100),
    series(TWO, "comments", d1=4, d2=5),
    series(TWO, "shares", d2=2),
    series(ACCOUNT, "followers", dm1=40, d0=50, d3=55),
    series(ACCOUNT, "views", d0=9_999),
]
NOTHING: dict[str, Any] = {
    "saves": None, "clicks": None, "impressions": None, "following": None, "performanceScore": None,
}  # fmt: skip


def test_totals_are_of_posts_followers_of_accounts_and_gains_of_the_period():
    found = msgspec.to_builtins(numbers(MEASURED, 4, {ONE: 50.0, TWO: 60.01}))
    assert found == NOTHING | {
        "posts": 2, "views": 1400, "likes": 8, "comments": 5, "shares": 2, "engagement": 15, "engagementRate": 1.07,
        "followers": 55, "growthRate": 10.0, "followersGained": 5, "viewsGained": 10 + 50 + 150 + 100,
        "viewsCorrected": 0,
        "engagementGained": 1 + 1, "engagementCorrected": -2, "gaps": 1, "performanceScore": 55.01,
    }  # fmt: skip


def test_what_nobody_told_is_null():
    found = msgspec.to_builtins(numbers([], 4, {}))
    assert {name for name, value in found.items() if value is not None} == {
        "posts", "viewsCorrected", "engagementCorrected", "gaps",
    }  # fmt: skip
    assert numbers([series(ONE, "views", d0=5)], 1, {}).engagement_rate is None


def test_a_trend_has_every_bucket_and_adds_up_its_days():
    by_day = trend(MEASURED, [(f"2026-01-0{day + 1}", day, day + 1) for day in range(4)])
    assert [(one.views, one.engagement, one.gaps, one.total_views, one.followers) for one in by_day] == [
        (10, 1, 0, 100, 50), (50, None, 0, 1150, 50), (100, 1, 0, 1250, 50), (150, 0, 1, 1400, 55),
    ]  # fmt: skip
    [week] = trend(MEASURED, [("2026-01-01", 0, 4)])
    assert (week.views, week.engagement, week.engagement_rate, week.gaps) == (310, 2, 0.65, 1)


def test_a_period_is_compared_with_the_one_before():
    now = numbers(MEASURED, 2, {})
    earlier = moved(MEASURED, 2)
    before = numbers(earlier, 2, {})
    assert (now.views_gained, before.views_gained, before.views, before.followers) == (60, None, 90, 40)
    found = change(now, before)
    assert (found.views_gained, found.followers) == (None, 25.0)
    assert change(now, now).views_gained == 0.0
