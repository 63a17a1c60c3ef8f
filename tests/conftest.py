"""Fixtures that every folder of tests may use, and the options of the test run.

Profiles of hypothesis: `quick` while working, `ci` (HYPOTHESIS_PROFILE=ci) with many more examples.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from fresh_servers import fresh_clickhouse, fresh_redis
from golden import Golden
from real_servers import TestClickHouse, TestRedis
from shifted_redis import ShiftedRedis
from streakline import zones

zones.pin()
settings.register_profile(
    "quick",
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],  # other work on the machine is not a test's fault
)
settings.register_profile("ci", settings.get_profile("quick"), max_examples=1_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--golden`."""
    parser.addoption("--golden", action="store_true", help="write the golden files anew instead of comparing")


REDIS = {"redis_process", "store", "shifted"}
"""Fixtures that are a real Redis; `redis_server` has the first of them."""
ONE_REDIS = (
    # ClickHouse answers.
    "flows/archive/test_people.py", "sql", "server/api/creators", "server/api/people", "server/api/questions",
    "server/api/test_analytics", "server/api/test_export", "server/api/test_query", "server/api/test_search",
    "server/api/test_shares.py", "stack/test_analysts_guide.py", "stack/test_grafana_board.py", "stack/verify",
    "flows/archive/test_gathering.py", "flows/archive/test_history_sink.py", "flows/archive/test_recounts.py",
    "flows/archive/test_robots.py", "server/api/test_kept_answers.py", "server/api/test_robots.py",
    "server/live/test_creators.py",
    # What is stamped, whoever sent it, is compared in Python.
    "server/ingest/test_lane_bytes.py", "server/ingest/test_senders.py",
    # HTTP and the page are asked.
    "server/api/test_posted_shares.py", "server/api/access", "server/door/test_proxied.py",
    "server/live/test_refusals.py", "stack/test_dead_command.py", "stack/test_key_command.py",
    "stack/test_robots_command.py",
    "server/door/test_access.py", "server/door/test_answers.py", "server/door/test_countries.py",
    "server/door/test_header_sizes.py", "server/door/test_hostile_requests.py", "server/door/test_proxies.py",
    "server/door/test_public_keys.py", "server/door/test_raw_sockets.py", "server/live/test_wire_forms.py",
    "server/openapi", "server/test_access_table.py", "server/test_page.py", "server/test_problems.py",
    "server/test_routes.py",
)  # fmt: skip
"""Where paths of tests begin whose question is not one to Redis: they have one because a server needs one.

Not all that is asked of Redis must be asked of two: these are asked of the other one by `make other-redis` alone.
"""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that speak to a real Redis; with `--golden`, leave only those that have a golden file."""
    one_redis = tuple(str(Path(__file__).parent / beginning) for beginning in ONE_REDIS)
    for item in items:
        if str(item.path).startswith(one_redis):
            item.add_marker(pytest.mark.one_redis)
        if REDIS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.redis)
    if config.getoption("--golden"):
        others = [item for item in items if "golden" not in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a text with a file of `tests/golden`: `golden("wire/update.json", text)`; see `make golden`."""
    return Golden(rewrite=request.config.getoption("--golden"))


@pytest.fixture(scope="session")
def redis_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestRedis]:
    """The session's own Redis, with whatever earlier tests left in it."""
    server = TestRedis(tmp_path_factory.mktemp("redis"))
    yield server
    server.process.kill()


@pytest.fixture(scope="session")
def clickhouse_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClickHouse]:
    """The session's own ClickHouse, with whatever earlier tests left in it."""
    server = TestClickHouse(tmp_path_factory.mktemp("clickhouse"))
    yield server
    server.process.kill()  # a clean stop waits five seconds for clients that a test left open


@pytest.fixture
def redis_server(redis_process: TestRedis) -> Iterator[TestRedis]:
    """A real Redis without keys. It may be killed: it is started again for the next test.

    What a later test would stumble over, in whatever order they run, is an error of the test that left it.
    """
    with fresh_redis(redis_process) as server:
        yield server


@pytest.fixture
def clickhouse_server(clickhouse_process: TestClickHouse) -> Iterator[TestClickHouse]:
    """A real ClickHouse with the database `streakline`; the schema's tables, where they are, are empty."""
    with fresh_clickhouse(clickhouse_process) as server:
        yield server


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TestRedis]:
    """A real Redis of the test's own, whose file and whose death are nobody else's."""
    server = TestRedis(tmp_path / "redis")
    yield server
    server.process.kill()


@pytest.fixture
def shifted(tmp_path: Path) -> Iterator[ShiftedRedis]:
    """A real Redis of the test's own, whose clock may be set; skips where libfaketime is missing."""
    server = ShiftedRedis(tmp_path / "redis")
    yield server
    server.close()
