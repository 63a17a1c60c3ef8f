"""docs/wire-protocol.md names every path, every code and every topic that the server knows."""

import re
from pathlib import Path

import pytest

from server import routes
from streakline.live import messages
from streakline.live.state import PUBLIC

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "wire-protocol.md").read_text()
PROBLEMS = {
    code
    for file in (ROOT / "server").rglob("*.py")
    for code in re.findall(r'(?:Problem\(\s*\d{3}, |, code=)"([a-z-]+)"', file.read_text())
}


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_every_problem_is_documented(code: str) -> None:
    assert f"`{code}`" in DOCUMENT


def test_the_problems_were_found() -> None:
    assert {"not-events", "store-away", "scope-missing", "time-range", "wait"} <= PROBLEMS


@pytest.mark.parametrize("code", messages.ERROR_CODES)
def test_every_error_code_is_documented(code: str) -> None:
    assert f"`{code}`" in DOCUMENT


@pytest.mark.parametrize("code", [messages.GOING_AWAY, messages.LAGGING])
def test_every_close_code_is_documented(code: int) -> None:
    assert f"| {code} |" in DOCUMENT


@pytest.mark.parametrize("topic", PUBLIC)
def test_every_topic_is_documented(topic: str) -> None:
    assert f"| `{topic}` |" in DOCUMENT


@pytest.mark.parametrize(
    "path",
    sorted(
        route.path
        for routes_ in (routes.EVERYWHERE, routes.INGEST, routes.LIVE, routes.API)
        for route in routes_
        if "{" not in route.path
    ),
)
def test_every_path_is_documented(path: str) -> None:
    assert path in DOCUMENT
