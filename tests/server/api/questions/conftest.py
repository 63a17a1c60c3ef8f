"""Questions that change nothing: the tests of a module ask one history, fed and closed once for all of them."""

from collections.abc import Iterator

import pytest

from archive_feed import Case
from fresh_servers import fresh_clickhouse, fresh_redis
from real_servers import TestClickHouse, TestRedis


@pytest.fixture(scope="module")
def redis_server(redis_process: TestRedis) -> Iterator[TestRedis]:
    """A Redis that was empty before the first test of the module."""
    with fresh_redis(redis_process) as server:
        yield server


@pytest.fixture(scope="module")
def clickhouse_server(clickhouse_process: TestClickHouse) -> Iterator[TestClickHouse]:
    """A ClickHouse without rows before the first test of the module."""
    with fresh_clickhouse(clickhouse_process) as server:
        yield server


@pytest.fixture(scope="module")
def case(redis_server: TestRedis, clickhouse_server: TestClickHouse) -> Iterator[Case]:
    """An archive that had stored nothing before the first test of the module."""
    case = Case(redis_server, clickhouse_server)
    yield case
    case.clickhouse.close()
