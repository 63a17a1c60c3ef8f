"""`streakline dead`: letters listed, replayed and discarded through a real server."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from real_servers import TestRedis
from server.door.tokens import mint
from server_process import serving
from stack.cli import streakline
from streakline.ingest.senders import SentBy
from streakline.streams.dead_letters import control_entry, dead_letter, sent_event
from wire import SECRET, play


@pytest.fixture
def url(redis_server: TestRedis, tmp_path: Path) -> Iterator[str]:
    runner = asyncio.Runner()
    with runner:
        context = serving(redis_server, tmp_path)
        server = runner.run(context.__aenter__())
        yield server.url
        runner.run(context.__aexit__(None, None, None))


@pytest.fixture
def ids(redis_server: TestRedis) -> list[str]:
    """A letter that can be replayed, one that is refused again, and one of a control entry."""
    sender = msgspec.json.encode(SentBy())
    letters = [
        dead_letter("ingest", "too early", "e", sent_event(json.dumps(play(1)).encode()), sender),
        dead_letter("ingest", "a dance", "e", sent_event(json.dumps(play(2, type="dance")).encode()), sender),
        dead_letter("archive", "unknown", "1-1", control_entry({"kind": "dance"})),
    ]
    with redis_server.client() as redis:
        return [redis.execute_command(*letter).decode() for letter in letters]


def dead(url: str, *arguments: str, scope: str = "admin") -> Result:
    return CliRunner().invoke(streakline, ["dead", *arguments, "--url", url, "--token", mint(SECRET, scope)])


def test_letters_are_listed_replayed_and_discarded(url: str, ids: list[str]) -> None:
    lines = dead(url, "list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ids[::-1]
    assert ["not replayable" in line for line in lines] == [True, False, False]
    [newest] = map(json.loads, dead(url, "list", "--json", "--limit", "1").stdout.splitlines())
    assert json.loads(newest["body"]) == {"kind": "dance"}
    one = dead(url, "replay", ids[0])
    assert (one.exit_code, one.stdout, one.stderr) == (0, f"{ids[0]}  replayed\n", "1 replayed, 0 not\n")
    rest = dead(url, "replay", "--all")
    assert (rest.exit_code, rest.stderr) == (1, "0 replayed, 2 not\n")
    refused, control = rest.stdout.splitlines()
    assert refused.startswith(f"{ids[1]}  refused  type 'dance' is not known")
    assert control.startswith(f"{ids[2]}  not-replayable  it is a control entry")
    gone = dead(url, "discard", *ids[1:])
    assert (gone.exit_code, gone.stdout.count("discarded")) == (0, 2)
    empty = dead(url, "list")
    assert (empty.exit_code, empty.stdout, empty.stderr) == (0, "", "no dead letters\n")
    assert "unknown" in dead(url, "replay", ids[0]).stdout


def test_what_the_server_refuses_and_misuse_are_told(url: str) -> None:
    assert "lacks the scope admin" in dead(url, "list", scope="read:admin").stderr
    missing = dead(url, "discard", "1-1")
    assert (missing.exit_code, "no dead letter has the id '1-1'" in missing.stderr) == (1, True)
    for arguments in (
        ("replay",),
        ("replay", "--all", "1-1"),
        ("replay", "x"),
        ("discard",),
        ("discard", "../x"),
    ):
        assert dead(url, *arguments).exit_code == 2
