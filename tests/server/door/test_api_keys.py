"""API keys: made, used, listed and revoked; their secrets are nowhere, and a revocation holds everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api_keys import ADMIN, KEYS, bearer, listed, made, refusal, revoked, status
from raw_lines import Line, request, taken_by_aiohttp
from real_servers import TestRedis
from server.door.tokens import mint
from server.resources.revocable.api_keys import FILE
from streakline.door import api_keys
from streakline.streams import keys as names
from wire import EVENTS_URL, SECRET, Client, Serve, eventually, golden, play, shape

LIVE = "/api/live"


async def wrote(client: Client, key: str) -> int:
    async with client.post(EVENTS_URL, json=[play()], headers=bearer(key)) as response:
        return response.status


async def test_a_key_may_what_its_scopes_allow_and_nothing_else(serve: Serve) -> None:
    client = await serve(anonymous_writes=False)
    writer, reader = await made(client, "write"), await made(client, "read:admin")
    assert [await wrote(client, one["key"]) for one in (writer, reader)] == [202, 403]
    assert [await status(client, one["key"]) for one in (writer, reader)] == [403, 200]


async def test_a_key_opens_a_live_topic_by_the_header_the_subprotocol_and_a_message(serve: Serve) -> None:
    client = await serve(public_reads=False)
    key = (await made(client, "read:public"))["key"]
    subscribe = {"type": "subscribe", "topics": ["overview"]}
    ways: list[dict[str, Any]] = [
        {"headers": bearer(key)}, {"protocols": ("streakline.v1", f"bearer.{key}")}, {},
    ]  # fmt: skip
    for way in ways:
        async with client.ws_connect(LIVE, **way) as ws:
            if not way:
                await ws.send_json({"type": "auth", "token": key})
            await ws.send_json(subscribe)
            assert (await ws.receive_json())["type"] == "snapshot"


async def test_a_key_speaks_for_its_person(serve: Serve) -> None:
    client = await serve(anonymous_writes=False)
    assert await wrote(client, (await made(client, "write:self", user="ann"))["key"]) == 202


async def test_keys_are_shown_once_and_listed_without_their_secrets(
    serve: Serve, redis_server: TestRedis, tmp_path: Path
) -> None:
    client = await serve()
    first = await made(client, "write", "read:public", name="the app", creators=["c2", "c1"], lasts=3600)
    second = await made(client, "read:admin")
    assert shape(first) == shape(golden("made_key"))
    assert first["key"].startswith(f"slk_{first['shown']['id']}_")
    expected = {
        "name": "the app",
        "scopes": ["read:public", "write"],
        "creators": ["c1", "c2"],
        "state": "good",
    }
    assert expected.items() <= first["shown"].items()
    async with client.get(KEYS, headers=ADMIN) as response:
        text = await response.text()
    assert shape((await response.json())["keys"][1]) == shape(golden("keys")["keys"][0])
    assert await listed(client) == {one["shown"]["id"]: one["shown"] for one in (second, first)}
    with redis_server.client() as redis:
        stored = b"".join(redis.hvals(names.API_KEYS))
    stored += (tmp_path / FILE).read_bytes()
    for one in (first, second):
        secret = one["key"].rpartition("_")[2]
        assert secret not in text
        assert secret.encode() not in stored
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


async def test_a_revoked_key_is_refused_at_once_here_and_soon_by_every_other_server(
    serve: Serve, tmp_path: Path
) -> None:
    here, there = await serve(), await serve(data=str(tmp_path / "another"))
    one, other = await made(here, "read:admin", name="lost"), await made(here, "read:admin")

    async def known() -> bool:
        return await status(there, one["key"]) == await status(there, other["key"]) == 200

    await eventually(known)
    answer = await revoked(here, one["shown"]["id"])
    assert shape(answer) == shape(golden("revoked_key"))
    assert "was revoked at" in await refusal(here, one["key"])

    async def refused() -> bool:
        return await status(there, one["key"]) == 401

    await eventually(refused, seconds=10)
    assert await status(there, other["key"]) == 200
    assert [key["state"] for key in (await listed(there)).values()].count("revoked") == 1
    assert await revoked(there, one["shown"]["id"]) == answer  # once more changes nothing


async def test_the_lane_takes_a_key_without_asking_again_and_stops_when_it_is_revoked(serve: Serve) -> None:
    client = await serve(anonymous_writes=False)
    key = await made(client, "write")
    line = await Line.to(client)
    sent = request([play(1)], f"Authorization: Bearer {key['key']}")
    before = taken_by_aiohttp(client)
    assert [(await line.ask(sent))[0] for _ in range(4)] == [202] * 4
    assert taken_by_aiohttp(client) == before + 1
    await revoked(client, key["shown"]["id"])
    assert (await line.ask(sent))[0] == 401
    line.close()


async def test_a_key_is_digested_once_however_often_it_is_sent(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await serve()
    key = (await made(client, "read:admin"))["key"]
    digested: list[str] = []

    def digest(text: str) -> str:
        digested.append(text)
        return api_keys.digest_of(text)

    monkeypatch.setattr("server.door.bearers.digest_of", digest)
    assert [await status(client, key) for _ in range(5)] == [200] * 5
    assert digested == [key]


async def test_a_revoked_key_ends_what_it_opened_of_a_live_connection(serve: Serve) -> None:
    client = await serve(public_reads=False)
    key = await made(client, "read:public")
    async with client.ws_connect(LIVE, headers=bearer(key["key"])) as ws:
        await ws.send_json({"type": "subscribe", "topics": ["overview"]})
        assert (await ws.receive_json())["type"] == "snapshot"
        await revoked(client, key["shown"]["id"])
        while (message := await ws.receive_json())["type"] == "update":
            pass
    assert message["code"] == "token-expired"
    assert "was revoked" in message["message"]


async def test_a_key_ends_when_it_was_made_to(serve: Serve) -> None:
    client = await serve()
    key = await made(client, "read:admin", lasts=0.2)

    async def ended() -> bool:
        return await status(client, key["key"]) == 401

    await eventually(ended)
    assert "has expired" in await refusal(client, key["key"])
    assert (await listed(client))[key["shown"]["id"]]["state"] == "expired"


async def test_what_looks_like_a_key_and_is_none_is_refused(serve: Serve) -> None:
    client = await serve()
    key = (await made(client, "read:admin"))["key"]
    for text in (key[:-1], key + "x", "slk_", f"slk_aaaaaaaaaa_{'x' * 43}", key.upper()):
        if text.startswith("slk_"):
            assert "not known here" in await refusal(client, text)
        else:
            assert await status(client, text) == 401


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "scopes"),
        ({"scopes": []}, "scope"),
        ({"scopes": ["everything"]}, "'everything'"),
        ({"scopes": ["write:self"]}, "for one person"),
        ({"scopes": ["write"], "name": "x" * 201}, "name has 201"),
        ({"scopes": ["write"], "creators": ["x" * 201]}, "creators has 201"),
        ({"scopes": ["write"], "creators": ["x"] * 101}, "creators names 101"),
        ({"scopes": ["write"], "lasts": 0}, "lasts is 0"),
        ({"scopes": ["write"], "lasts": 1e300}, "lasts is 1e+300"),
        ({"scopes": ["write"], "last": 3}, "last"),
        ([], "object"),
    ],
)
async def test_a_key_that_cannot_be_made_says_why(serve: Serve, body: object, named: str) -> None:
    client = await serve()
    async with client.post(KEYS, json=body, headers=ADMIN) as response:
        problem = await response.json(content_type=None)
    assert (problem["status"], problem["type"]) == (400, "urn:streakline:problem:key")
    assert named in problem["detail"]
    assert await listed(client) == {}


async def test_keys_are_an_admins(serve: Serve) -> None:
    client = await serve()
    key = (await made(client, "read:admin", "write"))["key"]
    for headers, expected in ((bearer(key), 403), (bearer(mint(SECRET, "read:admin")), 403), ({}, 401)):
        async with client.post(KEYS, json={"scopes": ["admin"]}, headers=headers) as response:
            assert response.status == expected
        async with client.delete(f"{KEYS}/x", headers=headers) as response:
            assert response.status == expected
