"""What the live protocol refuses, and who may have what: each refusal by its code, and the connection stays."""

import asyncio

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError
from multidict import CIMultiDict

from live_sockets import LIVE, SECONDS, event_of, events_of, hear, subscribed
from live_states import say, viewers
from real_servers import TestRedis
from server.door.tokens import LEEWAY, mint
from server.live.broadcast import BROADCAST
from streakline.live.messages import ERROR_CODES
from wire import SECRET, Serve, golden, now_ms, shape


@pytest.mark.parametrize(
    ("topic", "code"),
    [
        ("overveiw", "unknown-topic"),
        ("", "unknown-topic"),
        ("content:", "unknown-topic"),
        ("content:" + "a" * 201, "unknown-topic"),
        ("creator:", "unknown-topic"),
        ("creator:" + "a" * 201, "unknown-topic"),
        ("creator:anna", "forbidden"),
        ("user:anna", "forbidden"),
        ("user:", "forbidden"),
        ("alerts", "forbidden"),
    ],
)
async def test_a_topic_that_is_not_served_is_refused_by_code(serve: Serve, topic: str, code: str) -> None:
    ws = await subscribed(await serve(), topic)
    error = await hear(ws)
    assert shape(error) == shape(golden("live_error"))
    assert (error["code"], error["topic"]) == (code, topic[:250])
    assert code in ERROR_CODES


async def test_ones_own_topic_is_not_forbidden(serve: Serve) -> None:
    headers = {"Authorization": f"Bearer {mint(SECRET, 'read:self', sub='anna')}"}
    ws = await subscribed(await serve(), "user:anna", "user:berta", headers=headers)
    first, second = [await hear(ws) for _ in range(2)]
    assert (first["type"], first["topic"], second["code"]) == ("snapshot", "user:anna", "forbidden")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"type":"dance"}',
        "[]",
        '{"type":"ping","x":' + "[" * 3900,
        '{"type":"subscribe","topics":"overview"}',
    ],
)
async def test_a_message_that_is_none_is_refused_and_the_connection_stays(serve: Serve, text: str) -> None:
    ws = await (await serve()).ws_connect(LIVE)
    await ws.send_str(text)
    assert (await hear(ws))["code"] == "bad-message"
    await ws.send_json({"type": "ping"})
    assert (await hear(ws))["type"] == "pong"


async def test_bytes_are_refused(serve: Serve) -> None:
    ws = await (await serve()).ws_connect(LIVE)
    await ws.send_bytes(b"{}")
    assert await hear(ws) == golden("live_error_bad_message")


async def test_a_message_above_four_kilobytes_ends_the_connection(serve: Serve) -> None:
    ws = await (await serve()).ws_connect(LIVE)
    await ws.send_str(" " * 5000)
    message = await ws.receive(timeout=SECONDS)
    assert (message.type, message.data) == (WSMsgType.CLOSE, 1009)


async def test_a_connection_has_at_most_fifty_topics(serve: Serve) -> None:
    ws = await subscribed(await serve(), *(f"content:{number}" for number in range(51)))
    answers = [await hear(ws) for _ in range(51)]
    assert [answer["type"] for answer in answers] == ["snapshot"] * 50 + ["error"]
    assert answers[-1]["code"] == "too-many-topics"


async def test_where_reads_need_a_token_the_socket_does_too(serve: Serve) -> None:
    client = await serve(public_reads=False)
    ws = await subscribed(client, "overview")
    assert (await hear(ws))["code"] == "forbidden"
    await ws.send_json({"type": "auth", "token": "nonsense"})
    assert (await hear(ws))["code"] == "token-invalid"
    await ws.send_json({"type": "auth", "token": mint(SECRET, "read:public")})
    await ws.send_json({"type": "subscribe", "topics": ["overview"]})
    assert (await hear(ws))["type"] == "snapshot"


async def test_a_browser_may_offer_its_token_as_a_subprotocol(serve: Serve) -> None:
    client = await serve(public_reads=False)
    protocols = ("streakline.v1", f"bearer.{mint(SECRET, 'read:public')}")
    ws = await client.ws_connect(LIVE, protocols=protocols)
    assert ws.protocol == "streakline.v1"
    await ws.send_json({"type": "subscribe", "topics": ["overview"]})
    assert (await hear(ws))["type"] == "snapshot"


async def test_a_token_may_stand_in_a_second_line_of_subprotocols(serve: Serve) -> None:
    client = await serve(public_reads=False)
    for offered in (
        ["streakline.v1", f"bearer.{mint(SECRET, 'read:public')}"],
        [f"bearer.{mint(SECRET, 'read:public')}", "streakline.v1"],
    ):
        headers = CIMultiDict([("Sec-WebSocket-Protocol", line) for line in offered])
        ws = await client.ws_connect(LIVE, headers=headers)
        assert ws._response.headers["Sec-WebSocket-Protocol"] == "streakline.v1"
        await ws.send_json({"type": "subscribe", "topics": ["overview"]})
        assert (await hear(ws))["type"] == "snapshot"


