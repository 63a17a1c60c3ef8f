"""Connections to ClickHouse, made from one address."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.httputil import get_pool_manager
from urllib3 import PoolManager

if TYPE_CHECKING:  # it brings aiohttp along, which takes a third of a start and is the web server's alone
    from clickhouse_connect.driver.asyncclient import AsyncClient

DATABASE: Final = "streakline"
CONNECT_SECONDS: Final = 2
ANSWER_SECONDS: Final = 60
"""How long a statement may take before the connection gives it up."""


def connect(
    url: str,
    *,
    seconds: int = ANSWER_SECONDS,
    database: str | None = None,
    as_form: bool = True,
    pool: PoolManager | None = None,
    **settings: Any,
) -> Client:
    """Return a client for an address like `http://user:password@host:8123/streakline`.

    It holds no session, so that threads may share it.

    Args:
        url: of the server; the path names the database (default `streakline`).
        seconds: to wait for an answer.
        database: another database than the one of the address.
        as_form: send statement and parameters as a form: parameters may be long, the statement 128 KB.
        pool: of connections that clients share; without one, that of the process, which keeps 8.
        settings: of ClickHouse, sent with every statement.

    Raises:
        ValueError: if the address is none.
        clickhouse_connect.driver.exceptions.Error: if the server does not answer or refuses the user.
    """
    return clickhouse_connect.get_client(
        **_address(url, database),
        connect_timeout=CONNECT_SECONDS,
        send_receive_timeout=seconds,
        autogenerate_session_id=False,
        form_encode_query_params=as_form,
        pool_mgr=pool,
        settings=settings,
    )


def pool(connections: int) -> PoolManager:
    """Return a pool that keeps so many connections open, for as many threads."""
    made: PoolManager = get_pool_manager(maxsize=connections)
    return made


async def connect_async(url: str, *, seconds: int, connections: int) -> AsyncClient:
    """Return a client of the event loop for an address like that of `connect`.

    Args:
        url: of the server.
        seconds: to wait for an answer.
        connections: how many statements may be under way at once.

    Raises:
        ValueError: if the address is none.
        clickhouse_connect.driver.exceptions.Error: if the server does not answer or refuses the user.
    """
    return await clickhouse_connect.get_async_client(
        **_address(url, None),
        connect_timeout=CONNECT_SECONDS,
        send_receive_timeout=seconds,
        autogenerate_session_id=False,
        form_encode_query_params=True,
        connector_limit=connections,
        connector_limit_per_host=connections,
    )


def insert(client: Client, table: str, rows: Iterable[Mapping[str, object]]) -> None:
    """Insert a few rows, each column -> value.

    Not by the client's own `insert`: it loads pandas to ask whether the rows are a frame of it, which takes longer than
    all that a first start asks of the server.

    Raises:
        clickhouse_connect.driver.exceptions.Error: if the server refuses them.
    """
    client.raw_insert(table, insert_block="\n".join(map(json.dumps, rows)), fmt="JSONEachRow")


def _address(url: str, database: str | None) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        msg = f"ClickHouse address {shown!r} is none; it looks like http://user:password@host:8123/{DATABASE}"
        raise ValueError(msg)
    return {
        "interface": parts.scheme,
        "host": parts.hostname,
        "port": parts.port or (8443 if parts.scheme == "https" else 8123),
        "username": unquote(parts.username or "default"),
        "password": unquote(parts.password or ""),
        "database": (parts.path.strip("/") or DATABASE) if database is None else database,
    }


def is_on_this_machine(url: str) -> bool:
    """Tell whether an address is of the loopback interface, where sending a byte costs less than saving it."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def database_of(url: str) -> str:
    """Return the database that an address names."""
    return urlsplit(url).path.strip("/") or DATABASE
