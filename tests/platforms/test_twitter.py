"""X from saying yes to events in the stream, within a budget."""

from __future__ import annotations

import json
from collections import Counter

import msgspec
import pytest

from connecting import connect, sync
from platform_server import status
from real_servers import TestRedis
from server.door.tokens import mint
from server.platforms.resource import PLATFORMS
from stored_events import stored
from wire import SECRET, Client
from x_server import XPost, XServer, XUser

ANN = mint(SECRET, "read:self", sub="ann")
DAY_MS = 86_400_000


def address(client: Client) -> str:
    return str(client.make_url("")).rstrip("/")


def metrics(redis_server: TestRedis) -> Counter[tuple[str, float]]:
    """Return name and value of every number."""
    rows = [json.loads(cold.properties) for _, _, cold in stored(redis_server) if cold.type == "metric"]
    return Counter((one["name"], one["value"]) for one in rows)


def user(twitter: XServer, posts: int = 3) -> XUser:
    """Let there be an account whose last post is older than owners see everything of."""
    now = twitter.clock.now
    counts = {
        "retweet_count": 2,
        "reply_count": 1,
        "like_count": 9,
        "impression_count": 210,
        "bookmark_count": 0,
    }
    made = [
        XPost(f"p{n}", f"Post {n}", now - (n + 1) * 3_600_000, lambda _: counts, {"url_link_clicks": 4})
        for n in range(posts)
    ]
    made.append(XPost("old", "Old", now - 40 * DAY_MS, lambda _: {"like_count": 7, "strange_count": 1}))
    made[0].views = 100
    return twitter.add(
        XUser("u1", "ann", {"followers_count": 812, "following_count": 3, "tweet_count": 4}, made)
    )


async def connected(ours: Client, twitter: XServer) -> None:
    assert (await connect(ours.session, address(ours), ANN, twitter, "twitter", "ann", "u1")).status == 200
    code, answer = await sync(ours.session, address(ours), ANN, wait="30")
    assert (code, answer["accounts"][0]["outcome"]) == (200, "done"), answer


@pytest.mark.parametrize("newer", [False, True])
async def test_posts_come_by_older_and_newer_names_and_unknown_ones_are_counted(
    ours: Client, twitter: XServer, redis_server: TestRedis, newer: bool
) -> None:
    twitter.newer_names = newer
    user(twitter)
    await connected(ours, twitter)
    assert metrics(redis_server) == Counter(
        {
            ("followers", 812): 1, ("following", 3): 1, ("posts", 4): 1, ("retweets", 2): 3, ("replies", 1): 3,
            ("likes", 9): 3, ("impressions", 210): 3, ("saves", 0): 3, ("linkClicks", 4): 3, ("views", 100): 1,
            ("likes", 7): 1,
        }
    )  # fmt: skip


async def test_a_post_is_paid_for_once_a_day_and_the_ledger_knows_what_the_platform_charged(
    ours: Client, twitter: XServer, redis_server: TestRedis
) -> None:
    user(twitter, posts=130)
    await connected(ours, twitter)
    for _ in range(3):
        assert (await sync(ours.session, address(ours), ANN, wait="30"))[0] == 200
    [charged] = twitter.spent.values()
    assert charged == 10_000 + 131 * 5_000 + 5_000
    with redis_server.client() as redis:
        assert int(redis.hget("sl:platforms:quota:twitter:money", "used")) == charged
    pages = [one for one in twitter.asked("/tweets") if "pagination_token" in one.query]
    assert pages
    assert all("SECRET" not in str(one.query) for one in twitter.record)


async def test_nothing_is_asked_for_that_the_budget_may_not_cover(ours: Client, twitter: XServer) -> None:
    user(twitter)
    await connected(ours, twitter)
    held = ours.server.app[PLATFORMS].apps  # type: ignore[attr-defined]
    held["twitter"] = msgspec.structs.replace(held["twitter"], budget=0.001)
    twitter.record.clear()
    code, problem = await sync(ours.session, address(ours), ANN, wait="30")
    assert (code, "may not be enough" in problem["detail"]) == (503, True)
    assert twitter.record == []


async def test_a_usage_cap_is_no_window_that_resets(ours: Client, twitter: XServer) -> None:
    user(twitter)
    await connected(ours, twitter)
    cap = {
        "title": "UsageCapExceeded",
        "period": "Monthly",
        "type": "https://api.twitter.com/2/problems/usage-capped",
    }
    twitter.faults.add("/users", status(429, cap, x_rate_limit_remaining="899", x_rate_limit_reset="1"))
    await sync(ours.session, address(ours), ANN, wait="30")
    twitter.record.clear()
    code, _ = await sync(ours.session, address(ours), ANN, wait="30")
    assert (code, twitter.record) == (503, [])


async def test_a_spent_refresh_token_is_said_to_be_an_invalid_request_and_the_grant_is_lost(
    ours: Client, twitter: XServer
) -> None:
    user(twitter)
    await connected(ours, twitter)
    twitter.revoke("u1")
    code, problem = await sync(ours.session, address(ours), ANN, wait="30")
    assert (code, "connect the account again" in problem["detail"]) == (500, True)


async def test_a_grant_that_would_end_within_two_hours_is_none(ours: Client, twitter: XServer) -> None:
    user(twitter)
    twitter.fewer_scopes = ("tweet.read", "users.read")
    page = await connect(ours.session, address(ours), ANN, twitter, "twitter", "ann", "u1")
    assert (page.status, "offline.access" in await page.text()) == (502, True)
