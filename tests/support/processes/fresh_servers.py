"""The session's servers, empty at the beginning of a test or a module, and as they were at its end."""

from collections.abc import Iterator
from contextlib import contextmanager

from real_servers import TestClickHouse, TestRedis


@contextmanager
def fresh_redis(process: TestRedis) -> Iterator[TestRedis]:
    """Give a Redis without keys; settings that were left changed are an error of the block."""
    process.empty()
    yield process
    assert process.left_over() == {}, "settings of the shared Redis were left changed"


@contextmanager
def fresh_clickhouse(process: TestClickHouse) -> Iterator[TestClickHouse]:
    """Give a ClickHouse without rows; tables that were left in it are an error of the block."""
    process.empty()
    yield process
    assert process.left_over() == [], "tables were left in the shared ClickHouse"
