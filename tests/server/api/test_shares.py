"""Share counts: totals by platform out of history, the same whether a quarter hour is open, closed or counted again."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any
from urllib.parse import quote

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case
from real_servers import TestClickHouse
from server.door.tokens import mint
from streakline.history.totals import adding_up
from wire import SECRET, Client, Serve, golden, shape

PLATFORMS = ("whatsapp", "facebook", "twitter", None)


@pytest.fixture
async def client(serve: Serve, case: Case, clickhouse_server: TestClickHouse) -> Client:
    return await serve(roles=("api",), history_url=clickhouse_server.history_url)


def share(number: int, app: str, at: int, platform: str | None, **more: object) -> dict[str, Any]:
    event: dict[str, Any] = {"id": f"share-{number}", "type": "share", "contentId": app, "contentType": "app"}
    return event | {"timestamp": at, "sessionId": f"s-{number}", "platform": platform} | more


async def answer(client: Client, app: str) -> tuple[int, dict[str, Any]]:
    async with client.get(f"/api/apps/{quote(app, safe='')}/share-count") as response:
        return response.status, await response.json(content_type=None)


async def count(client: Client, app: str) -> dict[str, Any]:
    status, body = await answer(client, app)
    assert status == 200, body
    assert body["appId"] == app
    assert sum(body["byPlatform"].values()) == body["totalShares"]
    return dict(body["byPlatform"])


async def test_the_answer_has_the_documents_shape(case: Case, client: Client) -> None:
    case.feed.tick(NOON)
    case.feed.send(NOON + MINUTE, *(share(n, "chess", NOON, "whatsapp") for n in range(3)))
    case.settle()
    async with client.get("/api/apps/chess/share-count") as response:
        assert response.status == 200
        assert response.headers["Cache-Control"] == "public, max-age=600"
        body, tag = await response.json(), response.headers["ETag"]
    assert list(body) == list(golden("share_count"))
    assert shape({**body, "byPlatform": {}}) == shape({**golden("share_count"), "byPlatform": {}})
    assert body == {"appId": "chess", "totalShares": 3, "byPlatform": {"whatsapp": 3}}
    async with client.get("/api/apps/chess/share-count", headers={"If-None-Match": tag}) as response:
        assert response.status == 304
    case.feed.send(NOON + 2 * MINUTE, share(9, "chess", NOON, "twitter"))
    case.settle()
    async with client.get("/api/apps/chess/share-count", headers={"If-None-Match": tag}) as response:
        assert (await response.json())["byPlatform"] == {"whatsapp": 3, "twitter": 1}


async def test_who_asks_for_a_fresh_count_passes_the_caches_on_the_way(case: Case, client: Client) -> None:
    case.feed.tick(NOON)
    case.feed.send(NOON + MINUTE, share(1, "chess", NOON, "whatsapp"))
    case.settle()
    async with client.get("/api/apps/chess/share-count?fresh=1") as response:
        assert response.headers["Cache-Control"] == "public, max-age=0"
        assert (await response.json())["totalShares"] == 1
    async with client.get("/api/apps/chess/share-count?fresh=yes") as response:
        assert response.status == 400


async def test_an_app_without_shares_is_404(case: Case, client: Client) -> None:
    case.feed.tick(NOON)
    case.feed.send(NOON + MINUTE, share(1, "robots only", NOON, "whatsapp", bot=True))
    case.feed.send(NOON + MINUTE, share(2, "liked", NOON, None, type="like"))
    case.settle()
    for app in ("robots only", "liked", "never heard of"):
        status, body = await answer(client, app)
        assert (status, body["type"]) == (404, "urn:streakline:problem:no-shares")
        assert repr(app) in body["detail"]


@pytest.mark.parametrize(
    "app", ["a/b", "Wikipedia:Ü %41?x=1&y#z", "tab\there'\"\\n{x:String}", "..", "x" * 200]
)
async def test_an_id_is_what_the_events_said_whatever_it_holds(case: Case, client: Client, app: str) -> None:
    case.feed.tick(NOON)
    case.feed.send(NOON + MINUTE, share(1, app, NOON, "whatsapp"), share(2, "other", NOON, "twitter"))
    case.settle()
    path = f"/api/apps/{quote(app, safe='').replace('.', '%2E')}/share-count"
    async with client.get(path) as response:
        # An address has no way to say a part of two dots.
        if app == "..":
            assert response.status == 404
        else:
            assert await response.json() == {"appId": app, "totalShares": 1, "byPlatform": {"whatsapp": 1}}


async def test_shares_count_the_same_open_closed_late_and_backdated(case: Case, client: Client) -> None:
    """Two days of an app's shares, some of them days late: at every moment the plain count of what was sent."""
    draw, sent = random.Random(5), Counter[str]()
    case.feed.tick(NOON)
    number = 0
    for now in range(NOON, NOON + 50 * HOUR, 100 * MINUTE):
        for _ in range(3):
            number += 1
            age = draw.choice((0, 5 * MINUTE, 90 * MINUTE, 26 * HOUR, 40 * DAY, 3_000 * DAY))
            platform, robot = draw.choice(PLATFORMS), draw.random() < 0.2
            case.feed.send(now + MINUTE, share(number, "chess", now - age, platform, bot=robot))
            sent[platform or "unknown"] += not robot
        # A repeat, and another app, change nothing.
        case.feed.send(now + MINUTE, share(number, "chess", now - age, platform, bot=robot))
        case.feed.send(now + MINUTE, share(number, "go", now, "whatsapp"))
        case.settle()
        assert await count(client, "chess") == +sent
    assert len(case.rows("select at from rollup final where grain = 'day' and contentId = 'chess'")) > 3
    assert case.rows("select count() > 0 from rollup final where version < pow(2, 63)") == [(True,)]
    case.close_all(NOON + 80 * HOUR)
    assert case.rows("select count() from rollup final where version < pow(2, 63)") == [(0,)]
    assert await count(client, "chess") == +sent


