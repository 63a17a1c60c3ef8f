"""What the tests of the server send and expect."""

from __future__ import annotations

import asyncio
import inspect
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient

Client = TestClient[Any, Any]
Serve = Callable[..., Awaitable[Client]]
"""Starts a server with some settings changed and gives a client to it."""
SECRET = "a secret that is long enough for HS256"
EVENTS_URL = "/api/stats/events"
GOLDEN = Path(__file__).parents[1] / "golden" / "wire"


def now_ms() -> int:
    """Return the time in ms."""
    return time.time_ns() // 1_000_000


def play(number: int = 0, **changed: Any) -> dict[str, Any]:
    """Return a play report that counts, begun a minute ago."""
    event = {
        "id": f"event-{number}",
        "type": "play",
        "contentId": f"track-{number}",
        "contentType": "track",
        "sessionId": "session-1",
        "timestamp": now_ms() - 60_000,
        "duration": 45,
        "source": "search",
    }
    return {name: value for name, value in (event | changed).items() if value is not None}


async def post(client: Client, body: Any, status: int = 202, **options: Any) -> dict[str, Any]:
    """Post events, or a body as it is, and return the answer, which must have a status."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with client.post(EVENTS_URL, data=data, **options) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, answer
        return answer


def golden(name: str) -> Any:
    """Return a golden message."""
    return json.loads((GOLDEN / f"{name}.json").read_text())


def shape(value: Any) -> Any:
    """Return a value with scalars replaced by the names of their types, lists by the shape of their first."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return (
        "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
    )


async def eventually(condition: Callable[[], Awaitable[bool] | bool], seconds: float = 60.0) -> None:
    """Return once a condition holds; fail if it does not within some seconds, plenty for a busy machine."""
    async with asyncio.timeout(seconds):
        while True:
            answer = condition()
            if await answer if inspect.isawaitable(answer) else answer:
                return
            await asyncio.sleep(0.02)
