from collections.abc import Iterator

import pytest
from clickhouse_connect.driver.client import Client

from real_servers import TestClickHouse
from sql.migrate import migrate


@pytest.fixture
def clickhouse(clickhouse_server: TestClickHouse) -> Iterator[Client]:
    """A client of a migrated database without rows."""
    migrate(clickhouse_server.url)
    client = clickhouse_server.client()
    yield client
    client.close()
