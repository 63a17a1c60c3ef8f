"""Hostile texts in every parameter, path and text of a body: answered as the document says, and nothing runs.

`make api` sends all sixty, the tests a few of them.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from hostile import HOSTILE
from real_servers import TestClickHouse, TestRedis
from server.door.tokens import mint
from server.openapi.described import DESCRIBED
from server.openapi.document import document
from server_process import ServerProcess, serving
from shared_app import share_an_app
from wire import SECRET, now_ms

pytestmark = pytest.mark.slow
Ask = tuple[str, str, dict[str, str], Any]
LIVE = {"GET /api/live", "GET /api/live/events"}
TEXTS = HOSTILE if "STREAKLINE_API_CASES" in os.environ else HOSTILE[::12]
RAN = Path("/tmp/ran")
READABLE = {"application/json", "application/problem+json"}
"""What every answer may be, besides what its operation says."""


@pytest.fixture
def nothing_ran() -> Iterator[None]:
    RAN.unlink(missing_ok=True)
    yield
    assert not RAN.exists()


@pytest.fixture
def history(redis_server: TestRedis, clickhouse_server: TestClickHouse) -> TestClickHouse:
    share_an_app(clickhouse_server)
    return clickhouse_server


def bodies(text: str) -> dict[str, list[Any]]:
    """Return operation -> bodies whose texts are hostile."""
    event = {"id": "e", "type": "share", "contentId": "chess", "sessionId": "s", "timestamp": now_ms()}
    names = (
        "id",
        "type",
        "contentId",
        "contentType",
        "userId",
        "tz",
        "source",
        "platform",
        "title",
        "timestamp",
    )
    query = {"metrics": ["plays"], "dimensions": ["content"]}
    facts = {"title": text, text[:40] or "x": text}
    return {
        "POST /api/stats/events": [[event | {name: text}] for name in names],
        "POST /api/shares": [{"appId": text, "platform": text[:50], "sessionId": text[:100]}],
        "POST /api/v1/webhooks": [{"url": f"https://example.org/{text}", "events": [text], "description": text}],
        "POST /api/v1/keys": [{"scopes": [text]}, {"scopes": ["write"], "name": text, "creators": [text]}],
        "POST /api/v1/query": [
            {"metrics": [text]}, query | {"tz": text}, query | {"timeRange": text}, query | {"cursor": text},
            query | {"filters": [{"dimension": "content", "operator": "in", "values": [text]}]},
            query | {"orderBy": [{"by": text}]}, query | {"compare": text},
        ],
        "PUT /api/v1/content/{id}": [facts], "PUT /api/v1/creators/{id}": [{"name": text}],
        "PUT /api/v1/content": [[{"id": text, "title": text}]], "PUT /api/v1/creators": [[{"id": text, "name": text}]],
    }  # fmt: skip


def asks(text: str) -> Iterator[Ask]:
    """Yield (operation, path, parameters, body)."""
    sent = bodies(text)
    for route, described in DESCRIBED.items():
        if route in LIVE:
            continue
        path = route.partition(" ")[2]
        for body in sent.get(route, [None]):
            if body is not None or "{" in path:
                yield route, re.sub("{(id|token|link)}", quote(text, safe=""), path), {}, body
        for name in described.parameters:
            body = {"metrics": ["plays"]} if "query" in path else sent.get(route, [None])[0]
            # No flow runs here: whoever waits for what is owed would wait half a minute.
            briefly = {"wait": "0"} if path.endswith("/calculate") else {}
            yield route, path.replace("{id}", "chess"), briefly | {name: text}, body


async def test_hostile_texts_are_answered_and_do_nothing(
    history: TestClickHouse, redis_server: TestRedis, tmp_path: Path, nothing_ran: None
) -> None:
    documented = document()["paths"]
    undocumented: list[tuple[object, ...]] = []
    count = 0

    async def ask(server: ServerProcess, session: aiohttp.ClientSession, one: Ask) -> None:
        route, path, parameters, body = one
        method, _, template = route.partition(" ")
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
        url = aiohttp.client.URL(f"{server.url}{path}?{query}", encoded=True)
        async with session.request(method, url, json=body) as response:
            known = documented[template][method.lower()]["responses"]
            fine = str(response.status) in known and (
                response.status < 500 or "Retry-After" in response.headers
            )
            kind = response.content_type
            await response.read()
        if not fine or kind not in READABLE | {*DESCRIBED[route].media}:
            undocumented.append((response.status, kind, *one))

    address = {"CLICKHOUSE_HISTORY_URL": history.history_url}
    headers = {"Authorization": f"Bearer {mint(SECRET, 'admin')}"}
    async with (
        serving(redis_server, tmp_path, **address) as server,
        aiohttp.ClientSession(headers=headers) as session,
    ):
        for text in TEXTS:
            some = list(asks(text))
            for first in range(0, len(some), 6):
                await asyncio.gather(*(ask(server, session, one) for one in some[first : first + 6]))
            count += len(some)
        async with session.get(f"{server.url}/api/apps/chess/share-count") as response:
            assert (await response.json())["totalShares"] == 2
    assert undocumented == []
    assert len(HOSTILE) >= 60
    assert count > 60 * len(TEXTS)
    with history.client() as client:
        assert client.command("select count() from rollup") == 1
