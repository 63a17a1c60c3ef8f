"""What a client of `/api/live` says and hears, and the states that the flows would write for it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType

from live_states import base, content, say, viewers
from real_servers import TestRedis
from wire import Client, now_ms

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


async def event_of(stream: asyncio.StreamReader | Any) -> dict[str, Any]:
    """Return the next server-sent event."""
    event: dict[str, Any] = {}
    async with asyncio.timeout(SECONDS):
        while line := (await stream.readline()).decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            event[name] = json.loads(value) if name == "data" else value
    return event


async def events_of(stream: Any) -> AsyncIterator[dict[str, Any]]:
    """Yield the server-sent events until the stream ends."""
    while not stream.at_eof():
        event = await event_of(stream)
        if "data" in event:
            yield event


def fill(redis_server: TestRedis, plays: int = 3, active: int = 4) -> str:
    """Write the states of all parts; return the id of the last update."""
    last, now = "", now_ms()
    with redis_server.client() as redis:
        for shard in range(4):
            say(redis, "base", shard, base(100), now)
            say(redis, "viewers", shard, viewers(active), now)
            last = say(redis, "content", shard, content(now, plays), now)
    return last
