"""Search: contents by title and id, whatever case and accents, played most first; right as soon as it settles."""

from __future__ import annotations

from typing import Any

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from wire import Client, golden, shape

URL = "/api/v1/search"


@pytest.fixture
def case(case: Case) -> Case:
    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE,
        *(play("elan", NOON - 2 * DAY, f"e{n}", 60, title="Élan Vital") for n in range(3)),
        *(play("e2", NOON - DAY, f"f{n}", 60, title="Nouvel elan") for n in range(2)),
        play("e3", NOON - DAY, "g", 60, title="STRASSE nach Elan"),
        play("untitled-elan-9", NOON - DAY, "h", 60),
        {
            "id": "s",
            "type": "share",
            "contentId": "shared-app",
            "contentType": "app",
            "timestamp": NOON - DAY,
        },
        {
            "id": "t",
            "type": "content",
            "contentId": "new",
            "timestamp": NOON,
            "title": "100% <b>'\"; -- Elán",
        },
    )
    case.settle()
    case.feed.tick(NOON + 14 * HOUR)
    case.settle()
    return case


async def asked(client: Client, status: int = 200, **parameters: str) -> dict[str, Any]:
    async with client.get(URL, params=parameters) as response:
        body: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, body
        return body


async def found(client: Client, text: str, **parameters: str) -> list[str]:
    return [content["contentId"] for content in (await asked(client, q=text, **parameters))["contents"]]


async def test_contents_are_found_by_title_and_id_played_most_first(client: Client) -> None:
    body = await asked(client, q="elan")
    assert shape(body) == shape(golden("search"))
    # The very id leads, then plays, then the id.
    assert body == {
        "query": "elan",
        "contents": [
            {"contentId": "elan", "title": "Élan Vital", "plays": 3},
            {"contentId": "e2", "title": "Nouvel elan", "plays": 2},
            {"contentId": "e3", "title": "STRASSE nach Elan", "plays": 1},
            {"contentId": "untitled-elan-9", "title": "untitled-elan-9", "plays": 1},
            {"contentId": "new", "title": "100% <b>'\"; -- Elán", "plays": 0},
        ],
    }
    assert await found(client, "elan", limit="2") == ["elan", "e2"]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("ÉLAN vital", ["elan"]),
        ("vital e\u0301la", ["elan"]),
        ("straße", ["e3"]),
        ("e2", ["e2"]),
        ("  nouvel   ELAN ", ["e2"]),
        ("shared-app", ["shared-app"]),
        ("100%", ["new"]),
        ("<b>'\"; --", ["new"]),
        ("elan nothing", []),
        ("\\", []),
        ("%", ["new"]),
        ("_", []),
    ],
)
async def test_every_word_counts_and_case_accents_and_order_do_not(
    client: Client, text: str, ids: list[str]
) -> None:
    assert await found(client, text) == ids


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


@pytest.mark.parametrize("text", ["", "   ", "x" * 201, " ".join("abcdefghijk")])
async def test_a_text_that_cannot_be_searched_for_is_refused_by_name(client: Client, text: str) -> None:
    assert (await asked(client, 400, q=text))["type"] == "urn:streakline:problem:q"
    assert (await asked(client, 400))["type"] == "urn:streakline:problem:q"
