"""Shares that are posted one by one, and the statistics of all apps."""

from __future__ import annotations

from typing import Any

from archive_feed import DAY, HOUR, MINUTE, NOON, Case
from real_servers import TestClickHouse, TestRedis
from server.door.tokens import mint
from stored_events import stored
from streakline.streams.records import BOT
from streakline.times import iso
from wire import SECRET, Client, Serve, golden, shape

SHARE = {"appId": "chess", "platform": "whatsapp", "sessionId": "tab-1"}


async def shared(client: Client, body: object, status: int = 202, **options: Any) -> dict[str, Any]:
    async with client.post("/api/shares", json=body, **options) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, answer
        return answer


async def test_a_share_is_accepted_once_it_is_on_disk(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve(roles=("api",))
    headers = {"User-Agent": "Mozilla/5.0 (iPhone)", "Referer": "https://chess.example/play"}
    answer = await shared(client, SHARE, headers=headers)
    assert shape(answer) == shape(golden("share_accepted"))
    [(_, _, cold)] = stored(redis_server)
    assert (cold.type, cold.contentId, cold.contentType) == ("share", "chess", "app")
    assert (cold.platform, cold.sessionId, cold.referrer) == (
        "whatsapp",
        "tab-1",
        "https://chess.example/play",
    )
    assert cold.userAgent == "Mozilla/5.0 (iPhone)"


async def test_a_share_that_a_servers_library_posts_is_no_robots(
    serve: Serve, redis_server: TestRedis
) -> None:
    await shared(await serve(roles=("api",)), SHARE, headers={"User-Agent": "python-requests/2.32"})
    [(_, record, cold)] = stored(redis_server)
    assert cold.userAgent == "python-requests/2.32"
    assert not record["flags"] & BOT


async def test_who_is_signed_in_is_the_user(serve: Serve, redis_server: TestRedis) -> None:
    token = mint(SECRET, "write:self", sub="ann")
    await shared(await serve(roles=("api",)), SHARE, headers={"Authorization": f"Bearer {token}"})
    assert [cold.userId for _, _, cold in stored(redis_server)] == ["ann"]


async def test_a_beacon_sends_text(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve(roles=("api",))
    body = '{"AppId": "chess", "Platform": "mail", "SessionId": "tab-1"}'
    async with client.post("/api/shares", data=body, headers={"Content-Type": "text/plain"}) as response:
        assert response.status == 202
    assert [cold.platform for _, _, cold in stored(redis_server)] == ["mail"]


async def test_a_share_that_lacks_its_session_is_refused_by_name(serve: Serve) -> None:
    answer = await shared(await serve(roles=("api",)), {"appId": "chess", "platform": "mail"}, 400)
    assert answer["type"] == "urn:streakline:problem:not-a-share"
    assert "sessionId is missing" in answer["detail"]


async def test_who_shares_too_much_waits(serve: Serve) -> None:
    client = await serve(roles=("api",), rate=0.1)
    await shared(client, SHARE)
    assert (await shared(client, SHARE, 429))["type"] == "urn:streakline:problem:rate"


async def test_statistics_are_of_apps_by_day_and_platform(
    serve: Serve, case: Case, clickhouse_server: TestClickHouse
) -> None:
    def share(number: int, at: int, app: str, **more: object) -> dict[str, Any]:
        about = {"contentType": "app", "platform": "mail", **more}
        return {"id": f"s{number}", "type": "share", "contentId": app, "timestamp": at, **about}

    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE,
        share(1, NOON - 7 * DAY - 1, "chess"),  # a ms before the range
        share(2, NOON - 7 * DAY, "chess"),
        share(3, NOON - 2 * DAY, "chess", platform=None),
        share(4, NOON - 2 * DAY, "go"),
        share(5, NOON - 2 * DAY, "song", contentType="track"),
        share(6, NOON - MINUTE, "chess", bot=True),
        {"id": "t", "type": "content", "contentId": "go", "timestamp": NOON, "title": "Go"},
    )
    case.settle()
    case.feed.tick(NOON + 14 * HOUR)
    case.settle()
    client = await serve(roles=("api",), history_url=clickhouse_server.history_url)
    admin = {"Authorization": f"Bearer {mint(SECRET, 'read:admin')}"}
    async with client.get(f"/api/admin/shares/stats?days=7&asOf={iso(NOON)}", headers=admin) as response:
        body = await response.json()
    assert shape(body) == shape(golden("share_stats"))
    assert (body["totalShares"], body["period"]) == (3, "Last 7 days")
    assert body["mostSharedApps"] == [
        {"appId": "chess", "appName": "chess", "shareCount": 2}, {"appId": "go", "appName": "Go", "shareCount": 1},
    ]  # fmt: skip
    assert body["platformStats"] == {"mail": 2, "unknown": 1}
    assert [day["count"] for day in body["dailyShares"]] == [1, 0, 0, 0, 0, 2, 0, 0]


async def test_a_title_that_a_share_brings_names_the_app_until_one_is_stated(
    serve: Serve, case: Case, clickhouse_server: TestClickHouse
) -> None:
    def share(number: int, app: str, **more: object) -> dict[str, Any]:
        about = {"type": "share", "contentId": app, "contentType": "app", "timestamp": NOON, **more}
        return {"id": f"s{number}", **about}

    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE,
        share(1, "chess", title="Old Chess"),
        share(2, "chess", title="Chess"),
        share(3, "chess", title="Robot's Chess", bot=True),
        share(4, "chess"),
        {"id": "t", "type": "content", "contentId": "go", "timestamp": NOON, "title": "Go"},
        share(5, "go", title="Not Go"),
        {
            "id": "p",
            "type": "play",
            "contentId": "song",
            "timestamp": NOON,
            "title": "Song",
            "contentType": "track",
        },
        share(6, "song", title="Tune"),
    )
    case.settle()
    client = await serve(roles=("api",), history_url=clickhouse_server.history_url)
    admin = {"Authorization": f"Bearer {mint(SECRET, 'read:admin')}"}
    address = f"/api/admin/shares/stats?days=7&asOf={iso(NOON + MINUTE)}"
    async with client.get(address, headers=admin) as response:
        apps = (await response.json())["mostSharedApps"]
    assert {app["appId"]: app["appName"] for app in apps} == {"chess": "Chess", "go": "Go", "song": "Tune"}
    [[kind]] = case.clickhouse.query("select contentType from content where contentId = 'song'").result_rows
    assert kind == "track"  # what a share takes its content for says nothing of the catalogue's


async def test_the_total_is_that_of_all_apps_however_many_were_shared(
    serve: Serve, case: Case, clickhouse_server: TestClickHouse
) -> None:
    case.clickhouse.command(
        "insert into rollup (grain, at, shard, contentId, version, contentType, shares, shares_by_platform)"
        " select 'quarter', toDateTime({at:UInt32}), 0, toString(number), 1, 'app', 1 + (number = 7), map('mail', 1)"
        " from numbers(10500)",
        {"at": (NOON - DAY) // 1000},
    )
    client = await serve(roles=("api",), history_url=clickhouse_server.history_url)
    admin = {"Authorization": f"Bearer {mint(SECRET, 'read:admin')}"}
    async with client.get(f"/api/admin/shares/stats?days=7&asOf={iso(NOON)}", headers=admin) as response:
        body = await response.json()
    assert body["totalShares"] == 10_501
    assert (len(body["mostSharedApps"]), body["mostSharedApps"][0]["appId"]) == (10, "7")
