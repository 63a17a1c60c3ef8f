"""A server that answers for what archive has stored; a process of it beside a ClickHouse that can be killed."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from archive_feed import Case
from bulk_events import insert_many
from real_servers import TestClickHouse, TestRedis
from server_process import ServerProcess, serving
from sql.migrate import migrate
from wire import Client as WireClient
from wire import Serve


@pytest.fixture
def many(clickhouse_server: TestClickHouse) -> Iterator[Client]:
    """A client of a history with many events."""
    migrate(clickhouse_server.url)
    with clickhouse_server.client() as client:
        insert_many(client)
        yield client


@pytest.fixture
async def server(
    redis_server: TestRedis, clickhouse_server: TestClickHouse, tmp_path: Path
) -> AsyncIterator[ServerProcess]:
    """A server process that reads this history."""
    address = {"CLICKHOUSE_HISTORY_URL": clickhouse_server.history_url}
    async with serving(redis_server, tmp_path / "server", **address) as running:
        yield running


@pytest.fixture
def case(redis_server: TestRedis, clickhouse_server: TestClickHouse) -> Iterator[Case]:
    """An archive that has stored nothing yet."""
    case = Case(redis_server, clickhouse_server)
    yield case
    case.clickhouse.close()


@pytest.fixture
async def client(serve: Serve, case: Case, clickhouse_server: TestClickHouse) -> WireClient:
    """A client of a server that answers for what the test's `case` has stored."""
    return await serve(roles=("api",), history_url=clickhouse_server.history_url, shards=1)
