"""TikTok from saying yes to events in the stream, by both of its interfaces."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from connecting import CONNECTIONS, bearer, connect, sync
from platform_server import PlatformServer, status
from real_servers import TestRedis
from server.door.tokens import mint
from stored_events import stored
from tiktok_server import Post, Profile, TikTokBusinessServer, TikTokServer
from wire import SECRET, Client, eventually

ANN = mint(SECRET, "read:self", sub="ann")
MADE = 1_770_000_000
Found = Counter[tuple[str, str, float]]


def address(client: Client) -> str:
    return str(client.make_url("")).rstrip("/")


def metrics(redis_server: TestRedis) -> Found:
    """Return surface, name and value of every number."""
    rows = [json.loads(cold.properties) for _, _, cold in stored(redis_server) if cold.type == "metric"]
    return Counter((one["surface"], one["name"], one["value"]) for one in rows)


async def connected(ours: Client, server: PlatformServer, name: str) -> None:
    assert (await connect(ours.session, address(ours), ANN, server, name, "ann", "o1")).status == 200
    code, answer = await sync(ours.session, address(ours), ANN, wait="30")
    assert (code, answer["accounts"][0]["outcome"]) == (200, "done"), answer


async def test_public_counts_come_by_display(
    ours: Client, tiktok: TikTokServer, redis_server: TestRedis
) -> None:
    tiktok.times_are_texts = True
    posts = [
        Post(f"p{n}", f"Video {n}", MADE - n, lambda _: {"view_count": 3, "like_count": 0}) for n in range(45)
    ]
    posts[7].counts = lambda _: None
    tiktok.add(Profile("o1", "Ann", {"follower_count": 812, "video_count": 45}, posts))
    await connected(ours, tiktok, "tiktok")
    surface = "tiktok-display"
    assert metrics(redis_server) == Counter(
        {
            (surface, "followers", 812): 1,
            (surface, "posts", 45): 1,
            (surface, "views", 3): 44,
            (surface, "likes", 0): 44,
        }
    )
    titles = {cold.title for _, _, cold in stored(redis_server) if cold.type == "content"}
    assert len(titles) == 44
    pages = [one.form["cursor"] for one in tiktok.asked("video/list") if "cursor" in one.form]
    assert len(pages) == 2 * 2  # two further pages in each of two looks


async def test_a_token_of_two_hours_is_refreshed_once_and_the_next_one_kept(
    ours: Client, tiktok: TikTokServer
) -> None:
    tiktok.add(Profile("o1", "Ann", {"follower_count": 1}))
    await connected(ours, tiktok, "tiktok")
    for _ in range(3):
        tiktok.clock.now += tiktok.access_ms
        code, answer = await sync(ours.session, address(ours), ANN, wait="30")
        assert (code, answer["accounts"][0]["outcome"]) == (200, "done")
    grants = [one.form["grant_type"] for one in tiktok.asked("oauth/token")]
    assert grants == ["authorization_code", *["refresh_token"] * 3]


async def test_what_was_not_granted_is_not_asked_for_and_refreshes_nothing(
    ours: Client, tiktok: TikTokServer
) -> None:
    tiktok.fewer_scopes = ("user.info.basic",)
    tiktok.add(Profile("o1", "Ann"))
    await connected(ours, tiktok, "tiktok")
    assert [one.path for one in tiktok.record] == ["/v2/oauth/token/", "/v2/user/info/"]


async def test_a_scope_that_was_taken_away_is_told_and_refreshes_nothing(
    ours: Client, tiktok: TikTokServer
) -> None:
    tiktok.add(Profile("o1", "Ann", {"follower_count": 1}))
    await connected(ours, tiktok, "tiktok")
    tiktok.grants[0].scopes = ("user.info.basic", "user.info.stats")
    code, answer = await sync(ours.session, address(ours), ANN, wait="30")
    assert (code, answer["accounts"][0]["fault"]) == (200, "videos: words")
    assert len(tiktok.asked("oauth/token")) == 1


@pytest.mark.parametrize("with_200", [False, True])
async def test_a_grant_whose_refresh_token_is_dead_is_lost(
    ours: Client, tiktok: TikTokServer, with_200: bool
) -> None:
    tiktok.codes_of_200 = with_200
    tiktok.add(Profile("o1", "Ann", {"follower_count": 1}))
    await connected(ours, tiktok, "tiktok")
    tiktok.clock.now += tiktok.refresh_ms
    code, problem = await sync(ours.session, address(ours), ANN, wait="30")
    assert (code, "connect the account again" in problem["detail"]) == (500, True)


async def test_an_owners_numbers_come_by_business(
    ours: Client, tiktok_business: TikTokBusinessServer, redis_server: TestRedis
) -> None:
    active = {
        "video_views": 311, "likes": 15, "comments": 2, "shares": 1, "favorites": 4, "reach": 200,
        "total_time_watched": 900, "average_time_watched": 2.9, "full_video_watched_rate": 0.25,
    }  # fmt: skip
    idle = {"video_views": 5, "likes": 0, "comments": 0, "shares": 0, "reach": "", "total_time_watched": None}
    posts = [Post("p1", "One", MADE, lambda _: active), Post("p2", "Two", MADE - 9, lambda _: idle)]
    day = datetime.fromtimestamp(tiktok_business.clock.now / 1000 - 2 * 86_400, UTC).date().isoformat()
    told = {
        "video_views": 311,
        "profile_views": 9,
        "likes": 15,
        "daily_new_followers": 6,
        "daily_lost_followers": 2,
    }
    stats = {"followers_count": 812, "videos_count": 2}
    tiktok_business.add(Profile("o1", "Ann", stats, posts, lambda _: {day: told}))
    await connected(ours, tiktok_business, "tiktok-business")
    found = {(name, value) for _, name, value in metrics(redis_server)}
    assert found == {
        ("followers", 812), ("posts", 2), ("viewsOfDay", 311), ("profileVisitsOfDay", 9), ("likesOfDay", 15),
        ("followersGained", 6), ("followersLost", 2),
        ("views", 311), ("likes", 15), ("comments", 2), ("shares", 1), ("saves", 4), ("reach", 200),
        ("watchTime", 900), ("avgWatchTime", 2.9), ("completion", 25),
        ("views", 5), ("likes", 0), ("comments", 0), ("shares", 0),
    }  # fmt: skip
    assert {surface for surface, _, _ in metrics(redis_server)} == {"tiktok-business"}
    assert {cold.platform for _, _, cold in stored(redis_server) if cold.type == "metric"} == {"tiktok"}
    assert all("SECRET" not in str(one.query) for one in tiktok_business.record)


async def test_a_field_that_is_not_offered_any_more_costs_no_other(
    ours: Client, tiktok_business: TikTokBusinessServer, redis_server: TestRedis
) -> None:
    tiktok_business.refused_fields = {"website_clicks"}
    tiktok_business.add(
        Profile(
            "o1", "Ann", posts=[Post("p1", "One", MADE, lambda _: {"video_views": 7})], for_business=False
        )
    )
    page = await connect(ours.session, address(ours), ANN, tiktok_business, "tiktok-business", "ann", "o1")
    assert page.status == 200
    code, answer = await sync(ours.session, address(ours), ANN, wait="30")
    assert (code, answer["accounts"][0]["outcome"]) in {(200, "partly"), (200, "done")}
    assert metrics(redis_server)["tiktok-business", "views", 7] == 1
    tiktok_business.record.clear()
    assert (await sync(ours.session, address(ours), ANN, wait="30"))[0] == 200
    assert not [one for one in tiktok_business.record if "website_clicks" in str(one.query)]
    assert not [one for one in tiktok_business.record if "unique_video_views" in str(one.query)]


async def test_a_failure_that_comes_with_200_is_one(
    ours: Client, tiktok_business: TikTokBusinessServer
) -> None:
    tiktok_business.add(Profile("o1", "Ann", {"followers_count": 1}))
    await connected(ours, tiktok_business, "tiktok-business")
    tiktok_business.record.clear()
    tiktok_business.faults.add("business/get", status(200, {"code": 50000, "message": "system error"}))
    code, answer = await sync(ours.session, address(ours), ANN, wait="30")
    assert (code, answer["accounts"][0]["outcome"]) == (200, "done")  # asked again
    tiktok_business.faults.add(
        "business/get", *[status(200, {"code": 40001, "message": "no permission"})] * 3
    )
    tiktok_business.faults.add("video/list", status(200, {"code": 40001, "message": "no permission"}))
    code, problem = await sync(ours.session, address(ours), ANN, wait="30")
    assert (code, "no permission" in problem["detail"]) == (500, True)
    tiktok_business.clock.now += tiktok_business.access_ms
    code, answer = await sync(ours.session, address(ours), ANN, wait="30")
    assert (code, answer["accounts"][0]["outcome"]) == (200, "done")  # 40102: refreshed


async def test_a_push_that_a_grant_is_gone_is_looked_into_and_believed_by_that_alone(
    ours: Client, tiktok: TikTokServer
) -> None:
    tiktok.add(Profile("o1", "Ann", {"follower_count": 1}))
    await connected(ours, tiktok, "tiktok")
    body = (
        b'{"client_key": "client-1", "event": "authorization.removed", "user_openid": "o1", "content": "{}"}'
    )
    digest = hmac.new(tiktok.client[1].encode(), b"1633174587." + body, hashlib.sha256).hexdigest()
    path, headers = "/api/v1/analytics/pushes/tiktok", {"TikTok-Signature": f"t=1633174587,s={digest}"}

    async def state() -> str:
        async with ours.get(CONNECTIONS, headers=bearer(ANN)) as answer:
            return str((await answer.json())["connections"][0]["state"])

    async with ours.post(path, data=body, headers={"TikTok-Signature": "t=1,s=00"}) as refused:
        assert refused.status == 403
    asked = len(tiktok.record)
    async with ours.post(
        path, data=body, headers=headers
    ) as heard:  # kept since another grant, and sent again
        assert (heard.status, await heard.read()) == (200, b"")
    await eventually(lambda: len(tiktok.record) > asked)
    assert await state() == "active"
    tiktok.revoke("o1")
    async with ours.post(path, data=body, headers=headers) as heard:
        assert heard.status == 200

    async def is_lost() -> bool:
        return await state() == "lost"

    await eventually(is_lost)
