"""`streakline webhook`: added, listed, tried and removed through a real server."""

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
        context = serving(redis_server, tmp_path, STREAKLINE_ROLES="ingest,api")  # nothing is delivered
        server = runner.run(context.__aenter__())
        yield server.url
        runner.run(context.__aexit__(None, None, None))


def webhook(url: str, *arguments: str, scope: str = "admin") -> Result:
    reach = ["--url", url, "--token", mint(SECRET, scope)]
    return CliRunner().invoke(streakline, ["webhook", *arguments, *reach])


def test_a_webhook_is_added_listed_tried_and_removed(url: str) -> None:
    empty = webhook(url, "list")
    assert (empty.exit_code, "streakline webhook add" in empty.stderr) == (0, True)
    events = "ViewingStreakUpdated,ViewingMilestoneAchieved"
    made = webhook(url, "add", "https://hooks.invalid/a", "--events", events, "--description", "badges")
    assert made.exit_code == 0, made.output
    [secret] = made.stdout.split()  # alone on stdout, so that a script can take it
    id_ = made.stderr.split()[0]
    line = webhook(url, "list").output
    assert secret not in line
    for word in (
        id_,
        "active",
        "https://hooks.invalid/a",
        "ViewingMilestoneAchieved ViewingStreakUpdated",
        "badges",
    ):
        assert word in line
    tried = webhook(url, "test", id_)
    assert (tried.exit_code, "WebhookTest" in tried.output) == (0, True)
    delivery = tried.output.split()[0]
    assert delivery in webhook(url, "deliveries", id_).output
    assert "pending" in webhook(url, "retry", id_, delivery).output
    gone = webhook(url, "remove", id_)
    assert (gone.exit_code, "removed" in gone.output) == (0, True)
    assert id_ not in webhook(url, "list").output


def test_what_the_server_refuses_is_one_line_with_its_words(url: str) -> None:
    private = webhook(url, "add", "https://127.0.0.1/hook")
    assert (private.exit_code, private.stderr.count("\n")) == (1, 1)
    assert "STREAKLINE_PRIVATE_WEBHOOKS=1" in private.stderr
    assert "no webhook has the id 'aaaaaaaaaa'" in webhook(url, "remove", "aaaaaaaaaa").stderr
    assert "lacks the scope admin" in webhook(url, "list", scope="read:admin").stderr


def test_misuse_ends_with_2(url: str) -> None:
    assert webhook(url, "remove", "../../keys").exit_code == 2
    assert webhook(url, "retry", "aaaaaaaaaa", "../x").exit_code == 2
    assert webhook(url, "add").exit_code == 2
