"""Every route: who may ask it, what it refuses and in which one shape; a route without its row here is red."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Collection, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web

from golden import Golden
from real_servers import TestClickHouse, TestRedis
from route_table import ADDRESS, ROWS, Row, golden_name
from server.door.tokens import mint
from server.openapi.operations import canonical
from server.problems import CONTENT_TYPE
from server.routes import routes_of
from server_process import serving
from shared_app import share_an_app
from streakline.settings import Settings
from wire import SECRET, Client, Serve, eventually, play

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "wire-protocol.md").read_text()
FOLDER = ROOT / "tests" / "golden" / "routes"
ROUTES = routes_of(Settings().roles)
STRICT: dict[str, Any] = {"public_reads": False, "anonymous_writes": False, "history_url": ADDRESS}
ADMIN = {"Authorization": f"Bearer {mint(SECRET, 'admin')}"}
OTHER = {"Authorization": f"Bearer {mint(SECRET, 'read:self', sub='ann')}"}
SHAPE = {"type", "title", "status", "detail"}


async def handler(_: web.Request) -> web.StreamResponse:
    return web.Response()


def held() -> set[str]:
    return {file.stem for file in FOLDER.glob("*.json")}


def gaps(
    routes: Iterable[web.RouteDef], rows: Iterable[Row], document: str, golden: Collection[str]
) -> list[str]:
    """Return what is missing for the table to be whole, and what speaks of no route; empty if it is.

    Args:
        routes: of the application.
        rows: of the table.
        document: the text of the wire protocol.
        golden: the names of the golden files, without their ending.
    """
    headings = [line for line in document.splitlines() if line.startswith("#")]
    by_route = {row.route: row for row in rows}
    served = [canonical(route) for route in routes]
    found = []
    for route in served:
        row = by_route.get(route)
        if row is None:
            found.append(f"{route} has no row")
        words = row.words if row else f"`{route}`"
        if not any(words in heading for heading in headings):
            found.append(f"{route} has no heading with {words}")
        if golden_name(route) not in golden:
            found.append(f"{route} has no golden file {golden_name(route)}")
    found += [f"{route} has a row and is no route" for route in by_route if route not in served]
    names = {golden_name(route) for route in served}
    return found + [f"golden file {name} is of no route" for name in sorted(golden) if name not in names]


def test_every_route_has_its_row_its_heading_and_its_golden_file() -> None:
    assert gaps(ROUTES, ROWS, DOCUMENT, held()) == []


def test_a_route_that_lacks_any_of_them_is_named() -> None:
    added = [*ROUTES, web.get("/api/new/{id:[^/]+}", handler)]
    row, heading, name = (
        Row("GET /api/new/{id}", "/api/new/1"),
        "\n## `GET /api/new/{id}`\n",
        "get_api_new_id",
    )
    rows, files = [*ROWS, row], held()
    assert gaps(added, ROWS, DOCUMENT, files) == [
        "GET /api/new/{id} has no row",
        "GET /api/new/{id} has no heading with `GET /api/new/{id}`",
        "GET /api/new/{id} has no golden file get_api_new_id",
    ]
    assert gaps(added, rows, DOCUMENT + heading, files) == [
        "GET /api/new/{id} has no golden file get_api_new_id"
    ]
    assert gaps(added, ROWS, DOCUMENT + heading, {*files, name}) == ["GET /api/new/{id} has no row"]
    # A mention in the text is no heading.
    assert gaps(added, rows, DOCUMENT + heading.replace("## ", "see "), {*files, name}) == [
        "GET /api/new/{id} has no heading with `GET /api/new/{id}`"
    ]
    assert gaps(added, rows, DOCUMENT + heading, {*files, name}) == []


def test_a_row_and_a_golden_file_without_a_route_are_named() -> None:
    assert gaps(ROUTES[1:], ROWS, DOCUMENT, held()) == [
        "GET /health has a row and is no route",
        "golden file get_health is of no route",
    ]


async def asked(
    client: Client, row: Row, query: str = "", headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """Return what a route answers: status, type, caching and the members of the body; a problem whole."""
    path = row.ask + ("&" if query and "?" in row.ask else "?" if query else "") + query
    if row.method in {"POST", "PUT"}:
        async with client.request(row.method, path, json=row.body or [play()], headers=headers) as response:
            return await told(response)
    if row.status == HTTPStatus.SWITCHING_PROTOCOLS:
        headers = {
            "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", **(headers or {}),
        }  # fmt: skip
    async with client.request(row.method, path, headers=headers) as response:
        return await told(response)


async def told(response: ClientResponse) -> dict[str, Any]:
    found: dict[str, Any] = {"status": response.status, "type": response.content_type}
    found |= {
        name: response.headers[name]
        for name in ("Cache-Control", "Retry-After", "WWW-Authenticate")
        if name in response.headers
    }
    if response.content_type == CONTENT_TYPE:
        problem = await response.json(content_type=None)
        assert set(problem) == SHAPE
        assert problem["status"] == response.status
        assert problem["title"] == HTTPStatus(response.status).phrase
        kind, _, code = problem["type"].rpartition(":")
        assert kind == "urn:streakline:problem"
        assert f"`{code}`" in DOCUMENT
        assert response.headers["Cache-Control"] == "no-store"
        assert ("Retry-After" in response.headers) == (response.status in {429, 503})
        found["problem"] = {"code": code, "detail": problem["detail"]}
    elif response.content_type == "application/json":
        found["members"] = list(await response.json())
    return found


def refused(answer: dict[str, Any], status: int, code: str) -> None:
    assert (answer["status"], answer.get("problem", {}).get("code")) == (status, code), answer


async def is_ready(client: Client) -> bool:
    async with client.get("/ready") as response:
        return response.status == 200


@pytest.mark.parametrize("row", ROWS, ids=lambda row: golden_name(row.route))
async def test_a_route_answers_and_refuses_as_its_row_and_its_golden_file_say(
    row: Row, serve: Serve, golden: Golden, tmp_path: Path, clickhouse_server: TestClickHouse
) -> None:
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("<head></head>")
    client = await serve(**STRICT)
    await eventually(lambda: is_ready(client))
    cases: dict[str, Any] = {}

    cases["no token"] = await asked(client, row)
    cases["wrong scope"] = await asked(client, row, headers=OTHER)
    if row.open:
        assert {cases[case]["status"] for case in ("no token", "wrong scope")} == {row.status}
    else:
        missing, other = row.refusals
        refused(cases["no token"], 401, missing)
        if other:
            refused(cases["wrong scope"], 403, other)
        else:
            assert cases["wrong scope"]["status"] == row.status

    for query, code in row.bad.items():
        case = cases[f"bad parameter ?{query}"] = await asked(client, row, query, ADMIN)
        refused(case, 404 if code == "unknown-topic" else 400, code)
        name = query.partition("=")[0].partition("&")[0]
        assert name in case["problem"]["detail"] or code == "unknown-topic"

    case = cases["unknown parameter"] = await asked(client, row, "nosuch=1", ADMIN)
    if row.loose:
        assert case["status"] == row.status
    else:
        refused(case, 400, "parameter")
        assert "'nosuch'" in case["problem"]["detail"]

    case = cases["history away"] = await asked(client, row, headers=ADMIN)
    if row.history:
        refused(case, 503, "history-away")
        case["problem"]["detail"] = case["problem"]["detail"].partition(":")[0]  # the rest is the library's
        client = await with_history(serve, clickhouse_server)
        case = await asked(client, row, headers=ADMIN)
    assert case["status"] == row.status
    cases["answered"] = case
    golden(f"routes/{golden_name(row.route)}.json", json.dumps(cases, indent=2) + "\n")


@pytest.mark.parametrize("row", [row for row in ROWS if row.history], ids=lambda row: golden_name(row.route))
async def test_what_is_asked_of_history_ends_when_its_client_leaves(
    row: Row, redis_server: TestRedis, clickhouse_server: TestClickHouse, tmp_path: Path
) -> None:
    # A process of its own: the servers of aiohttp's tests cancel handlers by themselves, and no other server does.
    address = {"CLICKHOUSE_HISTORY_URL": clickhouse_server.history_url}
    async with serving(redis_server, tmp_path, **address) as server:
        os.kill(clickhouse_server.pid, signal.SIGSTOP)  # it accepts questions and answers none
        try:
            asking = server.session.request(
                row.method, f"{server.url}{row.ask}", json=row.body, headers=ADMIN
            )
            leaving = asyncio.ensure_future(asking)
            await asyncio.wait([leaving], timeout=0.5)
            leaving.cancel()

            async def left() -> bool:
                async with server.session.get(f"{server.url}/metrics") as response:
                    return 'streakline_history_questions_total{outcome="left"' in await response.text()

            await eventually(left, seconds=12)  # sooner than an answer is given up
        finally:
            os.kill(clickhouse_server.pid, signal.SIGCONT)


async def with_history(serve: Serve, clickhouse_server: TestClickHouse) -> Client:
    """Return a client of a server whose history has an app that was shared."""
    share_an_app(clickhouse_server)
    return await serve(**{**STRICT, "history_url": clickhouse_server.history_url})
