"""Push as one would write it first: aiohttp, one task that follows a stream and sends to one socket after the other."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
from collections.abc import AsyncIterator
from typing import Any

import redis.asyncio as redis
import uvloop
from aiohttp import web

SOCKETS: set[web.WebSocketResponse] = set()


async def live(request: web.Request) -> web.WebSocketResponse:
    """Greet a websocket and keep it until it goes."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_str('{"type":"snapshot","seq":"0-0"}')
    SOCKETS.add(socket)
    try:
        async for _ in socket:
            pass
    finally:
        SOCKETS.discard(socket)
    return socket


async def follow() -> None:
    """Send every update of the stream to every socket."""
    client: Any = redis.Redis.from_url(os.environ["REDIS_URL"], protocol=2)
    last = b"$"
    while True:
        for _, entries in await client.xread({"plain:updates": last}, block=1000):
            for last, fields in entries:
                message = {"type": "update", "topic": "top:plays", "epoch": "1" * 12, "seq": last.decode()}
                text = json.dumps({**message, "data": json.loads(fields[b"data"])}, separators=(",", ":"))
                for socket in list(SOCKETS):
                    with contextlib.suppress(ConnectionError):
                        await socket.send_str(text)


async def following(_: web.Application) -> AsyncIterator[None]:
    """Follow for as long as the application runs."""
    task = asyncio.create_task(follow())
    yield
    task.cancel()


def main() -> None:
    """Serve on STREAKLINE_PORT with the Redis of REDIS_URL; on asyncio's own loop with PLAIN_LOOP=asyncio."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    app = web.Application()
    app.router.add_get("/live", live)
    app.cleanup_ctx.append(following)
    loop = asyncio.new_event_loop() if os.environ.get("PLAIN_LOOP") == "asyncio" else uvloop.new_event_loop()
    port = int(os.environ["STREAKLINE_PORT"])
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None, loop=loop)


if __name__ == "__main__":
    main()
