"""POST /api/stats/events: who sends, by user agent, token and address."""

import asyncio
import json
from typing import Any

import jwt
import pytest

from real_servers import TestRedis
from server.door.tokens import mint
from stored_events import stored
from streakline.streams import keys, records
from wire import SECRET, Serve, play, post

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


async def test_the_user_agent_tells_device_browser_and_system(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve(trusted_proxies=("127.0.0.1",), country_header="CF-IPCountry")
    await post(client, [play()], headers={"User-Agent": FIREFOX, "CF-IPCountry": "de"})
    [(_, record, cold)] = stored(redis_server)
    assert (cold.device, cold.browser, cold.os, cold.country) == ("desktop", "Firefox", "Linux", "DE")
    assert not record["flags"] & records.BOT
    with redis_server.client() as redis:
        assert redis.hget(keys.dictionary("country"), "DE") == b"2"
        assert redis.hget(keys.dictionary("source"), "search") == b"2"
    assert record["dims"].tolist() == [2, 0, 2, 2]


async def test_a_robot_is_flagged_with_its_reason_and_kept(serve: Serve, redis_server: TestRedis) -> None:
    answer = await post(await serve(), [play()], headers={"User-Agent": GOOGLEBOT})
    assert answer["accepted"] == 1
    [(_, record, cold)] = stored(redis_server)
    assert record["flags"] & records.BOT
    assert cold.botReason == "search-engine"


async def test_a_program_that_posts_is_no_robot(serve: Serve, redis_server: TestRedis) -> None:
    await post(await serve(), [play()], headers={"User-Agent": "curl/8.5.0"})
    assert not stored(redis_server)[0][1]["flags"] & records.BOT


async def test_an_events_own_user_agent_goes_before_the_requests(
    serve: Serve, redis_server: TestRedis
) -> None:
    events = [play(1, userAgent=GOOGLEBOT), play(2)]
    await post(await serve(), events, headers={"User-Agent": FIREFOX})
    bots = {cold.id: cold.botReason for _, _, cold in stored(redis_server)}
    assert bots == {"event-1": "search-engine", "event-2": ""}


async def test_a_senders_own_flag_and_country_need_an_admin(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve()
    await post(client, [play(1, bot=True, country="FR")])
    admin = {"Authorization": f"Bearer {mint(SECRET, 'admin')}"}
    await post(client, [play(2, bot=True, country="FR")], headers=admin)
    rows = {cold.id: (cold.botReason, cold.country) for _, _, cold in stored(redis_server)}
    assert rows == {"event-1": ("", ""), "event-2": ("sender", "FR")}


async def test_no_address_is_kept(serve: Serve, redis_server: TestRedis) -> None:
    headers = {
        "X-Forwarded-For": "203.0.113.77",
        "X-Real-IP": "203.0.113.77",
        "CF-Connecting-IP": "203.0.113.77",
    }
    client = await serve(rate=100.0, trusted_proxies=("127.0.0.1",))
    await post(client, [play(1), {"id": 1}], headers=headers)
    with redis_server.client() as redis:
        for key in redis.scan_iter():
            assert b"203.0.113.77" not in redis.dump(key)
    assert "203.0.113.77" not in repr(stored(redis_server))


async def test_a_token_that_writes_for_itself_replaces_the_user(
    serve: Serve, redis_server: TestRedis
) -> None:
    headers = {"Authorization": f"Bearer {mint(SECRET, 'write:self', sub='anna')}"}
    await post(await serve(), [play(userId="somebody-else")], headers=headers)
    assert stored(redis_server)[0][2].userId == "anna"


async def test_a_token_that_may_write_names_any_user(serve: Serve, redis_server: TestRedis) -> None:
    headers = {"Authorization": f"Bearer {mint(SECRET, 'write', sub='backend')}"}
    await post(await serve(), [play(userId="berta")], headers=headers)
    assert stored(redis_server)[0][2].userId == "berta"


async def test_who_has_no_token_may_be_refused_a_users_name(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve(anonymous_users=False, write_keys=("public",))
    plays = [play(1, userId="anna"), play(2, anonymousId="visitor"), play(3, userId=None)]
    unusual = [dict(one, tz="Europe/London") for one in plays]
    reader = mint(SECRET, "read:self", sub="anna")
    for headers in ({}, {"X-Write-Key": "public"}, {"Authorization": f"Bearer {reader}"}):
        for events in (plays, unusual):
            answer = await post(client, events, headers=headers)
            assert [(one["index"], one["id"]) for one in answer["rejected"]] == [(0, "event-1")]
            assert "userId needs a token" in answer["rejected"][0]["error"]
            assert answer["accepted"] == 2
    assert {cold.userId for _, _, cold in stored(redis_server)} == {""}


@pytest.mark.parametrize(
    ("token", "stands"),
    [
        (mint(SECRET, "write:self", sub="anna"), "anna"),
        (mint(SECRET, "write"), "berta"),
        (mint(SECRET, "write", sub="backend"), "berta"),
        (mint(SECRET, "admin"), "berta"),
    ],
    ids=["his own", "a server", "a server with a name", "an admin"],
)
async def test_who_has_a_token_names_whom_it_lets_him(
    serve: Serve, redis_server: TestRedis, token: str, stands: str
) -> None:
    client = await serve(anonymous_users=False)
    await post(client, [play(userId="berta")], headers={"Authorization": f"Bearer {token}"})
    assert stored(redis_server)[0][2].userId == stands


@pytest.mark.parametrize(
    "claims",
    [{}, {"sub": ""}, {"sub": None}, {"sub": 7}, {"sub": ["anna"]}, {"sub": "x" * 201}],
    ids=["no sub", "empty", "null", "a number", "a list", "too long"],
)
async def test_a_token_for_oneself_that_names_nobody_writes_for_nobody(
    serve: Serve, redis_server: TestRedis, claims: dict[str, object]
) -> None:
    client = await serve()
    headers = {"Authorization": f"Bearer {jwt.encode({'scope': 'write:self', **claims}, SECRET, 'HS256')}"}
    async with client.post("/api/stats/events", json=[play(userId="anna")], headers=headers) as response:
        assert response.status == 401
    assert stored(redis_server) == []


METRIC = {"type": "metric", "platform": "youtube", "name": "views", "value": 1}
FACTS: list[dict[str, Any]] = [{"type": "content"}, {"type": "creator"}, METRIC]
PERSONAL: list[dict[str, Any]] = [
    {"type": "freeze"}, {"type": "pause", "from": "2026-07-01", "to": "2026-07-02"},
    {"type": "repair", "day": "2026-07-01", "timestamp": "2026-07-02T12:00:00Z"}, {"type": "settings", "zone": "UTC"},
]  # fmt: skip


@pytest.mark.parametrize("fields", [*FACTS, *PERSONAL], ids=lambda fields: fields["type"])
async def test_facts_and_persons_need_a_token_that_may_write(serve: Serve, fields: dict[str, Any]) -> None:
    client = await serve()
    event = play(userId="anna", duration=None, **fields)
    own = await post(
        client, [event], headers={"Authorization": f"Bearer {mint(SECRET, 'write:self', sub='anna')}"}
    )
    assert own["accepted"] == (fields in PERSONAL)
    refused = await post(client, [event])
    assert "needs a token with the scope write" in refused["rejected"][0]["error"]
    taken = await post(client, [event], headers={"Authorization": f"Bearer {mint(SECRET, 'write')}"})
    assert taken["accepted"] == 1


RAW = b"\xff\xfe\x80"


@pytest.mark.parametrize(
    "header",
    ["User-Agent", "CF-IPCountry", "Referer", "Origin", "Authorization: Bearer", "X-Write-Key", "Cookie",
     "Content-Type", "X-Forwarded-For", "Accept-Language"],
)  # fmt: skip
async def test_headers_of_any_bytes_are_no_error_of_ours(serve: Serve, header: str) -> None:
    believed = {"trusted_proxies": ("127.0.0.1",), "country_header": "CF-IPCountry"}
    client = await serve(write_keys=("key",), anonymous_writes=header != "X-Write-Key", **believed)
    reader, writer = await asyncio.open_connection(client.host, client.port)
    name = header.encode() if ":" in header else header.encode() + b":"
    body = json.dumps([play()]).encode()
    head = b"POST /api/stats/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + name + b" " + RAW
    writer.write(head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    status = int((await asyncio.wait_for(reader.readline(), 60)).split()[1])
    writer.close()
    assert status in {202, 400, 401, 403, 415}
