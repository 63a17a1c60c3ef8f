"""Every refusal has one shape, whoever makes it."""

import pytest

from server.app import init_app
from server.problems import CONTENT_TYPE
from streakline.settings import Settings
from wire import Serve, golden, shape


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/assets/nothing.js", 404),
        ("GET", "/api/stats/events", 405),
        ("DELETE", "/api/live", 405),
        ("PUT", "/", 405),
        ("POST", "/api/stats/events", 400),
        ("GET", "/api/live", 400),
        ("GET", "/api/v1/settled?position=gA", 400),
        ("GET", "/api/v1/system", 401),
        ("GET", "/api/live/events?topics=nothing", 404),
        ("GET", "/api/live/events?topics=user:anna", 401),
        ("GET", "/api/live/events?topics=,", 400),
    ],
)
async def test_refusals_are_problem_json(serve: Serve, method: str, path: str, status: int) -> None:
    client = await serve()
    async with client.request(method, path) as response:
        assert response.status == status
        assert response.content_type == CONTENT_TYPE
        problem = await response.json(content_type=None)
    assert shape(problem) == shape(golden("problem_not_events"))
    assert problem["status"] == status


async def test_a_wrong_method_names_the_right_ones(serve: Serve) -> None:
    client = await serve()
    async with client.put("/api/stats/events") as response:
        assert "POST" in response.headers["Allow"]
        assert "POST" in (await response.json(content_type=None))["detail"]


async def test_what_nobody_thought_of_is_a_500_that_tells_nothing(serve: Serve) -> None:
    client = await serve(page="\0")
    async with client.get("/") as response:
        problem = await response.json(content_type=None)
        assert response.status == 500
    assert "null byte" not in problem["detail"]


@pytest.mark.parametrize(
    ("roles", "paths"),
    [
        (("ingest",), {"/health", "/ready", "/metrics", "/api/stats/events"}),
        (("jobs",), {"/health", "/ready", "/metrics"}),
    ],
)
def test_a_role_opens_its_own_paths_only(roles: tuple[str, ...], paths: set[str]) -> None:
    app = init_app(Settings(roles=roles))
    assert {resource.canonical for resource in app.router.resources()} == paths


async def test_a_process_without_an_address_of_clickhouse_starts_whatever_its_role(serve: Serve) -> None:
    for roles in (("ingest",), ("live",), ("api",), ("jobs",)):
        client = await serve(roles=roles, clickhouse_url="", history_url="")
        async with client.get("/health") as response:
            assert response.status == 200
