"""The views of other platforms' numbers against the functions that answer the API: every row."""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from clickhouse_connect.driver.client import Client

from fetches import START, Row, drawn, insert, standing, when
from streakline.platforms.figures.growth import change_of, rate_between
from streakline.platforms.figures.rates import rate_of
from streakline.platforms.figures.scores import AGES, Aged, scores
from streakline.platforms.figures.series import Series, Subject, compared
from streakline.platforms.figures.summaries import numbers
from streakline.times import DAY_MS, HOUR_MS, iso

NAMES = ("views", "likes", "comments", "shares", "retweets", "followers", "following", "reach")
POSTS = ("", *(f"p{number:02}" for number in range(13)))
BORN = START - 2 * HOUR_MS


@pytest.fixture
def fetched(clickhouse: Client) -> list[Row]:
    chosen = random.Random(11)
    rows = [
        row._replace(platform="twitter" if row.platform == "tiktok" else row.platform)
        for row in drawn(chosen, NAMES, POSTS, 2_500)
        if bool(row.post) != (row.name in {"followers", "following"})
    ]
    insert(clickhouse, rows)
    facts = [["content", f"youtube:{post}", "created", iso(BORN), 1] for post in POSTS if post]
    clickhouse.insert("facts", facts, column_names=["subject", "id", "fact", "value", "version"])
    return rows


def series_of(rows: list[Row], owner: str) -> dict[str, list[Series]]:
    """Return platform -> series of UTC days since 1970, under compared names."""
    found: defaultdict[str, list[Series]] = defaultdict(list)
    for (platform, post, name), moments in standing([row for row in rows if row.owner == owner]).items():
        by_day = {at // DAY_MS: moments[at] for at in sorted(moments)}
        of = Subject(platform, "a", post, f"{platform}:{post}" if post else "")
        days, values = np.array(list(by_day), np.int64), np.array(list(by_day.values()))
        found[platform].append(Series(of, name, "", days, values, max(moments)))
    return {platform: compared(series) for platform, series in found.items()}


def rows_of(client: Client, view: str, order: str) -> list[dict[str, Any]]:
    return list(client.query(f"select * from {view} order by {order}").named_results())


def test_every_measurement_that_stands_is_a_row(clickhouse: Client, fetched: list[Row]) -> None:
    found = rows_of(clickhouse, "analytics", "user_id, platform, platform_post_id, metric_type, recorded_at")
    expected = {}
    for owner in ("ann", "bob"):
        for (platform, post, name), moments in standing(
            [row for row in fetched if row.owner == owner]
        ).items():
            told = any(
                (row.owner, row.platform, row.post, row.name) == (owner, platform, post, "shares")
                for row in fetched
            )
            metric = "shares" if (platform, name) == ("twitter", "retweets") and not told else name
            if post and metric in {"views", "likes", "comments", "shares"}:
                expected |= {(owner, platform, post, metric, at): value for at, value in moments.items()}
    keys = ("user_id", "platform", "platform_post_id", "metric_type")
    assert {
        (
            *(row[key] for key in keys),
            int(row["recorded_at"].replace(tzinfo=when(0).tzinfo).timestamp() * 1000),
        ): row["metric_value"]
        for row in found
    } == expected
    assert {row["content_id"] for row in found} == {
        f"{row['platform']}:{row['platform_post_id']}" for row in found
    }
    assert {uuid.UUID(row["id"]).version for row in found} == {5}
    assert len({row["id"] for row in found}) == len(found) == len(expected)


def test_every_day_of_a_person_has_the_sums_of_the_api(clickhouse: Client, fetched: list[Row]) -> None:
    found = rows_of(clickhouse, "user_metrics", "user_id, platform, metric_date")
    seen = 0
    for owner in ("ann", "bob"):
        for platform, series in series_of(fetched, owner).items():
            for day in sorted({day for one in series for day in one.days.tolist()}):
                moved = [one._replace(days=one.days - day + 1) for one in series]
                of = numbers(moved, 2, {})
                accounts = [
                    one for one in moved if not one.of.post and one.name == "followers" and 1 in one.days
                ]
                grew = change_of(accounts, 2)
                [row] = [
                    row for row in found
                    if (row["user_id"], row["platform"]) == (owner, platform)
                    and row["metric_date"] == when(day * DAY_MS).date()
                ]  # fmt: skip
                assert (row["followers_count"], row["following_count"]) == (of.followers, of.following)
                assert (row["total_views"], row["total_engagement"]) == (of.views, of.engagement)
                assert (row["posts_count"], row["engagement_rate"]) == (of.posts, of.engagement_rate)
                assert row["growth_rate"] == (None if grew is None else rate_between(*grew))
                seen += 1
    assert seen == len(found) > 15
    assert {uuid.UUID(row["id"]).version for row in found} == {5}


def test_every_post_stands_as_the_api_shows_it(clickhouse: Client, fetched: list[Row]) -> None:
    found = rows_of(clickhouse, "content_performance", "user_id, platform, content_id")
    expected: dict[Any, dict[str, float]] = defaultdict(dict)
    aged: defaultdict[Any, dict[str, float]] = defaultdict(dict)
    for owner in ("ann", "bob"):
        for series in series_of(fetched, owner).values():
            for one in series:
                if one.of.post:
                    expected[owner, one.of][one.name] = float(one.values[-1])
        own = standing(
            [row for row in fetched if (row.owner, row.platform) == (owner, "youtube") and row.post]
        )
        for (platform, post, name), moments in own.items():
            of = Subject(platform, "a", post, f"{platform}:{post}")
            for at in sorted(moments):
                if at >= BORN:
                    age = next(n for n, most in enumerate(AGES) if at - BORN <= most)
                    aged[owner, of, age][name] = moments[at]
    assert len(found) == len(expected)
    scored = {
        owner: scores(Aged(of, age, values) for (whose, of, age), values in aged.items() if whose == owner)
        for owner in ("ann", "bob")
    }
    assert scored["ann"]
    for row in found:
        of = Subject(row["platform"], "a", row["content_id"].partition(":")[2], row["content_id"])
        values = expected[row["user_id"], of]
        for name in ("views", "likes", "shares", "comments", "saves", "clicks", "reach", "impressions"):
            assert row[name] == values.get(name)
        assert row["engagement_rate"] == rate_of(values)
        assert row["performance_score"] == scored[row["user_id"]].get(of)
