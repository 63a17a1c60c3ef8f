"""The examples of docs/analysts.md print what the page says, and its tables are those of the product."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from fresh_servers import fresh_clickhouse, fresh_redis
from real_servers import TestClickHouse, TestRedis
from stack.servers.analyst import BOUNDS, READABLE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "analysts.md").read_text()
_EXAMPLE = re.compile(r"^```(sh|python|js)\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)


class Example(NamedTuple):
    """A block of code of the page, the heading above it, and what the page says that it prints."""

    heading: str
    language: str
    code: str
    printed: str


def examples() -> list[Example]:
    found = []
    for match in _EXAMPLE.finditer(PAGE):
        heading = re.findall(r"^#+ (.*)$", PAGE[: match.start()], re.MULTILINE)[-1]
        found.append(Example(heading, match[1], match[2], match[3] or ""))
    return found


@pytest.fixture(scope="module")
def redis_server(redis_process: TestRedis) -> Iterator[TestRedis]:
    with fresh_redis(redis_process) as server:
        yield server


@pytest.fixture(scope="module")
def clickhouse_server(clickhouse_process: TestClickHouse) -> Iterator[TestClickHouse]:
    with fresh_clickhouse(clickhouse_process) as server:
        yield server


@pytest.fixture(scope="module")
def folder(
    redis_server: TestRedis, clickhouse_server: TestClickHouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A folder to stand in, with the run file of a stack whose history the page shows; the tests only read it."""
    folder = tmp_path_factory.mktemp("guide")
    case = Case(redis_server, clickhouse_server)
    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE,
        play("song-1", NOON - 2 * DAY - HOUR, "p1", 40, userId="ann"),
        play("song-1", NOON - 2 * DAY - HOUR, "p1", 100, userId="ann"),
        play("song-1", NOON - 2 * DAY, "p2", 100, userId="bob"),
        play("song-1", NOON - DAY, "p3", 100, userId="ann"),
        play("song-1", NOON - DAY, "p4", 7, userId="ann"),
        play("song-2", NOON - DAY, "p5", 61, userId="ann"),
        play("song-2", NOON, "p6", 61, userId="ann"),
        play("song-2", NOON, "robot", 61, bot=True),
    )
    case.settle()
    (folder / "streakline-data").mkdir()
    run = {"analyst_url": clickhouse_server.analyst_url}
    (folder / "streakline-data" / "run.json").write_text(json.dumps(run))
    yield folder
    case.clickhouse.close()


def run(folder: Path, language: str, code: str, url: str) -> subprocess.CompletedProcess[str]:
    here = Path(sys.executable).parent
    line = {
        "sh": ["bash", "-euc", code],
        "python": [sys.executable, "-W", "error", "-c", code],
        "js": ["node", "--input-type=module", "-e", code],
    }
    environment = {
        **os.environ, "PATH": f"{here}{os.pathsep}{os.environ['PATH']}",
        "ANALYST_URL": url, "CLICKHOUSE_ANALYST_URL": url,
    }  # fmt: skip
    return subprocess.run(
        line[language], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_page_shows_at_least_five_tools() -> None:
    shown = [example for example in examples() if example.printed]
    assert len({example.heading for example in shown}) >= 6
    assert {example.language for example in shown} == {"sh", "python", "js"}


@pytest.mark.parametrize("example", [one for one in examples() if one.printed], ids=lambda one: one.heading)
def test_an_example_prints_what_the_page_says(
    folder: Path, example: Example, clickhouse_server: TestClickHouse
) -> None:
    done = run(folder, example.language, example.code, clickhouse_server.analyst_url)
    assert (done.stdout, done.stderr, done.returncode) == (example.printed, "", 0)


def test_the_address_is_where_the_page_says(folder: Path, clickhouse_server: TestClickHouse) -> None:
    (first,) = [one for one in examples() if one.heading == "The address"]
    done = run(folder, "sh", f'{first.code}\nprintf %s "$ANALYST_URL"', "")
    assert done.stdout == clickhouse_server.analyst_url


def test_the_page_names_all_that_can_be_read_and_every_limit() -> None:
    table = PAGE[PAGE.index("| name | one row is") : PAGE.index("- **Uniques")]
    named = set(re.findall(r"`(\w+)`", "\n".join(line.split("|")[1] for line in table.splitlines() if line)))
    assert named == set(READABLE)
    limits = PAGE[PAGE.index("| limit |") : PAGE.index("Beyond the most")]
    assert set(re.findall(r"`(\w+)`", limits)) == {bound.name for bound in BOUNDS} - {"max_untracked_memory"}
    seconds, rows = BOUNDS[0], BOUNDS[2]
    assert f"| {seconds.usual} s | {seconds.most} s |" in limits
    assert f"| {rows.usual:,} | {rows.most:,} |" in limits
