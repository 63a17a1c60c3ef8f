"""The live protocol over real sockets, fed by what the flows would write."""

import asyncio
import json
import socket
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from live_states import base, content, say, viewers
from real_servers import TestRedis
from server.broadcast import BROADCAST
from server.hub import PATIENCE, QUEUED
from server.tokens import mint
from streakline import keys
from streakline.live import DEFINITIONS
from streakline.messages import ERROR_CODES, LAGGING
from wire import SECRET, Client, Serve, eventually, golden, now_ms, shape

LIVE = "/api/live"
SECONDS = 60.0


async def hear(ws: ClientWebSocketResponse) -> dict[str, Any]:
    message = await ws.receive(timeout=SECONDS)
    assert message.type is WSMsgType.TEXT, message
    answer: dict[str, Any] = json.loads(message.data)
    return answer


async def hear_until(ws: ClientWebSocketResponse, member: str, value: Any) -> dict[str, Any]:
    """Return the first message whose data has a member of a value."""
    while True:
        message = await hear(ws)
        if message.get("data", {}).get(member) == value:
            return message


async def subscribed(client: Client, *topics: str, **options: Any) -> ClientWebSocketResponse:
    ws: ClientWebSocketResponse = await client.ws_connect(LIVE, protocols=("streakline.v1",), **options)
    await ws.send_json({"type": "subscribe", "topics": list(topics)})
    return ws


def fill(redis_server: TestRedis, plays: int = 3, active: int = 4) -> str:
    """Write the states of all parts; return the id of the last update."""
    last, now = "", now_ms()
    with redis_server.client() as redis:
        for shard in range(4):
            say(redis, "base", shard, base(100), now)
            say(redis, "viewers", shard, viewers(active), now)
            last = say(redis, "content", shard, content(now, plays), now)
    return last


async def test_the_snapshot_is_what_stands_in_redis_when_the_server_starts(
    serve: Serve, redis_server: TestRedis
) -> None:
    last = fill(redis_server)
    ws = await subscribed(await serve(), "overview", "top:plays")
    overview, top = await hear(ws), await hear(ws)
    assert ws.protocol == "streakline.v1"
    assert shape(overview) == shape(golden("live_snapshot_overview")) | {"data": shape(overview["data"])}
    assert set(overview["data"]) == set(golden("live_snapshot_overview")["data"])
    assert overview["seq"] == last
    assert overview["data"]["activeUsers"] == 16
    assert overview["data"]["lastHour"]["plays"] == 12
    assert overview["data"]["totals"]["plays"] == 412
    assert shape(top) == shape(golden("live_snapshot_top_plays"))


async def test_an_update_brings_changed_members_only(serve: Serve, redis_server: TestRedis) -> None:
    fill(redis_server)
    ws = await subscribed(await serve(), "overview")
    first = await hear(ws)
    with redis_server.client() as redis:
        last = say(redis, "viewers", 0, viewers(5), now_ms())
    update = await hear(ws)
    assert (update["type"], update["topic"], update["epoch"]) == ("update", "overview", first["epoch"])
    assert update["seq"] == last
    assert update["data"]["activeUsers"] == 17
    assert "totals" not in update["data"]


async def test_many_changes_become_few_updates(serve: Serve, redis_server: TestRedis) -> None:
    fill(redis_server)
    ws = await subscribed(await serve(), "overview")
    await hear(ws)
    with redis_server.client() as redis:
        for active in range(200):
            say(redis, "viewers", 0, viewers(active), now_ms())
    updates = 0
    while True:
        updates += 1
        if (await hear(ws))["data"].get("activeUsers") == 12 + 199:
            break
    assert updates < 20


async def test_who_comes_back_goes_on_where_he_stopped(serve: Serve, redis_server: TestRedis) -> None:
    fill(redis_server)
    client = await serve()
    ws = await subscribed(client, "overview")
    first = await hear(ws)
    await ws.close()
    with redis_server.client() as redis:
        say(redis, "viewers", 0, viewers(50), now_ms())
    watch = await subscribed(client, "overview")
    await hear_until(watch, "activeUsers", 62)

    ws = await client.ws_connect(LIVE)
    since = {"overview": {"epoch": first["epoch"], "seq": first["seq"]}}
    await ws.send_json({"type": "subscribe", "topics": ["overview"], "since": since})
    assert await hear(ws) == golden("live_resumed")
    update = await hear(ws)
    assert (update["type"], update["data"]["activeUsers"]) == ("update", 62)


async def test_who_comes_back_too_late_is_told_and_gets_the_whole(
    serve: Serve, redis_server: TestRedis
) -> None:
    fill(redis_server)
    ws = await (await serve()).ws_connect(LIVE)
    since = {"overview": {"epoch": "long ago", "seq": "1-0"}}
    await ws.send_json({"type": "subscribe", "topics": ["overview"], "since": since})
    assert await hear(ws) == golden("live_resumed") | {"recovered": False}
    assert (await hear(ws))["type"] == "snapshot"


