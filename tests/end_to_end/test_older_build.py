"""A data folder that an older build wrote, with Redis 6.2 in it, is opened by this one: nothing is lost or doubled."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flow_processes import ROOT
from redis_programs import program_of
from running_stack import RunningStack
from stack.servers.redis_program import VARIABLE
from streakline.times import DAY_MS, HOUR_MS
from wire import now_ms, play

NOW = now_ms()
pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(300)]


def post(stack: RunningStack, first: int, number: int) -> None:
    """Post plays, each told apart, every fourth of them late by hours or by a year."""
    for begin in range(first, first + number, 100):
        back = [0, 0, 5 * HOUR_MS, 0, 0, 0, 0, 400 * DAY_MS]
        events = [
            play(n, contentId=f"song-{n % 40}", userId=f"user-{n % 9}", timestamp=NOW - back[n % 8])
            for n in range(begin, begin + 100)
        ]
        assert stack.post(events)["accepted"] == 100


def verified(stack: RunningStack) -> None:
    line = [sys.executable, "-m", "stack.cli", "--data", str(stack.folder), "verify", "--wait", "60"]
    said = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "0 differences" in said.stdout


def rows(stack: RunningStack) -> int:
    line = [sys.executable, "-m", "stack.cli", "--data", str(stack.folder), "sql"]
    query = ["select count() from events final", "--format", "TSV"]
    said = subprocess.run([*line, *query], cwd=ROOT, capture_output=True, text=True, check=True)
    return int(said.stdout.split()[-1])


def test_a_folder_with_the_one_file_of_redis_6_goes_on_where_it_stood(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with RunningStack(folder, environment={VARIABLE: str(program_of("redis 6.2"))}) as old:
        post(old, 0, 3000)
        verified(old)
        post(old, 3000, 1000)  # what was not read when it stopped waits in Redis' file
    assert (folder / "redis" / "appendonly.aof").is_file()
    with RunningStack(folder, environment={VARIABLE: ""}) as new:
        verified(new)
        assert rows(new) == 4000
        post(new, 4000, 1000)
        post(new, 0, 1000)  # sent again: all of it is known
        verified(new)
        assert rows(new) == 5000
    assert (folder / "redis" / "appendonlydir").is_dir()
    assert not [log for log in (folder / "logs").glob("*.log") if "went_back" in log.read_text()]
