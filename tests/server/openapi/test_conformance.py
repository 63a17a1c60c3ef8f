"""What a server answers to made-up requests is what its OpenAPI document says, and never an error of its own.

`STREAKLINE_API_CASES` says how many requests each operation gets; `make api` asks 2,000 in all.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from real_servers import TestClickHouse, TestRedis
from server.door.tokens import mint
from server.openapi.document import document
from server_process import serving
from shared_app import share_an_app
from wire import SECRET

pytestmark = pytest.mark.slow
CASES = int(os.environ.get("STREAKLINE_API_CASES", "3"))
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
LIVE = ["/api/live", "/api/live/events"]
"""They never end; tests/server/live asks them."""
CALCULATE = "/api/analytics/calculate"
"""It waits half a minute where nobody says how long."""
API = schemathesis.openapi.from_dict(document()).exclude(path=LIVE)


@pytest.fixture(scope="module")
def url(
    redis_process: TestRedis, clickhouse_process: TestClickHouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A server of its own with a history, which is asked by an admin."""
    redis_process.empty()
    clickhouse_process.empty()
    share_an_app(clickhouse_process)
    address = {"CLICKHOUSE_HISTORY_URL": clickhouse_process.history_url}
    with asyncio.Runner() as runner:
        context = serving(redis_process, tmp_path_factory.mktemp("data"), **address)
        server = runner.run(context.__aenter__())
        yield server.url
        runner.run(context.__aexit__(None, None, None))


@API.parametrize()
@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
def test_an_operation_answers_as_the_document_says(case: schemathesis.Case, url: str) -> None:
    if case.path == "/api/v1/settled" and case.query:
        case.query.pop("wait", None)  # nothing settles here, for no flow runs
    if case.path == CALCULATE:
        case.query = {**(case.query or {}), "wait": "0"}
    headers = {"Authorization": f"Bearer {mint(SECRET, 'admin')}"}
    answer = case.call(base_url=url, headers=headers, timeout=30)
    # No flow runs beside this server, so live numbers are old after a while, and it says so.
    stale = answer.status_code == 503 and answer.json()["type"].endswith(":live-stale")
    case.validate_response(
        answer, checks=[check for check in CHECKS if not (stale and check is not_a_server_error)]
    )
