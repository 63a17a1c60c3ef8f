"""`streakline key`: made, listed and revoked through a real server."""

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


def key(url: str, *arguments: str, scope: str = "admin") -> Result:
    reach = ["--url", url, "--token", mint(SECRET, scope)]
    return CliRunner().invoke(streakline, ["key", *arguments, *reach])


def test_a_key_is_made_listed_and_revoked(url: str) -> None:
    empty = key(url, "list")
    assert (empty.exit_code, "streakline key add" in empty.stderr) == (0, True)
    made = key(
        url,
        "add",
        "--scope",
        "write,read:public",
        "--creator",
        "Arctic Monkeys",
        "--name",
        "app",
        "--for",
        "30d",
    )
    assert made.exit_code == 0, made.output
    [text] = made.stdout.split()  # alone on stdout, so that a script can take it
    id_ = text.split("_")[1]
    line = key(url, "list").output
    assert id_ in line
    assert text not in line
    for word in ("good", "read:public write", "creators Arctic Monkeys", "until 20", "app"):
        assert word in line
    gone = key(url, "revoke", id_)
    assert (gone.exit_code, "revoked" in gone.output) == (0, True)
    assert "revoked" in key(url, "list").output


def test_what_the_server_refuses_is_one_line_with_its_words(url: str) -> None:
    unknown = key(url, "revoke", "aaaaaaaaaa")
    assert (unknown.exit_code, unknown.stderr.count("\n")) == (1, 1)
    assert "no key has the id 'aaaaaaaaaa'" in unknown.stderr
    assert "lacks the scope admin" in key(url, "list", scope="read:admin").stderr
    assert "'everything' is not known" in key(url, "add", "--scope", "everything").stderr


def test_misuse_ends_with_2_and_no_server_with_1(tmp_path: Path) -> None:
    assert key("http://127.0.0.1:1", "revoke", "../../system").exit_code == 2
    assert key("http://127.0.0.1:1", "add").exit_code == 2
    away = key("http://127.0.0.1:1", "list")
    assert (away.exit_code, "no server answers at http://127.0.0.1:1" in away.stderr) == (1, True)
