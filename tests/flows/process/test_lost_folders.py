"""Recovery folders that are torn, or older than what the streams still hold: told to everybody, and counted anew."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import redis

from flow_processes import FlowProcesses, wait_until
from real_servers import TestRedis
from streakline.health import faults
from streakline.streams import keys
from streakline.streams.states import Viewers
from streakline.times import MINUTE_MS, QUARTER_MS, enc
from streams import Feeder

pytestmark = pytest.mark.stack
T0 = 1_700_000_100_000 // QUARTER_MS * QUARTER_MS
SHARDS = 4
FOLDERS = {flow: f"{flow}-0_1_2_3" for flow in ("content", "viewers")}


@pytest.fixture
def client(redis_server: TestRedis) -> redis.Redis:
    return redis_server.client()


@pytest.fixture
def flows(tmp_path: Path, redis_server: TestRedis) -> Iterator[FlowProcesses]:
    processes = FlowProcesses(
        tmp_path, redis_server.url, "http://127.0.0.1:1/none", STREAKLINE_EPOCH_SECONDS="0.2"
    )
    yield processes
    processes.close()


def play(number: int, at: int) -> dict[str, object]:
    user = f"user-{number}"
    return {
        "id": f"p{number}",
        "type": "play",
        "contentId": "song",
        "userId": user,
        "timestamp": at,
        "duration": 30,
    }


def covered(client: redis.Redis, position: str) -> None:
    """Wait until viewers has covered a position of every shard."""
    names = [f"viewers:u:{source}" for source in range(SHARDS)]
    wait_until(
        f"viewers at {position}",
        lambda: all(
            enc(at or b"0-0") >= enc(position)
            for part in range(SHARDS)
            for at in client.hmget(keys.progress(part), names)
        ),
    )


def told(client: redis.Redis) -> set[tuple[str, str]]:
    return {(fault.name, fault.where) for fault in faults.unpacked(client.hgetall(keys.FAULTS))}


def since(client: redis.Redis) -> list[int]:
    states = [client.hget(keys.STATE, f"viewers:{part}") for part in range(SHARDS)]
    return [msgspec.msgpack.decode(state, type=Viewers).since for state in states if state]


def test_a_torn_folder_is_told_and_the_flow_counts_again(
    flows: FlowProcesses, client: redis.Redis, tmp_path: Path
) -> None:
    feeder = Feeder(client)
    flows.start("content", "viewers")
    feeder.append([play(n, T0) for n in range(20)], T0)
    feeder.tick(T0 + 1)
    covered(client, f"{T0 + 1}-0")
    flows.kill("content", "viewers")
    for folder in FOLDERS.values():
        (tmp_path / "flows" / folder / "part-0.sqlite3").write_bytes(b"torn" * 4096)
    flows.start("content", "viewers")
    wait_until(
        "both are told",
        lambda: told(client) == {(faults.FOLDER_TORN, f"{flow} 0,1,2,3") for flow in FOLDERS},
    )
    counts = client.hgetall(keys.FAULT_COUNTS)
    assert set(counts.values()) == {b"1"}
    feeder.tick(T0 + MINUTE_MS)
    covered(client, f"{T0 + MINUTE_MS}-0")


def test_viewers_with_a_folder_older_than_the_candidates_says_so_and_begins_anew(
    flows: FlowProcesses, client: redis.Redis, tmp_path: Path
) -> None:
    feeder = Feeder(client)
    flows.start("content", "viewers")
    feeder.append([play(n, T0) for n in range(20)], T0)
    feeder.tick(T0 + 1)
    covered(client, f"{T0 + 1}-0")
    assert set(flows.stop().values()) == {0}
    folder, older = tmp_path / "flows" / FOLDERS["viewers"], tmp_path / "older"
    shutil.copytree(folder, older)
    flows.start("content", "viewers")
    for minute in range(1, 4):
        at = T0 + minute * MINUTE_MS
        feeder.append([play(100 * minute + n, at) for n in range(20)], at)
        feeder.tick(at + 1)
        covered(client, f"{at + 1}-0")
    flows.kill("viewers")
    for part in range(SHARDS):  # as the ticker does, where everybody has passed it
        [(newest, _)] = client.xrevrange(keys.candidates(part), count=1)
        client.xtrim(keys.candidates(part), minid=newest, approximate=False)
        client.set(keys.trimmed_candidates(part), newest)
    shutil.rmtree(folder)
    shutil.copytree(older, folder)
    flows.start("viewers")
    at = T0 + 5 * MINUTE_MS
    feeder.append([play(900 + n, at) for n in range(20)], at)
    feeder.tick(at + 1)
    covered(client, f"{at + 1}-0")
    assert told(client) == {(faults.STATE_TOO_OLD, f"viewers {part}") for part in range(SHARDS)}
    wait_until("live says that it is incomplete", lambda: all(moment > T0 for moment in since(client)))
