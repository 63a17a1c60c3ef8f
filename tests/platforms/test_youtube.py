"""YouTube from saying yes to events in the stream."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from connecting import CONNECTIONS, bearer, connect, sync
from platform_server import cut, status
from real_servers import TestRedis
from server.door.tokens import mint
from server.platforms.connections import FILE
from stored_events import stored
from streakline.streams import keys
from wire import SECRET, Client, eventually, golden, shape
from youtube_server import Channel, Video, YouTubeServer

ANN = mint(SECRET, "read:self", sub="ann")
DAY_MS = 86_400_000


def address(client: Client) -> str:
    return str(client.make_url("")).rstrip("/")


def metrics(redis_server: TestRedis) -> Counter[tuple[str, float]]:
    """Return name and value of every metric in the streams."""
    found: Counter[tuple[str, float]] = Counter()
    for _, _, cold in stored(redis_server):
        if cold.type == "metric":
            told = json.loads(cold.properties)
            found[told["name"], told["value"]] += 1
    return found


@pytest.fixture
def channel(youtube: YouTubeServer) -> Channel:
    """A channel with three videos: one hides its likes, one is gone."""
    report = {"dislikes": 3, "estimatedMinutesWatched": 7, "averageViewPercentage": 41.5}
    counts = {"viewCount": 5, "likeCount": 0, "commentCount": 1}
    videos = [
        Video("v1", "First", "2026-05-01T10:00:00Z", lambda _: counts, lambda _: report),
        Video("v2", "Second", "2026-05-02T10:00:00Z", lambda _: {"viewCount": 9, "likeCount": None}),
        Video("v3", "Gone", "2026-05-03T10:00:00Z", lambda _: None),
    ]
    statistics = {"viewCount": 1204, "subscriberCount": 1230, "videoCount": 2}
    return youtube.add(Channel("UC1", "Ann's channel", statistics=statistics, videos=videos))


async def connected(ours: Client, youtube: YouTubeServer, token: str = ANN) -> dict[str, Any]:
    """Connect the channel as Ann does, and return her connection once it was looked at."""
    page = await connect(ours.session, address(ours), token, youtube, "youtube", "ann", "UC1")
    assert page.status == 200
    found: list[dict[str, Any]] = []

    async def looked_at() -> bool:
        async with ours.get(CONNECTIONS, headers=bearer(token)) as answer:
            found[:] = (await answer.json())["connections"]
        return found[0]["looked"] is not None

    await eventually(looked_at)
    return found[0]


async def test_an_account_is_connected_and_its_numbers_become_events(
    ours: Client, youtube: YouTubeServer, channel: Channel, redis_server: TestRedis
) -> None:
    channel.days = lambda _: {_day(youtube.clock.now, -3): {"views": 3, "likes": -1, "subscribersGained": 2}}
    shown = await connected(ours, youtube)
    assert (shown["platform"], shown["account"], shown["name"]) == ("youtube", "UC1", "Ann's channel")
    assert (shown["state"], shown["outcome"], shown["fault"]) == ("active", "done", "")
    assert metrics(redis_server) == Counter(
        [
            ("views", 1204), ("followers", 1230), ("posts", 2),
            ("views", 5), ("likes", 0), ("comments", 1), ("views", 9),
            ("dislikes", 3), ("watchTime", 420), ("retention", 41.5),
            ("viewsOfDay", 3), ("likesOfDay", -1), ("followersGained", 2),
        ]
    )  # fmt: skip
    assert shown["values"] == 13 + 2  # and what the two posts are
    assert shape(shown) == shape(golden("connections")["connections"][0])
    titles = {cold.title for _, _, cold in stored(redis_server) if cold.type == "content"}
    assert titles == {"First", "Second"}


async def test_a_second_sync_sends_nothing_and_a_changed_value_alone(
    ours: Client, youtube: YouTubeServer, channel: Channel, redis_server: TestRedis
) -> None:
    await connected(ours, youtube)
    before = metrics(redis_server)
    code, answer = await sync(ours.session, address(ours), ANN, wait="30")
    assert (code, [one["values"] for one in answer["accounts"]]) == (200, [0])
    assert shape(answer) == shape(golden("synced"))
    assert metrics(redis_server) == before
    for views in (6, 5):
        channel.videos[0].counts = lambda _, views=views: {"viewCount": views}
        youtube.clock.now += 1_000
        code, answer = await sync(ours.session, address(ours), ANN, wait="30")
        assert (code, [one["values"] for one in answer["accounts"]]) == (200, [1])
    assert metrics(redis_server) - before == Counter({("views", 6): 1, ("views", 5): 1})


async def test_a_refresh_token_is_used_once_an_access_token_has_ended(
    ours: Client, youtube: YouTubeServer, channel: Channel
) -> None:
    await connected(ours, youtube)
    youtube.record.clear()
    youtube.access_ms = 30_000  # less than what a token is taken for ended before
    for granted in youtube.grants:
        assert granted.account == "UC1"
    youtube.clock.now += 4_000_000  # the platform's own time: the old token is dead there
    assert (await sync(ours.session, address(ours), ANN, wait="30"))[0] == 200
    assert [one.form["grant_type"] for one in youtube.asked("/token")] == ["refresh_token"]


async def test_a_grant_that_was_taken_back_is_lost_until_it_is_given_again(
    ours: Client, youtube: YouTubeServer, channel: Channel
) -> None:
    shown = await connected(ours, youtube)
    youtube.revoke("UC1")
    code, problem = await sync(ours.session, address(ours), ANN, wait="30")
    assert (code, problem["type"]) == (500, "urn:streakline:problem:sync-failed")
    assert "connect the account again" in problem["detail"]
    async with ours.get(CONNECTIONS, headers=bearer(ANN)) as answer:
        [lost] = (await answer.json())["connections"]
    assert (lost["id"], lost["state"], lost["outcome"], lost["next"]) == (shown["id"], "lost", "lost", None)
    again = await connected(ours, youtube)
    assert again["id"] == shown["id"]
    code, answer = await sync(ours.session, address(ours), ANN, wait="30")
    assert (code, answer["accounts"][0]["outcome"]) == (200, "done")


@pytest.mark.parametrize(
    ("path", "faults", "part"),
    [
        ("batchGetStats", [status(404, {"error": {"code": 404, "message": "gone"}})], "statistics"),
        ("playlistItems", [status(200, text="<html>")], "uploads"),
        ("reports", [status(400, {"error": {"message": "The query is not supported."}})], "video report"),
    ],
)
async def test_a_part_that_is_refused_is_told_and_the_others_come(
    ours: Client, youtube: YouTubeServer, channel: Channel, path: str, faults: list[Any], part: str
) -> None:
    await connected(ours, youtube)
    youtube.faults.add(path, *faults)
    code, answer = await sync(ours.session, address(ours), ANN, wait="30")
    assert code == 200
    [one] = answer["accounts"]
    assert (one["outcome"], one["fault"].partition(":")[0]) == ("partly", part)


@pytest.mark.parametrize(
    "faults",
    [
        [status(503, text="<html>over capacity</html>")],
        [status(429, {"error": {"errors": [{"reason": "rateLimitExceeded"}]}}, Retry_After="1")],
        [cut],
    ],
)
async def test_what_may_go_well_the_next_time_is_asked_again(
    ours: Client, youtube: YouTubeServer, channel: Channel, faults: list[Any]
) -> None:
    await connected(ours, youtube)
    youtube.record.clear()
    youtube.faults.add("channels", *faults)
    code, answer = await sync(ours.session, address(ours), ANN, wait="30")
    assert (code, answer["accounts"][0]["outcome"]) == (200, "done")
    assert len(youtube.asked("channels")) == 2


async def test_a_quota_that_is_used_up_is_left_alone_until_pacific_midnight(
    ours: Client, youtube: YouTubeServer, channel: Channel
) -> None:
    await connected(ours, youtube)
    youtube.limits["units"] = 0
    code, problem = await sync(ours.session, address(ours), ANN, wait="30")
    assert (code, problem["type"]) == (503, "urn:streakline:problem:platform-away")
    asked = len(youtube.asked("channels"))
    assert (await sync(ours.session, address(ours), ANN, wait="30"))[0] == 503
    assert len(youtube.asked("channels")) == asked


async def test_nothing_secret_lies_anywhere(
    ours: Client, youtube: YouTubeServer, channel: Channel, redis_server: TestRedis, tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    shown = await connected(ours, youtube)
    youtube.faults.add("channels", *[status(401, {"error": {"message": "SECRET token"}})] * 2)
    code, problem = await sync(ours.session, address(ours), ANN, wait="30")
    assert code == 500
    secrets = [granted.refresh for granted in youtube.grants] + list(youtube._access)
    with redis_server.client() as redis:
        held = b"".join(redis.dump(key) or b"" for key in redis.scan_iter("*"))
    file = (tmp_path / "data" / FILE).read_bytes()
    assert (tmp_path / "data" / FILE).stat().st_mode & 0o777 == 0o600
    told = json.dumps([shown, problem]) + "".join(capfd.readouterr())
    for secret in [*secrets, youtube.client[1]]:
        assert secret.encode() not in held + file
        assert secret not in told
    assert not any("SECRET" in str(one.query) for one in youtube.record)


async def test_a_redis_that_goes_back_revives_no_used_token(
    ours: Client, youtube: YouTubeServer, channel: Channel, redis_server: TestRedis
) -> None:
    shown = await connected(ours, youtube)
    with redis_server.client() as redis:
        old = redis.hgetall(keys.PLATFORM_GRANTS)
        youtube.clock.now += 4_000_000
        assert (await sync(ours.session, address(ours), ANN, wait="30"))[0] == 200
        new = redis.hgetall(keys.PLATFORM_GRANTS)
        assert old != new
        redis.hset(keys.PLATFORM_GRANTS, mapping=old)
        redis.set(keys.PLATFORM_CHANGE, "another")
        await eventually(lambda: redis.hgetall(keys.PLATFORM_GRANTS) == new)
    assert shown["id"].encode() in new


async def test_a_removed_connection_is_gone_and_its_grant_given_back(
    ours: Client, youtube: YouTubeServer, channel: Channel, redis_server: TestRedis
) -> None:
    shown = await connected(ours, youtube)
    path = f"{CONNECTIONS}/{shown['id']}"
    bob = mint(SECRET, "read:self", sub="bob")
    async with ours.delete(path, headers=bearer(bob)) as answer:
        assert answer.status == 404
    async with ours.delete(path, params={"user": "ann"}, headers=bearer(bob)) as answer:
        assert answer.status == 403
    async with ours.delete(path, headers=bearer(ANN)) as answer:
        assert answer.status == 204
    assert all(granted.revoked for granted in youtube.grants)
    async with ours.get(CONNECTIONS, headers=bearer(ANN)) as answer:
        assert (await answer.json())["connections"] == []
    with redis_server.client() as redis:
        assert redis.hgetall(keys.PLATFORM_GRANTS) == {}
        assert not redis.exists(keys.platform_held(shown["id"]))


async def test_only_the_browser_that_asked_connects_and_only_once(
    ours: Client, youtube: YouTubeServer, channel: Channel
) -> None:
    url = address(ours)
    page = await connect(ours.session, url, ANN, youtube, "youtube", "ann", "UC1")
    async with ours.session.get(page.url) as again:
        assert (again.status, "it was used" in await again.text()) == (400, True)
    async with ours.get(f"{CONNECTIONS}/youtube/callback?state=x&code=y") as made_up:
        assert made_up.status == 400
    async with ours.post(f"{CONNECTIONS}/youtube/authorize", headers=bearer(ANN)) as answer:
        asked = await answer.json()
    where = asked["url"]
    assert shape(asked) == shape(golden("authorization"))
    ours.session.cookie_jar.clear()
    back = youtube.consent(dict(parse_qsl(urlsplit(where).query)), "UC1")
    async with ours.session.get(back) as refused:
        assert (refused.status, "another browser" in await refused.text()) == (400, True)


def _day(now: int, days: int) -> str:
    return datetime.fromtimestamp((now + days * DAY_MS) / 1000, UTC).date().isoformat()
