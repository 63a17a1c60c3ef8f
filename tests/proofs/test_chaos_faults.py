"""The tools of the fault test: what they do is done, and what they say is so."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
import redis

from flow_processes import wait_until
from proofs.chaos.acts import surviving
from proofs.chaos.moments import in_a_snapshot
from proofs.chaos.reading import Row
from proofs.chaos.shim import NoCompiler, Shim
from proofs.chaos.small_disk import MB, NoDisk, SmallDisk
from proofs.chaos.tear import tear
from proofs.counting.plain import Identity
from stack.servers.ports import free_port
from stack.servers.redis_program import find_binary

AT = 1_763_726_400_000


def heartbeat(play: str, seconds: float) -> dict[str, object]:
    return {
        "id": f"{play}-{seconds}", "type": "heartbeat", "contentId": "c", "playId": play, "startedAt": AT,
        "timestamp": AT, "duration": seconds,
    }  # fmt: skip


def test_what_came_before_the_copy_or_after_the_return_must_survive_and_the_rest_as_far_as_history_has_it() -> (
    None
):
    log = [heartbeat("a", 4), heartbeat("a", 8), heartbeat("a", 12), heartbeat("b", 4), heartbeat("c", 4)]
    times = [1.0, 5.0, 6.0, 7.0, 11.0]
    history = {Identity("c", AT, "a"): Row(8_000, bot=False)}
    kept, gone = surviving(log, times, copied=2.0, returned=10.0, events=history)
    assert kept == [heartbeat("a", 4), heartbeat("a", 8), heartbeat("c", 4)]
    assert gone == 2


@pytest.fixture
def shim(tmp_path: Path) -> Iterator[Shim]:
    try:
        one = Shim(tmp_path)
    except NoCompiler as reason:
        pytest.skip(str(reason))
    yield one
    one.close()


@pytest.fixture
def server(shim: Shim, tmp_path: Path) -> Iterator[redis.Redis]:
    port = free_port()
    options = ["--port", str(port), "--appendonly", "yes", "--appendfsync", "always", "--dir", str(tmp_path)]
    process = subprocess.Popen(
        [str(find_binary()), *options], env={**os.environ, **shim.environment}, stdout=subprocess.DEVNULL
    )
    client = redis.Redis(port=port)
    deadline = time.monotonic() + 60
    while True:
        try:
            client.ping()
            break
        except redis.ConnectionError:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    yield client
    client.close()
    process.kill()
    process.wait()


def clock_of(server: redis.Redis) -> float:
    seconds, microseconds = server.time()  # type: ignore[misc]
    return float(seconds + microseconds / 1e6)


def test_the_clock_of_redis_alone_is_set_forward_and_back_under_way(shim: Shim, server: redis.Redis) -> None:
    for step in (7200.0, -300.5, 0.0):
        shim.set_clock(step)
        # Redis looks at the clock once a turn of its loop, Valkey some turns later: it counts on by itself between.
        wait_until(f"a clock {step} s off", lambda off=step: abs(clock_of(server) - time.time() - off) < 2)  # type: ignore[misc]
        entry = server.xadd("clock", {"step": step})
        server.delete("clock")
        assert int(entry.partition(b"-")[0]) / 1000 - time.time() == pytest.approx(step, abs=2)


def test_an_fsync_takes_as_much_longer_as_it_is_told(shim: Shim, server: redis.Redis) -> None:
    shim.delay_fsync(0.3)
    began = time.monotonic()
    server.xadd("stream", {"a": "1"})
    assert time.monotonic() - began >= 0.3
    shim.delay_fsync(0)
    assert server.xlen("stream") == 1


@pytest.mark.parametrize("seed", range(12))
def test_a_torn_folder_is_not_what_it_was(tmp_path: Path, seed: int) -> None:
    database = tmp_path / "part-0.sqlite3"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("create table snaps (state blob)")
        connection.executemany("insert into snaps values (?)", [(os.urandom(5000),)] * 20)
        connection.commit()
        whole = tmp_path / "whole"
        shutil.copytree(tmp_path, whole)  # with its log, as a killed process leaves it
    said = tear(whole, random.Random(seed))
    same = [
        file.name
        for file in tmp_path.glob("part-0.sqlite3*")
        if (whole / file.name).exists() and (whole / file.name).read_bytes() == file.read_bytes()
    ]
    assert said
    assert len(same) < 3


def test_a_process_is_seen_while_it_writes_a_transaction(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "state", isolation_level=None)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("create table snaps (state)")
        assert in_a_snapshot(os.getpid()) is None
        connection.execute("begin immediate")
        assert in_a_snapshot(os.getpid()) == "a snapshot"
        connection.execute("commit")
        assert in_a_snapshot(os.getpid()) is None


def test_a_small_disk_is_filled_to_the_brim_and_given_room_again(tmp_path: Path) -> None:
    try:
        with SmallDisk(tmp_path / "disk") as disk:
            room = disk.free
            disk.fill(300)
            assert disk.free == 300
            disk.fill(0)
            with pytest.raises(OSError, match="No space left"):
                (disk.folder / "one").write_bytes(bytes(MB))
            (disk.folder / "one").unlink()
            disk.release()
            assert disk.free == room
    except NoDisk as reason:
        pytest.skip(str(reason))
    assert str(tmp_path) not in {place.mountpoint for place in psutil.disk_partitions(all=True)}
