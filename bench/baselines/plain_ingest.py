"""Ingest as one would write it first: aiohttp, the standard json, checks in Python, one XADD an event."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import redis.asyncio as redis
from aiohttp import web

REQUIRED = ("id", "type", "contentId", "timestamp")
TYPES = {"play", "play_start", "heartbeat", "like", "save", "share", "download", "comment"}


def fault_of(event: Any) -> str | None:
    """Return what is wrong with an event, None if nothing."""
    if not isinstance(event, dict):
        return "not an object"
    for name in REQUIRED:
        if name not in event:
            return f"{name} is missing"
    if event["type"] not in TYPES:
        return f"type {event['type']!r} is not known"
    if not isinstance(event["contentId"], str) or len(event["contentId"]) > 200:
        return "contentId is no string of at most 200 characters"
    duration = event.get("duration", 0)
    if not isinstance(duration, int | float) or not 0 <= duration <= 86_400:
        return "duration is not within 0 and 24 hours"
    return None


async def take(request: web.Request) -> web.Response:
    """Check the events of a request and append each to the stream."""
    try:
        events = json.loads(await request.read())
    except ValueError:
        return web.json_response({"error": "no JSON"}, status=400)
    client: Any = request.app["redis"]
    pipe = client.pipeline(transaction=False)
    rejected = []
    now = int(time.time() * 1000)
    for index, event in enumerate(events):
        fault = fault_of(event)
        if fault is not None:
            rejected.append({"index": index, "error": fault})
            continue
        event["receivedAt"] = now
        event["userAgent"] = request.headers.get("User-Agent", "")
        pipe.xadd("plain:events", {"event": json.dumps(event)})
    await pipe.execute()
    return web.json_response({"accepted": len(events) - len(rejected), "rejected": rejected}, status=202)


def main() -> None:
    """Serve on STREAKLINE_PORT with the Redis of REDIS_URL."""
    app = web.Application()
    app["redis"] = redis.Redis.from_url(os.environ["REDIS_URL"])
    app.router.add_post("/api/stats/events", take)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["STREAKLINE_PORT"]), access_log=None, print=None)


if __name__ == "__main__":
    main()
