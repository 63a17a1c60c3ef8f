"""Search: contents by title and id, whatever case and accents, played most first."""

from __future__ import annotations

from typing import Any

import pytest

from archive_feed import Case
from small_histories import feed_titles
from wire import Client, golden, shape

URL = "/api/v1/search"


@pytest.fixture(scope="module")
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


@pytest.mark.parametrize("text", ["", "   ", "x" * 201, " ".join("abcdefghijk")])
async def test_a_text_that_cannot_be_searched_for_is_refused_by_name(client: Client, text: str) -> None:
    assert (await asked(client, 400, q=text))["type"] == "urn:streakline:problem:q"
    assert (await asked(client, 400))["type"] == "urn:streakline:problem:q"
