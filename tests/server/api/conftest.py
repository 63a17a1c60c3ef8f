"""A server process beside a ClickHouse that can be killed, and many events."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from bulk_events import insert_many
from real_servers import TestClickHouse, TestRedis
from server_process import ServerProcess, serving
from sql.migrate import migrate


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
