"""Answers of history that are given again: only while they hold, whichever endpoint gave them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from server.door.tokens import mint
from streakline.times import iso
from wire import SECRET, Client

ADMIN = {"Authorization": f"Bearer {mint(SECRET, 'read:admin')}"}
LATER = NOON + 14 * HOUR
TIMES = 10


@pytest.fixture
def case(case: Case) -> Case:
    case.feed.tick(NOON)
    case.feed.send(NOON + MINUTE, play("song", NOON - DAY, "p", 60), share(NOON - DAY, "s"))
    case.feed.tick(LATER)
    case.settle()
    return case


def share(at: int, identity: str) -> dict[str, Any]:
    return {"id": identity, "type": "share", "contentId": "app", "contentType": "app", "timestamp": at}


ASKED = {
    "query": ("POST", "/api/v1/query", {"metrics": ["plays"], "timeRange": "7d", "asOf": iso(NOON)}),
    "open": ("POST", "/api/v1/query", {"metrics": ["plays"], "timeRange": "7d", "asOf": iso(LATER)}),
    "analytics": ("GET", f"/api/stats/analytics?timeRange=7d&asOf={iso(NOON)}", None),
    "mashup": ("GET", f"/api/analytics/mashups/song?asOf={iso(NOON)}", None),
    "shares": ("GET", f"/api/admin/shares/stats?days=7&asOf={iso(NOON)}", None),
}


async def asked(client: Client, name: str, **headers: str) -> tuple[int, Any, str]:
    """Return the status, the number that counts and the tag of an answer."""
    method, path, body = ASKED[name]
    async with client.request(method, path, json=body, headers={**ADMIN, **headers}) as response:
        answer = await response.json(content_type=None) if response.status == 200 else None
        tag = response.headers["ETag"]
    if answer is None:
        return response.status, None, tag
    match name:
        case "analytics":
            number = answer["plays"]["totalPlays"]
        case "mashup":
            number = answer["lifetime"]["plays"]
        case "shares":
            number = answer["totalShares"]
        case _:
            number = answer["rows"][0]["plays"]
    return response.status, number, tag


async def given_again(client: Client) -> int:
    async with client.get("/metrics") as response:
        lines = (await response.text()).splitlines()
    name = 'streakline_history_answers_total{outcome="given again"} '
    return sum(int(float(line.removeprefix(name))) for line in lines if line.startswith(name))


@pytest.mark.parametrize("name", ASKED)
async def test_an_answer_is_given_again_and_its_tag_saves_the_whole(client: Client, name: str) -> None:
    first = await asked(client, name)
    assert await asked(client, name) == first
    assert await given_again(client) == 1
    assert await asked(client, name, **{"If-None-Match": first[2]}) == (304, None, first[2])


@pytest.mark.parametrize("name", ASKED)
async def test_what_has_settled_is_in_the_next_answer_every_time(
    client: Client, case: Case, name: str
) -> None:
    number = (await asked(client, name))[1]
    for again in range(TIMES):
        assert (await asked(client, name))[1] == number
        made = share if name == "shares" else lambda at, identity: play("song", at, identity, 60)
        case.feed.send(LATER + again, made(NOON - DAY - again, f"late{again}"))
        await asyncio.to_thread(case.settle)
        number += 1
        assert (await asked(client, name))[1] == number
    assert await given_again(client) > TIMES / 2


async def test_what_happens_in_open_quarter_hours_ends_the_answers_that_reach_into_them_alone(
    client: Client, case: Case
) -> None:
    open_, closed = (await asked(client, "open"))[1], (await asked(client, "query"))[1]
    case.feed.send(LATER, play("song", LATER - MINUTE, "now", 60))
    await asyncio.to_thread(case.settle)
    before = await given_again(client)
    assert (await asked(client, "query"))[1] == closed
    assert await given_again(client) == before + 1
    assert (await asked(client, "open"))[1] == open_ + 1
    assert await given_again(client) == before + 1


async def test_a_title_that_is_stated_ends_the_answer_that_shows_it(client: Client, case: Case) -> None:
    query = {"metrics": ["plays"], "dimensions": ["content"], "timeRange": "7d", "asOf": iso(NOON)}

    async def titles() -> dict[str, str]:
        async with client.post("/api/v1/query", json=query, headers=ADMIN) as response:
            found: dict[str, str] = (await response.json())["meta"]["titles"]
            return found

    assert await titles() == {}
    case.feed.send(
        LATER, {"id": "t", "type": "content", "contentId": "song", "timestamp": NOON, "title": "A Song"}
    )
    await asyncio.to_thread(case.settle)
    assert await titles() == {"song": "A Song"}


async def test_without_redis_nobody_can_say_whether_an_answer_holds(client: Client, case: Case) -> None:
    assert (await asked(client, "query"))[0] == 200
    case.redis_server.process.kill()
    method, path, body = ASKED["query"]
    async with client.request(method, path, json=body, headers=ADMIN) as response:
        assert response.status == 503
        assert (await response.json(content_type=None))["type"].endswith(":store-away")