async def test_history_that_is_away_is_said_and_never_an_old_number(
    case: Case, client: Client, clickhouse_server: TestClickHouse
) -> None:
    case.feed.tick(NOON)
    case.feed.send(NOON + MINUTE, share(1, "chess", NOON, "whatsapp"))
    case.settle()
    assert await count(client, "chess") == {"whatsapp": 1}
    async with client.get("/metrics") as response:
        counted = (
            'streakline_history_questions_total{outcome="answered",query="history/shares_of_content"} 1.0'
        )
        assert counted in await response.text()
    clickhouse_server.kill()
    async with client.get("/api/apps/chess/share-count") as response:
        assert response.status == 503
        assert response.headers["Retry-After"] == "2"
        assert response.headers["Cache-Control"] == "no-store"
        assert (await response.json(content_type=None))["type"] == "urn:streakline:problem:history-away"
    clickhouse_server.start()
    assert await count(client, "chess") == {"whatsapp": 1}


async def test_a_count_needs_a_token_only_where_public_reads_do(
    serve: Serve, case: Case, clickhouse_server: TestClickHouse
) -> None:
    case.feed.tick(NOON)
    case.feed.send(NOON + MINUTE, share(1, "chess", NOON, "whatsapp"))
    case.settle()
    client = await serve(roles=("api",), history_url=clickhouse_server.history_url, public_reads=False)
    assert (await answer(client, "chess"))[0] == 401
    headers = {"Authorization": f"Bearer {mint(SECRET, 'read:public')}"}
    async with client.get("/api/apps/chess/share-count", headers=headers) as response:
        assert (response.status, response.headers["Cache-Control"]) == (200, "private, max-age=600")


def test_platforms_come_most_first_and_add_up_to_the_total() -> None:
    assert list(adding_up({"b": 2, "a": 2, "c": 5, "gone": 0}, 11).items()) == [
        ("c", 5), ("a", 2), ("b", 2), ("unknown", 2),
    ]  # fmt: skip
    assert adding_up({"unknown": 3}, 4) == {"unknown": 4}
    assert adding_up({}, 0) == {}
