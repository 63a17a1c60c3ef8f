"""Every path, asked by every kind of bearer: it answers as `operations.py` allows and docs/access.md shows."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import WSServerHandshakeError

from access_table import COLUMNS, written
from api_keys import made, revoked
from golden import Golden
from real_servers import TestClickHouse
from route_table import ROWS, Row
from server.door.tokens import LEEWAY, mint
from server.openapi.operations import OPERATIONS, TOPICS, Operation, canonical
from server.routes import routes_of
from shared_app import share_an_app
from streakline.settings import Settings
from wire import SECRET, Client, Serve, eventually, play

PAGE = Path(__file__).parents[2] / "docs" / "access.md"
STRICT: dict[str, Any] = {"public_reads": False, "anonymous_writes": False}
UPGRADED = 101


def test_every_route_says_who_may_ask_it() -> None:
    assert list(OPERATIONS) == [canonical(route) for route in routes_of(Settings().roles)]


async def bearers(client: Client) -> dict[str, list[str]]:
    """Return column -> keys and tokens of that kind."""
    gone = await made(client, "admin")
    await revoked(client, gone["shown"]["id"])
    short = await made(client, "admin", lasts=0.001)
    unknown = f"slk_aaaaaaaaaa_{'x' * 43}"
    broken = [mint(SECRET, "admin", ttl=-LEEWAY - 1), mint("another secret, long enough for HS256", "admin")]
    kinds = {COLUMNS[0]: [""], COLUMNS[1]: [gone["key"], short["key"], unknown, *broken]}
    for column, scope, creators in (
        ("another's `write:self`", "write:self", []),
        ("`write:self`", "write:self", []), ("`write`", "write", []), ("`read:public`", "read:public", []),
        ("another's `read:self`", "read:self", ["somebody else"]), ("`read:self`", "read:self", ["band"]),
        ("`read:admin`", "read:admin", []), ("`admin`", "admin", []),
    ):  # fmt: skip
        # The creator and the person that rows ask for, and the person that they write for.
        user = "band" if creators == ["band"] else "bea" if column == "another's `write:self`" else "ann"
        key = await made(client, scope, user=user, creators=creators)
        kinds[column] = [key["key"], mint(SECRET, scope, sub=user, creators=creators)]
    return kinds


async def status(client: Client, row: Row, bearer: str) -> int:
    """Return the status of an answer; a server that is busy says so and is asked again."""
    for _ in range(20):
        found = await asked(client, row, bearer)
        if found != 503:
            break
        await asyncio.sleep(1)
    return found


async def asked(client: Client, row: Row, bearer: str) -> int:
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    if row.status == UPGRADED:
        try:
            async with client.ws_connect(row.ask, headers=headers):
                return UPGRADED
        except WSServerHandshakeError as refused:
            return refused.status
    body = row.body or [play()]
    sent = {"json": body} if row.method in {"POST", "PUT"} else {}
    async with client.request(row.method, row.ask, headers=headers, **sent) as response:
        return response.status


def allowed(row: Row, operation: Operation, column: str) -> int:
    """Return the status that the table of operations promises."""
    if column == "does not hold":
        # Who asks nobody for a token reads none; the live socket would take one in its conversation.
        return 401 if operation.scope or row.status == UPGRADED else row.status
    if not operation.scope:
        return row.status
    if column == "nobody":
        return 401
    scope = column.rpartition("'s ")[2].strip("`")
    mine = not (operation.owned and column.startswith("another"))
    return row.status if operation.lets_in(scope) and mine else 403


async def test_every_path_answers_every_bearer_as_the_table_says(
    serve: Serve, clickhouse_server: TestClickHouse, tmp_path: Path, golden: Golden
) -> None:
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("<head></head>")
    share_an_app(clickhouse_server)
    client = await serve(**STRICT, history_url=clickhouse_server.history_url)

    async def is_ready() -> bool:
        async with client.get("/ready") as response:
            return response.status == 200

    await eventually(is_ready)
    kinds = await bearers(client)
    found: dict[str, list[int]] = {}
    asks = [(row.route, row, OPERATIONS[row.route]) for row in ROWS]
    for topic, operation in TOPICS.items():
        query = quote(topic.replace("{id}", "band"))
        asks.append((topic, Row("GET /api/live/events", f"/api/live/events?topics={query}"), operation))
    for name, row, operation in asks:
        for column, keys in kinds.items():
            statuses = await asyncio.gather(*(status(client, row, key) for key in keys))
            assert set(statuses) == {allowed(row, operation, column)}, (name, column, statuses)
            found.setdefault(name, []).append(statuses[0])
    in_order = {route: found[route] for route in OPERATIONS}
    golden(PAGE, written(in_order, {topic: found[topic] for topic in TOPICS}))
