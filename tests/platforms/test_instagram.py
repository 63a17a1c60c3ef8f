"""Instagram from saying yes to events in the stream."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

from connecting import connect, sync
from instagram_server import DAY_MS, IgAccount, IgMedia, InstagramServer
from real_servers import TestRedis
from server.door.tokens import mint
from server.platforms.resource import PLATFORMS
from stored_events import stored
from wire import SECRET, Client

ANN = mint(SECRET, "read:self", sub="ann")


def address(client: Client) -> str:
    return str(client.make_url("")).rstrip("/")


def metrics(redis_server: TestRedis) -> Counter[tuple[str, float]]:
    """Return name and value of every number."""
    rows = [json.loads(cold.properties) for _, _, cold in stored(redis_server) if cold.type == "metric"]
    return Counter((one["name"], one["value"]) for one in rows)


def account(instagram: InstagramServer) -> IgAccount:
    """Let there be an account with a post, a reel, and two stories, one of which nobody saw."""
    now = instagram.clock.now
    reel = {
        "views": 90,
        "reach": 52,
        "ig_reels_avg_watch_time": 2900,
        "ig_reels_video_view_total_time": 261_500,
    }
    story = {"views": 30, "reach": 28, "replies": 0, "navigation": {"TAP_FORWARD": 40, "TAP_EXIT": 3}}
    return instagram.add(
        IgAccount(
            "178", "ann", {"followers_count": 812, "media_count": 2},
            [
                IgMedia("m2", "REELS", "Reel", now - 5_000, lambda _: reel),
                IgMedia("m1", "FEED", "Post", now - 9_000, lambda _: {"likes": 0, "profile_visits": 3}),
            ],
            [
                IgMedia("s1", "STORY", "", now - 1_000, lambda _: story),
                IgMedia("s2", "STORY", "", now - 1_000, lambda _: {"views": 2, "reach": 2}),
            ],
            lambda _: {"views": 14, "reach": 11},
            [(_end(now - 2 * DAY_MS), 6), (_end(now + DAY_MS), 9)],
        )
    )  # fmt: skip


def _end(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT08:00:00+0000")


async def connected(ours: Client, instagram: InstagramServer, outcome: str = "done") -> None:
    assert (
        await connect(ours.session, address(ours), ANN, instagram, "instagram", "ann", "178")
    ).status == 200
    code, answer = await sync(ours.session, address(ours), ANN, wait="30")
    assert (code, answer["accounts"][0]["outcome"]) == (200, outcome), answer


async def test_each_kind_of_media_has_its_numbers_and_what_nobody_saw_has_none(
    ours: Client, instagram: InstagramServer, redis_server: TestRedis
) -> None:
    account(instagram)
    await connected(ours, instagram)
    assert metrics(redis_server) == Counter(
        {
            ("followers", 812): 1, ("posts", 2): 1, ("viewsOfDay", 14): 3, ("reachOfDay", 11): 3,
            ("followersGained", 6): 1,
            ("views", 90): 1, ("reach", 52): 1, ("avgWatchTime", 2.9): 1, ("watchTime", 261.5): 1,
            ("likes", 0): 1, ("profileVisits", 3): 1,
            ("views", 30): 1, ("reach", 28): 1, ("replies", 0): 1, ("storyForward", 40): 1, ("storyExits", 3): 1,
        }
    )  # fmt: skip
    with_tokens = [one.path for one in instagram.record if "SECRET" in str(one.query)]
    assert with_tokens == ["/access_token"]  # which knows no other way


async def test_one_number_that_is_not_offered_any_more_costs_no_other_and_is_remembered(
    ours: Client, instagram: InstagramServer, redis_server: TestRedis
) -> None:
    account(instagram)
    instagram.gone = {"shares"}
    await connected(ours, instagram)
    assert metrics(redis_server)["views", 90] == 1
    instagram.record.clear()
    assert (await sync(ours.session, address(ours), ANN, wait="30"))[0] == 200
    assert not [one for one in instagram.record if "shares" in one.query.get("metric", "").split(",")]


async def test_a_token_is_prolonged_long_before_it_ends(ours: Client, instagram: InstagramServer) -> None:
    account(instagram)
    await connected(ours, instagram)
    assert not instagram.asked("refresh_access_token")
    platforms = ours.server.app[PLATFORMS]  # type: ignore[attr-defined]
    clock = platforms.syncs._grants._now_ms
    platforms.syncs._grants._now_ms = lambda: clock() + 8 * DAY_MS
    instagram.clock.now += 8 * DAY_MS
    assert (await sync(ours.session, address(ours), ANN, wait="30"))[0] == 200
    assert len(instagram.asked("refresh_access_token")) == 1


async def test_an_account_whose_quota_is_nearly_full_is_left_alone(
    ours: Client, instagram: InstagramServer
) -> None:
    account(instagram)
    await connected(ours, instagram)
    instagram.usage = 96
    instagram.record.clear()
    await sync(ours.session, address(ours), ANN, wait="30")
    assert len(instagram.record) == 1
    code, _ = await sync(ours.session, address(ours), ANN, wait="30")
    assert (code, len(instagram.record)) == (503, 1)


async def test_the_version_that_answered_is_kept_with_each_number(
    ours: Client, instagram: InstagramServer, redis_server: TestRedis
) -> None:
    account(instagram)
    instagram.version = "v21.0"
    await connected(ours, instagram)
    rows = [json.loads(cold.properties) for _, _, cold in stored(redis_server) if cold.type == "metric"]
    assert {one["version"] for one in rows} == {"v21.0"}
