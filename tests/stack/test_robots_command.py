"""`streakline robots`: misuse and a server's refusals; the whole way is in end_to_end/test_uncalled_robots.py."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from real_servers import TestRedis
from server.door.tokens import mint
from server_process import serving
from stack.cli import streakline
from wire import SECRET


@pytest.fixture
def url(redis_server: TestRedis, tmp_path: Path) -> Iterator[str]:
    runner = asyncio.Runner()
    with runner:
        context = serving(redis_server, tmp_path)
        server = runner.run(context.__aenter__())
        yield server.url
        runner.run(context.__aexit__(None, None, None))


def robots(url: str, *arguments: str, scope: str = "admin") -> Result:
    return CliRunner().invoke(
        streakline, ["robots", *arguments, "--url", url, "--token", mint(SECRET, scope)]
    )


def test_a_rule_is_made_and_taken_back(url: str) -> None:
    conditions = ("--reason", "seo", "--agent", "Moz", "--no-wait")
    made = robots(url, "uncall", *conditions)
    assert made.exit_code == 0, made.output
    assert "uncalled  reason 'seo', agent 'Moz'  since 20" in made.stdout
    assert "quarter hours that were open are until 20" in made.stderr
    back = robots(url, "call", *conditions)
    assert "  called  reason 'seo', agent 'Moz'  since 20" in back.stdout


def test_what_the_server_refuses_is_one_line_with_its_words(url: str) -> None:
    for words, said in (
        (("uncall",), "reason, agent and source are all empty"),
        (("call", "--reason", "seo"), "no rule has these conditions"),
    ):
        refused = robots(url, *words)
        assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)
        assert said in refused.stderr
    assert "lacks the scope admin" in robots(url, "list", scope="read:admin").stderr


def test_misuse_ends_with_2_and_no_server_with_1() -> None:
    assert robots("http://127.0.0.1:1", "list", "--limit", "0").exit_code == 2
    away = robots("http://127.0.0.1:1", "list")
    assert (away.exit_code, "no server answers at http://127.0.0.1:1" in away.stderr) == (1, True)
