"""Fixtures that every folder of tests may use."""

from collections.abc import Iterator

import pytest

from real_servers import TestClickHouse, TestRedis


@pytest.fixture(scope="session")
def redis_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestRedis]:
    """The session's own Redis, with whatever earlier tests left in it."""
    server = TestRedis(tmp_path_factory.mktemp("redis"))
    yield server
    server.process.kill()  # a clean stop waits five seconds for clients that a test left open


@pytest.fixture(scope="session")
def clickhouse_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClickHouse]:
    """The session's own ClickHouse, with whatever earlier tests left in it."""
    server = TestClickHouse(tmp_path_factory.mktemp("clickhouse"))
    yield server
    server.process.kill()  # a clean stop waits five seconds for clients that a test left open


@pytest.fixture
def redis_server(redis_process: TestRedis) -> TestRedis:
    """A real Redis without keys. It may be killed: it is started again for the next test."""
    redis_process.empty()
    return redis_process


@pytest.fixture
def clickhouse_server(clickhouse_process: TestClickHouse) -> TestClickHouse:
    """A real ClickHouse with the database `streakline`; tables that earlier tests made are empty."""
    clickhouse_process.empty()
    return clickhouse_process