async def test_another_server_resumes_what_this_one_began(serve: Serve, redis_server: TestRedis) -> None:
    fill(redis_server)
    one, other = await serve(), await serve()
    first = await hear(await subscribed(one, "overview"))
    ws = await other.ws_connect(LIVE)
    since = {"overview": {"epoch": first["epoch"], "seq": first["seq"]}}
    await ws.send_json({"type": "subscribe", "topics": ["overview"], "since": since})
    assert await hear(ws) == golden("live_resumed")


async def test_a_redis_that_lost_its_stream_begins_a_new_epoch(serve: Serve, redis_server: TestRedis) -> None:
    fill(redis_server)
    ws = await subscribed(await serve(), "overview")
    first = await hear(ws)
    redis_server.empty()
    redis_server.restart()
    fresh = await hear_until(ws, "activeUsers", 0)
    assert fresh["type"] == "snapshot"
    assert fresh["epoch"] != first["epoch"]


async def test_a_watched_content_is_named_to_the_flow_and_updated(
    serve: Serve, redis_server: TestRedis
) -> None:
    fill(redis_server)
    ws = await subscribed(await serve(), "content:track-1")
    snapshot = await hear(ws)
    assert shape(snapshot) == shape(golden("live_snapshot_content"))
    with redis_server.client() as redis:
        await eventually(lambda: redis.hexists(keys.SUBSCRIBED, "track-1"))
        assert int(redis.hget(keys.SUBSCRIBED, "track-1") or 0) > now_ms()
        now = now_ms()
        say(redis, "content", 2, content(now, 3, content={"track-1": {"minutes": {}, "listeners": 9}}), now)
    assert (await hear_until(ws, "listeners", 9))["topic"] == "content:track-1"


async def test_a_ping_is_answered(serve: Serve) -> None:
    ws = await (await serve()).ws_connect(LIVE)
    await ws.send_str(json.dumps(golden("client_ping")))
    assert await hear(ws) == golden("live_pong")


async def test_who_unsubscribes_gets_no_more(serve: Serve, redis_server: TestRedis) -> None:
    ws = await subscribed(await serve(), "overview")
    await hear(ws)
    await ws.send_json({"type": "unsubscribe", "topics": ["overview"]})
    await ws.send_json({"type": "ping"})
    assert (await hear(ws))["type"] == "pong"
    fill(redis_server)
    await ws.send_json({"type": "subscribe", "topics": ["top:plays"]})
    assert (await hear(ws))["topic"] == "top:plays"


