"""A data folder that an older build wrote is opened by this one: nothing is lost or doubled.

`STREAKLINE_OLDER_BUILD` names a checkout of an older build, with its own `.venv`, that writes a folder for this one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import redis

from flow_processes import ROOT, wait_until
from redis_programs import program_of
from running_stack import RunningStack
from stack.servers.redis_program import VARIABLE
from streakline.live.state import OVERVIEW, Standing
from streakline.streams import keys
from streakline.times import DAY_MS, HOUR_MS
from wire import now_ms, play

NOW = now_ms()
OLDER = os.environ.get("STREAKLINE_OLDER_BUILD", "")
pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(600)]


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


def run_file(stack: RunningStack) -> dict[str, str]:
    found: dict[str, str] = json.loads((stack.folder / "run.json").read_text())
    return found


def has_snapshots(client: redis.Redis) -> bool:
    """Tell whether content and viewers have taken three snapshots: then a restart begins with one."""
    fields = ["content:two", "viewers:cand:two"]
    held: list[Any] = [client.hmget(keys.progress(shard), fields) for shard in range(4)]
    return all(at for row in held for at in row)


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


@pytest.mark.skipif(not OLDER, reason="STREAKLINE_OLDER_BUILD names no checkout of an older build")
def test_a_folder_of_when_shards_and_parts_were_one_number_goes_on_with_that_number(tmp_path: Path) -> None:
    folder, older = tmp_path / "data", Path(OLDER)
    command = (str(older / ".venv" / "bin" / "python"), "-m", "stack.cli")
    quiet = {"PYTHONDONTWRITEBYTECODE": "1"}
    with RunningStack(
        folder, "--shards", "4", command=command, cwd=older, patience=180, environment=quiet
    ) as old:
        post(old, 0, 3000)
        old_client = redis.Redis.from_url(run_file(old)["redis_url"])
        wait_until("its flows have snapshots", lambda: has_snapshots(old_client), 120)
        assert old_client.get(keys.PARTS) is None
        post(old, 3000, 1000)  # what was not read when it stopped waits in Redis' file
    with RunningStack(folder, patience=180) as new:
        client = redis.Redis.from_url(run_file(new)["redis_url"])
        assert [client.get(keys.SHARDS), client.get(keys.PARTS)] == [b"4", b"4"]
        verified(new)
        assert rows(new) == 4000
        post(new, 4000, 1000)
        post(new, 0, 1000)  # sent again: all of it is known
        verified(new)
        assert rows(new) == 5000
        shown = Standing()
        state: Any = client.hgetall(keys.STATE)
        for field, payload in state.items():
            kind, _, part = field.decode().partition(":")
            shown.apply(kind, int(part), "", payload)
        assert shown.topics()[OVERVIEW]["listenersLastHour"] == 9
    logs = "".join(log.read_text() for log in (folder / "logs").glob("*.log"))
    assert not [word for word in ("went_back", "state_missing", "torn", "Traceback") if word in logs]