@pytest.mark.parametrize("topic", ["overview", "content:a", "creator:anna", "user:anna", "alerts"])
async def test_a_stream_of_events_without_a_token_that_it_needs_is_401_and_with_a_lesser_one_403(
    serve: Serve, topic: str
) -> None:
    client = await serve(public_reads=False)
    for headers, status, code in (
        ({}, 401, "token-missing"),
        ({"Authorization": f"Bearer {mint(SECRET, 'write')}"}, 403, "forbidden"),
        ({"Authorization": "Bearer nonsense"}, 401, "token-invalid"),
    ):
        async with client.get(f"/api/live/events?topics={topic}", headers=headers) as response:
            assert response.status == status
            assert (await response.json())["type"].endswith(f":{code}")
            assert ("WWW-Authenticate" in response.headers) == (status == 401)


async def test_a_stream_of_events_ends_with_the_token_that_allowed_its_last_topic(serve: Serve) -> None:
    client = await serve(public_reads=False)
    headers = {"Authorization": f"Bearer {mint(SECRET, 'read:public', ttl=2 - LEEWAY)}"}
    async with client.get("/api/live/events?topics=overview,top:plays", headers=headers) as response:
        async with asyncio.timeout(SECONDS):
            events = [event async for event in events_of(response.content)]
    assert [event["event"] for event in events] == ["snapshot", "snapshot", "error", "error"]
    assert {event["data"]["code"] for event in events[2:]} == {"token-expired"}


async def test_a_stream_of_events_that_lost_a_topic_goes_on_with_the_others(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve(public_reads=False)
    assert client.app is not None
    headers = {"Authorization": f"Bearer {mint(SECRET, 'read:public')}"}
    async with client.get("/api/live/events?topics=overview,top:plays", headers=headers) as response:
        first, second = await event_of(response.content), await event_of(response.content)
        [one] = client.app[BROADCAST].fan_out.clients
        client.app[BROADCAST].fan_out.unsubscribe(one, "top:plays")
        with redis_server.client() as redis:
            say(redis, "viewers", 0, viewers(5), now_ms())
        third = await event_of(response.content)
    assert ("id" in first, third["data"]["topic"]) == (False, "overview")
    # The id of fewer topics is another: it must not stand for the one that ended.
    assert second["id"].rpartition("/")[2] != third["id"].rpartition("/")[2]


async def test_an_expired_token_ends_what_only_it_allowed(serve: Serve) -> None:
    client = await serve(public_reads=False)
    ws = await client.ws_connect(LIVE)
    await ws.send_json({"type": "auth", "token": mint(SECRET, "read:public", ttl=2 - LEEWAY)})
    await ws.send_json({"type": "subscribe", "topics": ["overview"]})
    assert (await hear(ws))["type"] == "snapshot"
    assert (await hear(ws))["code"] == "token-expired"


async def test_a_token_that_does_not_hold_opens_no_socket(serve: Serve) -> None:
    client = await serve()
    with pytest.raises(WSServerHandshakeError) as refused:
        await client.ws_connect(LIVE, headers={"Authorization": "Bearer nonsense"})
    assert refused.value.status == 401


async def test_a_foreign_origin_opens_no_socket(serve: Serve) -> None:
    client = await serve(origins=())
    with pytest.raises(WSServerHandshakeError) as refused:
        await client.ws_connect(LIVE, origin="https://evil.example")
    assert refused.value.status == 403


@pytest.mark.parametrize(
    "headers",
    [{}, {"Connection": "close"}, {"Upgrade": "h2c", "Connection": "Upgrade"}, {"Upgrade": "websocket"}],
    ids=["none", "closed", "another", "no Connection"],
)
async def test_a_lost_upgrade_is_told_as_a_proxys(serve: Serve, headers: dict[str, str]) -> None:
    client = await serve()
    async with client.get(LIVE, headers=headers) as response:
        problem = await response.json(content_type=None)
        assert (response.status, problem["type"]) == (400, "urn:streakline:problem:no-upgrade")
        assert "a proxy in between drops them: see docs/proxies.md" in problem["detail"]


async def test_a_page_can_ask_why_its_socket_is_refused(serve: Serve) -> None:
    client = await serve(origins=())
    statuses = []
    for origin in ("https://evil.example", str(client.make_url("/")).rstrip("/")):
        async with client.post(LIVE, headers={"Origin": origin}) as response:
            statuses.append(response.status)
    assert statuses == [403, 405]