@pytest.mark.parametrize(
    ("topic", "code"),
    [
        ("overveiw", "unknown-topic"),
        ("", "unknown-topic"),
        ("content:", "unknown-topic"),
        ("content:" + "a" * 201, "unknown-topic"),
        ("creator:anna", "unknown-topic"),
        ("user:anna", "forbidden"),
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
    assert [(await hear(ws))["code"] for _ in range(2)] == ["unknown-topic", "forbidden"]


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


async def test_an_expired_token_ends_what_only_it_allowed(serve: Serve) -> None:
    client = await serve(public_reads=False)
    ws = await client.ws_connect(LIVE)
    await ws.send_json({"type": "auth", "token": mint(SECRET, "read:public", ttl=2)})
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


async def test_a_client_that_does_not_read_holds_up_nobody_and_is_closed(
    serve: Serve, redis_server: TestRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await serve()
    assert client.app is not None
    hub = client.app[BROADCAST].hub
    stalled = await stalled_socket(client)
    await eventually(lambda: bool(hub.topics["top:plays"].clients))
    reader = await subscribed(client, "overview")
    await hear(reader)
    [slow] = hub.topics["top:plays"].clients
    titles = {f"track-{number}": "x" * 500 for number in range(50)}
    with redis_server.client() as redis:
        for round_ in range(1, 1000):
            now = now_ms()
            top = [(name, 100 + round_) for name in titles]
            state = content(now, round_)
            state.top, state.titles = top, titles
            say(redis, "content", 0, state, now)
            client.app[BROADCAST].feed.moved.set()
            await asyncio.sleep(0)
            hub.publish("e", f"{now}-{round_}", {"top:plays": {"items": ["x" * 5000, round_]}}, now / 1000)
            if slow.behind:
                break
    assert slow.behind == {"top:plays"}
    assert slow.queued() < QUEUED + 10_000
    with redis_server.client() as redis:
        say(redis, "viewers", 1, viewers(77), now_ms())
    await hear_until(reader, "activeUsers", 77)
    hub.sweep(now_ms() / 1000 + PATIENCE + 1)
    await eventually(lambda: slow not in hub.clients)
    stalled.close()


async def stalled_socket(client: Client) -> socket.socket:
    """Open a websocket by hand that subscribes and then never reads."""
    payload = json.dumps({"type": "subscribe", "topics": ["top:plays"]}).encode()
    upgrade = (
        "Upgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    )
    return await by_hand(client, LIVE, upgrade, bytes([0x81, 0x80 | len(payload), 0, 0, 0, 0]) + payload)


async def by_hand(client: Client, path: str, headers: str = "", more: bytes = b"") -> socket.socket:
    """Send a request over a socket with little room for an answer, and read nothing."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, (client.host, client.port))
    request = f"GET {path} HTTP/1.1\r\nHost: {client.host}:{client.port}\r\n{headers}\r\n"
    await loop.sock_sendall(raw, request.encode() + more)
    return raw


async def test_a_stream_of_events_that_is_not_read_is_skipped_and_ended(serve: Serve) -> None:
    client = await serve()
    assert client.app is not None
    hub = client.app[BROADCAST].hub
    stalled = await by_hand(client, "/api/live/events?topics=top:plays")
    await eventually(lambda: bool(hub.topics["top:plays"].clients))
    [slow] = hub.topics["top:plays"].clients
    for number in range(1000):
        hub.publish(hub.epoch, f"{now_ms()}-{number}", {"top:plays": {"items": ["x" * 5000, number]}}, 100.0)
        if slow.behind:  # asked before anybody else has a turn: the server's own sweep has another clock
            break
        await asyncio.sleep(0)
    assert slow.behind == {"top:plays"}
    assert slow.queued() < QUEUED + 10_000
    hub.sweep(100.0 + PATIENCE + 1)
    assert slow not in hub.clients
    with pytest.raises(ConnectionResetError):  # what was queued is gone with the connection
        await read_to_the_end(stalled)
    stalled.close()


async def read_to_the_end(raw: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    while await asyncio.wait_for(loop.sock_recv(raw, 1 << 16), SECONDS):
        pass


async def test_a_stream_of_events_whose_reader_left_is_forgotten(serve: Serve) -> None:
    client = await serve()
    assert client.app is not None
    hub = client.app[BROADCAST].hub
    async with client.get("/api/live/events") as response:
        await event_of(response.content)
        assert len(hub.clients) == 1
        response.close()
    await eventually(lambda: not hub.clients)


async def test_the_same_stream_comes_as_server_sent_events(serve: Serve, redis_server: TestRedis) -> None:
    fill(redis_server)
    client = await serve()
    async with client.get("/api/live/events", params={"topics": "overview,top:plays"}) as response:
        assert response.content_type == "text/event-stream"
        first, second = await event_of(response.content), await event_of(response.content)
        assert first["event"] == "snapshot"
        assert first["id"] == f"{first['data']['epoch']}/{first['data']['seq']}"
        assert (first["data"]["topic"], second["data"]["topic"]) == ("overview", "top:plays")
        with redis_server.client() as redis:
            say(redis, "viewers", 0, viewers(5), now_ms())
        third = await event_of(response.content)
        assert (third["event"], third["data"]["data"]["activeUsers"]) == ("update", 17)
    async with client.get("/api/live/events", headers={"Last-Event-ID": first["id"]}) as response:
        assert (await event_of(response.content))["data"] == golden("live_resumed")
        assert (await event_of(response.content))["event"] == "update"


async def event_of(stream: asyncio.StreamReader | Any) -> dict[str, Any]:
    """Return the next server-sent event."""
    event: dict[str, Any] = {}
    async with asyncio.timeout(SECONDS):
        while line := (await stream.readline()).decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            event[name] = json.loads(value) if name == "data" else value
    return event


async def test_a_server_that_stops_says_so(serve: Serve) -> None:
    client = await serve()
    ws = await subscribed(client, "overview")
    await hear(ws)
    assert client.app is not None
    client.app[BROADCAST].end()
    message = await ws.receive(timeout=SECONDS)
    assert (message.type, message.data) == (WSMsgType.CLOSE, 1001)


async def test_a_lagging_client_reads_the_documented_code(serve: Serve) -> None:
    client = await serve()
    ws = await subscribed(client, "overview")
    await hear(ws)
    assert client.app is not None
    for one in list(client.app[BROADCAST].hub.clients):
        one.close(LAGGING, "read too slowly for 15 s")
    message = await ws.receive(timeout=SECONDS)
    assert (message.type, message.data) == (WSMsgType.CLOSE, 4408)


async def test_every_number_has_its_definition(serve: Serve) -> None:
    async with (await serve()).get("/api/live/definitions") as response:
        assert response.status == 200
        assert await response.json() == {"definitions": DEFINITIONS}
    told = set(golden("live_snapshot_overview")["data"]) - {"since", "generated"}
    assert told <= set(DEFINITIONS)
