"""Live connections as odd clients make them: frames by hand, subscriptions that cross, ids that nobody gave."""

import asyncio
import json
import struct

import pytest

from live_sockets import event_of, fill, hear, subscribed
from real_servers import TestRedis
from wire import Client, Serve

HELLO = (
    b"GET /api/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
TEXT, CONTINUED, PING, PONG, CLOSE, LAST = 0x1, 0x0, 0x9, 0xA, 0x8, 0x80
SUBSCRIBE = json.dumps({"type": "subscribe", "topics": ["overview"]}).encode()


def frame(first: int, payload: bytes, *, masked: bool = True) -> bytes:
    size = len(payload)
    mask = bytes(4) if masked else b""  # a mask of zeros leaves the payload as it is
    if size < 126:
        return bytes((first, (0x80 if masked else 0) | size)) + mask + payload
    return bytes((first, (0x80 if masked else 0) | 126)) + struct.pack("!H", size) + mask + payload


async def answers(client: Client, *sent: bytes) -> list[tuple[int, bytes]]:
    """Send frames; return (opcode, payload) of what comes until a close frame or the end."""
    reader, writer = await asyncio.open_connection(client.host, client.port)
    heard = []
    try:
        writer.write(HELLO)
        async with asyncio.timeout(20):
            assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
            for piece in sent:
                writer.write(piece)
            while True:
                try:
                    first, size = await reader.readexactly(2)
                    if size == 126:
                        [size] = struct.unpack("!H", await reader.readexactly(2))
                    payload = await reader.readexactly(size)
                except asyncio.IncompleteReadError:
                    return heard
                heard.append((first & 0x0F, payload))
                if first & 0x0F == CLOSE:
                    return heard
    finally:
        writer.close()


BYE = frame(LAST | CLOSE, struct.pack("!H", 1000))


async def test_a_message_may_come_in_fragments_with_a_ping_between_them(serve: Serve) -> None:
    half = len(SUBSCRIBE) // 2
    sent = (
        frame(TEXT, SUBSCRIBE[:half]),
        frame(LAST | PING, b"there?"),
        frame(CONTINUED, b""),
        frame(LAST | CONTINUED, SUBSCRIBE[half:]),
        frame(LAST | PONG, b"nobody asked"),
        BYE,
    )
    heard = await answers(await serve(), *sent)
    assert [opcode for opcode, _ in heard] == [PONG, TEXT, CLOSE]
    assert heard[0][1] == b"there?"
    assert json.loads(heard[1][1])["type"] == "snapshot"
    assert heard[2][1][:2] == struct.pack("!H", 1000)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(LAST | CONTINUED, b"{}"), 1002),
        (frame(TEXT, b"{") + frame(LAST | TEXT, b"}"), 1002),
        (frame(LAST | 0x3, b""), 1002),
        (frame(LAST | 0x40 | TEXT, b"{}"), 1002),
        (frame(LAST | PING, b"x" * 126), 1002),
        (frame(PING, b""), 1002),
        (frame(LAST | TEXT, b"\xff\xfe"), 1007),
        (frame(LAST | TEXT, b" " * 5_000), 1009),
        (frame(LAST | CLOSE, b"\x03"), 1002),
    ],
)
async def test_frames_that_the_protocol_forbids_end_the_connection_by_its_codes(
    serve: Serve, sent: bytes, code: int
) -> None:
    client = await serve()
    heard = await answers(client, sent)
    assert [(opcode, struct.unpack("!H", payload[:2])[0]) for opcode, payload in heard] == [(CLOSE, code)]
    ws = await subscribed(client, "overview")
    assert (await hear(ws))["type"] == "snapshot"


async def test_subscriptions_that_cross_end_as_they_were_asked_for_last(serve: Serve) -> None:
    client = await serve()
    ws = await client.ws_connect("/api/live")
    for _ in range(40):
        await ws.send_json({"type": "subscribe", "topics": ["overview", "top:plays", "overview"]})
        await ws.send_json({"type": "unsubscribe", "topics": ["overview", "nothing", "top:plays"]})
    await ws.send_json({"type": "subscribe", "topics": ["top:plays"]})
    await ws.send_json({"type": "ping"})
    said = []
    while (message := await hear(ws))["type"] != "pong":
        said.append(message)
    assert len(said) == 40 * 3 + 1
    assert {message["type"] for message in said} == {"snapshot"}
    assert said[-1]["topic"] == "top:plays"


@pytest.mark.parametrize(
    "last_id",
    [
        "x",
        "/",
        "//",
        "///",
        "a/b",
        "e/1-0",
        "e/1-0/t",
        "e/" + "9" * 5_000,
        "e/-1--1/t",
        "\xff/\xff/\xff",
        "0",
        "e/1-0/\t",
    ],
)
async def test_an_id_that_nobody_gave_gets_everything_whole(
    serve: Serve, redis_server: TestRedis, last_id: str
) -> None:
    fill(redis_server)
    client = await serve()
    headers = {"Last-Event-ID": last_id}
    async with client.get("/api/live/events?topics=overview,top:plays", headers=headers) as response:
        assert response.status == 200
        snapshots: set[str] = set()
        while len(snapshots) < 2:
            message = (await event_of(response.content))["data"]
            assert message["type"] == "snapshot" or message["recovered"] is False
            snapshots |= {message["topic"]} if message["type"] == "snapshot" else set()
