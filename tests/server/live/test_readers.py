"""Live clients that read slowly, leave, or read server-sent events: nobody else waits for them."""

import asyncio
import json
import socket

import pytest
from aiohttp import WSMsgType
from yarl import URL

from live_sockets import LIVE, SECONDS, event_of, fill, hear, hear_until, subscribed
from live_states import content, say, viewers
from real_servers import TestRedis
from server.live.broadcast import BROADCAST
from server.live.fan_out import PATIENCE, QUEUED
from streakline.live.messages import LAGGING
from wire import Client, Serve, eventually, golden, now_ms


async def test_a_client_that_does_not_read_holds_up_nobody_and_is_closed(
    serve: Serve, redis_server: TestRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await serve()
    assert client.app is not None
    fan_out = client.app[BROADCAST].fan_out
    stalled = await stalled_socket(client)
    await eventually(lambda: bool(fan_out.topics["top:plays"].clients))
    reader = await subscribed(client, "overview")
    await hear(reader)
    [slow] = fan_out.topics["top:plays"].clients
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
            fan_out.publish(
                "e", f"{now}-{round_}", {"top:plays": {"items": ["x" * 5000, round_]}}, now / 1000
            )
            if slow.behind:
                break
    assert slow.behind == {"top:plays"}
    assert slow.queued() < QUEUED + 10_000
    with redis_server.client() as redis:
        say(redis, "viewers", 1, viewers(77), now_ms())
    await hear_until(reader, "activeUsers", 77)
    fan_out.sweep(now_ms() / 1000 + PATIENCE + 1)
    await eventually(lambda: slow not in fan_out.clients)
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
    fan_out = client.app[BROADCAST].fan_out
    stalled = await by_hand(client, "/api/live/events?topics=top:plays")
    await eventually(lambda: fan_out.topics["top:plays"].heard)
    [slow] = fan_out.clients
    for number in range(1000):
        fan_out.publish(
            fan_out.epoch, f"{now_ms()}-{number}", {"top:plays": {"items": ["x" * 5000, number]}}, 100.0
        )
        if slow.behind:  # asked before anybody else has a turn: the server's own sweep has another clock
            break
        await asyncio.sleep(0)
    assert slow.behind == {"top:plays"}
    assert slow.queued() < QUEUED + 10_000
    fan_out.sweep(100.0 + PATIENCE + 1)
    assert slow not in fan_out.clients
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
    fan_out = client.app[BROADCAST].fan_out
    async with client.get("/api/live/events") as response:
        await event_of(response.content)
        assert len(fan_out.clients) == 1
        response.close()
    await eventually(lambda: not fan_out.clients)


async def test_the_same_stream_comes_as_server_sent_events(serve: Serve, redis_server: TestRedis) -> None:
    fill(redis_server)
    client = await serve()
    async with client.get("/api/live/events", params={"topics": "overview,top:plays"}) as response:
        assert response.content_type == "text/event-stream"
        first, second = await event_of(response.content), await event_of(response.content)
        assert first["event"] == "snapshot"
        assert "id" not in first  # a browser that breaks off here must be told both again
        assert second["id"].startswith(f"{second['data']['epoch']}/{second['data']['seq']}/")
        assert (first["data"]["topic"], second["data"]["topic"]) == ("overview", "top:plays")
        with redis_server.client() as redis:
            say(redis, "viewers", 0, viewers(5), now_ms())
        third = await event_of(response.content)
        assert (third["event"], third["data"]["data"]["activeUsers"]) == ("update", 17)
    again = {"Last-Event-ID": second["id"]}
    async with client.get("/api/live/events?topics=top:plays,overview", headers=again) as response:
        said = [(await event_of(response.content))["data"] for _ in range(3)]
        assert golden("live_resumed") in said[:2]
        assert [message["type"] for message in said] == ["resumed", "resumed", "update"]
    async with client.get("/api/live/events", headers=again) as response:  # the cursor of other topics
        assert (await event_of(response.content))["data"]["recovered"] is False
        assert (await event_of(response.content))["event"] == "snapshot"


async def test_contents_with_commas_and_repeated_parameters_are_followed(serve: Serve) -> None:
    client = await serve()
    # Encoded already, as it goes over the wire.
    url = URL(
        "/api/live/events?topics=overview&topics=content:a%2Cb,content:c&topics=content%3A%26d", encoded=True
    )
    async with client.get(url) as response:
        assert response.status == 200
        topics = [(await event_of(response.content))["data"]["topic"] for _ in range(4)]
    assert topics == ["overview", "content:a,b", "content:c", "content:&d"]


async def test_a_lagging_client_reads_the_documented_code(serve: Serve) -> None:
    client = await serve()
    ws = await subscribed(client, "overview")
    await hear(ws)
    assert client.app is not None
    for one in list(client.app[BROADCAST].fan_out.clients):
        one.close(LAGGING, "read too slowly for 15 s")
    message = await ws.receive(timeout=SECONDS)
    assert (message.type, message.data) == (WSMsgType.CLOSE, 4408)
