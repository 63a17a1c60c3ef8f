"""Search is right as soon as it settles: late plays, new titles, quarter hours that are open."""

from __future__ import annotations

from typing import Any

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from small_histories import feed_titles
from wire import Client

URL = "/api/v1/search"


@pytest.fixture
def case(case: Case) -> Case:
    feed_titles(case)
    return case


async def asked(client: Client, status: int = 200, **parameters: str) -> dict[str, Any]:
    async with client.get(URL, params=parameters) as response:
        body: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, body
        return body


async def found(client: Client, text: str, **parameters: str) -> list[str]:
    return [content["contentId"] for content in (await asked(client, q=text, **parameters))["contents"]]


async def test_late_plays_move_a_content_up_as_soon_as_it_settles(client: Client, case: Case) -> None:
    case.feed.send(
        NOON + 14 * HOUR,
        *(play("e2", NOON - 20 * DAY, f"late{n}", 60, title="Nouvel elan") for n in range(9)),
    )
    case.settle()
    body = await asked(client, q="el n")
    assert body["contents"][:2] == [
        {"contentId": "e2", "title": "Nouvel elan", "plays": 11},
        {"contentId": "elan", "title": "Élan Vital", "plays": 3},
    ]


async def test_a_new_title_replaces_the_old_one(client: Client, case: Case) -> None:
    renamed = {"id": "r", "type": "content", "contentId": "e2", "timestamp": NOON, "title": "Jump"}
    case.feed.send(NOON + 14 * HOUR, renamed)
    case.settle()
    assert await found(client, "jump") == ["e2"]
    assert await found(client, "nouvel") == []


async def test_a_play_of_a_quarter_hour_that_is_still_open_counts(client: Client, case: Case) -> None:
    case.feed.send(NOON + 14 * HOUR, play("fresh", NOON + 14 * HOUR - MINUTE, "o", 60, title="Brand New"))
    case.settle()
    assert (await asked(client, q="brand"))["contents"] == [
        {"contentId": "fresh", "title": "Brand New", "plays": 1}
    ]
