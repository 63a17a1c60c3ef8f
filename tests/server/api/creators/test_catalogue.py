"""The catalogue: what is stated shows once it settles, the newest stands, and history follows the creator."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from server.door.tokens import mint
from streakline.times import iso
from wire import SECRET, Client, golden, shape

CONTENT, CREATORS, AS_OF = "/api/v1/content", "/api/v1/creators", iso(NOON)


def token(scope: str, **claims: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {mint(SECRET, scope, **claims)}"}


WRITE, ADMIN = token("write"), token("read:admin")


@pytest.fixture
def case(case: Case) -> Case:
    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE,
        play("song", NOON - 40 * DAY, "p1", 60, creatorId="band", contentType="track"),
        play("song", NOON - DAY, "p2", 60, creatorId="band", sessionId="x"),
        play("tune", NOON - MINUTE, "p3", 60, creatorId="band"),
    )
    case.settle()
    case.feed.tick(NOON + 14 * HOUR)
    case.settle()
    return case


async def put(
    client: Client, path: str, body: Any, status: int = 202, headers: dict[str, str] = WRITE
) -> dict[str, Any]:
    async with client.put(path, json=body, headers=headers) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, answer
        return answer


async def got(
    client: Client, path: str, status: int = 200, headers: dict[str, str] = ADMIN, **parameters: str
) -> dict[str, Any]:
    async with client.get(path, params=parameters, headers=headers) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, answer
        return answer


async def plays_of(client: Client, artist: str, name: str) -> int:
    body = await got(client, "/api/dashboard/stats", artist=artist, timeRange=name, asOf=AS_OF)
    found: int = body["overview"]["totalPlays"]
    return found


async def test_what_is_stated_of_a_content_is_known_and_its_title_shows(client: Client, case: Case) -> None:
    facts = {
        "title": "A Song", "type": "mashup", "genre": "rock", "duration": 200.5, "createdAt": "2020-01-01T00:00:00Z",
        "status": "accepted", "hashtags": ["#new", "loud"], "cover": "https://a.example/b.png", "year": 1999,
    }  # fmt: skip
    stated = await put(client, f"{CONTENT}/song", facts)
    assert shape(stated) == shape(golden("facts_stated"))
    case.archive.run()
    body = await got(client, f"{CONTENT}/song")
    assert shape(body) == shape(golden("facts"))
    assert body["facts"] == {**facts, "hashtags": ["new", "loud"], "year": "1999", "creator": "band"}
    assert (await got(client, "/api/analytics/mashups/song"))["mashup"][
        "createdAt"
    ] == "2020-01-01T00:00:00.000Z"
    top = (await got(client, "/api/dashboard/stats", artist="band", asOf=AS_OF))["topTracks"]
    assert [track["title"] for track in top] == ["A Song", "tune"]


async def test_all_ranges_follow_a_content_to_its_new_creator_and_back(client: Client, case: Case) -> None:
    for creator in ("duo", "band", "duo"):
        await put(client, f"{CONTENT}/song", {"creator": creator})
        case.archive.run()
        moved = creator == "duo"
        for name, all_of_it, of_song in (("24h", 2, 1), ("30d", 2, 1), ("90d", 3, 2), ("all", 3, 2)):
            assert await plays_of(client, "band", name) == all_of_it - (of_song if moved else 0)
            assert await plays_of(client, "duo", name) == (of_song if moved else 0)


async def test_facts_that_are_not_named_stay_and_null_empties_one(client: Client, case: Case) -> None:
    await put(client, f"{CONTENT}/song", {"title": "A Song", "status": "pending"})
    await put(client, f"{CONTENT}/song", {"status": "accepted", "creator": None})
    case.archive.run()
    facts = (await got(client, f"{CONTENT}/song"))["facts"]
    assert facts == {"title": "A Song", "status": "accepted", "type": "track"}
    await put(client, f"{CONTENT}/song", {"title": None})
    case.archive.run()
    assert "title" not in (await got(client, f"{CONTENT}/song"))["facts"]
    assert await plays_of(client, "band", "all") == 1  # nobody's is not the band's, whatever plays say


async def test_many_are_stated_at_once_and_a_bad_one_spoils_none(client: Client, case: Case) -> None:
    body = [
        {"id": "song", "title": "A Song"}, {"id": "tune", "title": 7}, 7,
        {"id": "tune", "duration": -1}, {"id": "tune", "title": "A Tune"},
    ]  # fmt: skip
    answer = await put(client, CONTENT, body)
    assert shape(answer) == shape(golden("facts_listed"))
    assert (answer["accepted"], [(one["index"], one["id"]) for one in answer["rejected"]]) == (
        2,
        [(1, "tune"), (2, None), (3, "tune")],
    )
    assert (await put(client, CREATORS, [{"id": "band", "name": "The Band"}]))["accepted"] == 1
    case.archive.run()
    names = [(await got(client, f"{CONTENT}/{what}"))["facts"]["title"] for what in ("song", "tune")]
    assert names == ["A Song", "A Tune"]
    assert (await got(client, f"{CREATORS}/band"))["facts"] == {"name": "The Band"}


async def test_a_creator_has_a_name_and_free_facts(client: Client, case: Case) -> None:
    await put(client, f"{CREATORS}/band", {"name": "The Band", "city": "Sheffield", "hashtags": "#live"})
    case.archive.run()
    facts = (await got(client, f"{CREATORS}/band"))["facts"]
    assert facts == {"name": "The Band", "city": "Sheffield", "hashtags": ["live"]}
    assert (await got(client, "/api/dashboard/stats", artist="band"))["artistProfile"]["name"] == "The Band"


async def test_any_id_can_be_stated_of(client: Client, case: Case) -> None:
    odd = ["a/b", "ünï 1", "x?y#z", "100%"]
    for what in odd:
        await put(client, f"{CONTENT}/{quote(what, safe='')}", {"title": "Odd"})
    case.archive.run()
    assert [(await got(client, f"{CONTENT}/{quote(what, safe='')}"))["id"] for what in odd] == odd


async def test_only_who_may_write_states_facts(client: Client, case: Case) -> None:
    for headers, status, code in (
        (dict[str, str](), 401, "token-missing"),
        (token("write:self", sub="ann"), 403, "scope-missing"),
        (token("read:admin"), 403, "scope-missing"),
    ):
        for path in (f"{CONTENT}/song", f"{CREATORS}/band", CONTENT, CREATORS):
            body = await put(client, path, {"title": "x"}, status, headers)
            assert body["type"].rpartition(":")[2] == code, (path, headers)


async def test_a_statement_that_cannot_be_taken_states_nothing(client: Client) -> None:
    refused: list[tuple[str, Any]] = [
        (f"{CONTENT}/song", []), (f"{CONTENT}/song", {}), (f"{CONTENT}/song", {"duration": 1e9}),
        (f"{CONTENT}/{'x' * 201}", {"title": "x"}), (CONTENT, {}), (f"{CREATORS}/band", {"name": ""}),
    ]  # fmt: skip
    for path, body in refused:
        problem = await put(client, path, body, 400)
        assert problem["type"].endswith("not-facts"), (path, body)


async def test_what_nobody_stated_is_unknown(client: Client) -> None:
    for subject, path in (("content", CONTENT), ("creator", CREATORS)):
        body = await got(client, f"{path}/none", 404)
        assert body["type"].endswith(f"{subject}-unknown")
