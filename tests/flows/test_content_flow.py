"""The content and viewers flows as real processes on a real Redis: restarts, lost state, several processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from flow_processes import ROOT, FlowProcesses, wait_until
from live_state import parts, shown
from real_servers import TestRedis
from streakline.measures import INDEX, unpack_counts
from streakline.streams import keys
from streakline.times import MINUTE_MS, QUARTER_MS, enc
from streams import Feeder

pytestmark = pytest.mark.stack
T0 = 1_700_000_100_000 // QUARTER_MS * QUARTER_MS  # long ago: the flows know no clock but the entries'


@pytest.fixture
def client(redis_server: TestRedis) -> redis.Redis:
    return redis_server.client()


@pytest.fixture
def flows(tmp_path: Path, redis_server: TestRedis) -> Iterator[FlowProcesses]:
    processes = FlowProcesses(tmp_path, redis_server.url, "http://127.0.0.1:1/none")
    yield processes
    processes.close()


def play(number: int, at: int, content: str = "song", **more: object) -> dict[str, object]:
    return {
        "id": f"play-{number}",
        "type": "play",
        "contentId": content,
        "userId": f"user-{number % 5}",
        "timestamp": at,
        "duration": 30,
        **more,
    }


def covered(client: redis.Redis, position: str, shards: int = 4, parts: int = 4) -> None:
    """Wait until content and viewers have covered a position."""
    sources = [f"viewers:u:{source}" for source in range(shards)]

    def there() -> bool:
        held = [client.hget(keys.progress(shard), "content") for shard in range(shards)]
        held += [at for part in range(parts) for at in client.hmget(keys.progress(part), sources)]
        return all(enc(at or b"0-0") >= enc(position) for at in held)

    wait_until(f"content and viewers at {position}", there)


def open_plays(client: redis.Redis, bucket: int, shards: int = 4) -> int:
    """Return the plays that the open hashes of a bucket hold over all shards."""
    return sum(
        unpack_counts(row).measures[INDEX["plays"]]
        for shard in range(shards)
        for row in client.hvals(keys.open_bucket(shard, bucket))
    )


def test_a_flow_killed_again_and_again_says_the_same_as_one_that_ran_through(
    flows: FlowProcesses, client: redis.Redis
) -> None:
    feeder = Feeder(client)
    flows.start("content", "viewers")
    for number in range(60):
        at = T0 + number * 20_000
        feeder.append([play(number, at, f"song-{number % 7}"), play(number, at, f"song-{number % 7}")], at)
        if number % 20 == 10:
            feeder.tick(at, seq=1)
            covered(client, f"{at}-1")
            flows.kill("content", "viewers")
            flows.start("content", "viewers")
    end = T0 + 60 * 20_000
    feeder.tick(end)
    covered(client, f"{end}-0")
    live = shown(client, end)
    assert live["totals"]["plays"] == 60
    assert live["lastHour"]["plays"] == 60
    assert live["listenersLastHour"] == 5
    assert open_plays(client, T0) == 45
    assert open_plays(client, T0 + QUARTER_MS) == 15


def test_after_a_restart_nothing_is_said_before_the_place_where_it_was_said_already(
    flows: FlowProcesses, client: redis.Redis, tmp_path: Path
) -> None:
    feeder = Feeder(client)
    flows.start("content", "viewers")
    for number in range(5):
        feeder.append([play(number, T0 + number)], T0 + number)
    feeder.tick(T0 + 1000)
    covered(client, f"{T0 + 1000}-0")
    flows.kill("content")
    shutil.rmtree(tmp_path / "flows" / "content-0_1_2_3")  # it will count again from the first entry
    said = client.xlen(keys.UPDATES)
    candidates = [client.xlen(keys.candidates(part)) for part in range(4)]
    flows.start("content")
    flows.wait_for_log("content", "flow_started", times=2)
    assert client.xlen(keys.UPDATES) == said
    feeder.append([play(9, T0 + 2000)], T0 + 2000)
    feeder.tick(T0 + 3000)
    covered(client, f"{T0 + 3000}-0")
    assert shown(client, T0 + 3000)["totals"]["plays"] == 6
    assert [client.xlen(keys.candidates(part)) for part in range(4)] != candidates


def test_without_its_state_a_flow_leaves_alone_what_the_stream_no_longer_holds_whole(
    flows: FlowProcesses, client: redis.Redis, tmp_path: Path
) -> None:
    feeder = Feeder(client)
    flows.start("content", "viewers")
    for number in range(40):  # ten a quarter hour, over four of them
        at = T0 + number * 90_000
        feeder.append([play(number, at)], at)
    end = T0 + 40 * 90_000
    feeder.tick(end)
    covered(client, f"{end}-0")
    assert [open_plays(client, T0 + n * QUARTER_MS) for n in range(4)] == [10, 10, 10, 10]
    flows.kill("content")
    shutil.rmtree(tmp_path / "flows" / "content-0_1_2_3")
    cut = T0 + 5 * 90_000
    for shard in range(4):
        client.xtrim(keys.events(shard), minid=cut, approximate=False)
        client.set(keys.trimmed(shard), f"{cut}-0")
    flows.start("content")
    feeder.append([play(100, end + 1)], end + 1)
    feeder.tick(end + 2000)
    covered(client, f"{end + 2000}-0")
    assert [open_plays(client, T0 + n * QUARTER_MS) for n in range(5)] == [10, 10, 10, 10, 1]
    live = shown(client, end + 2000)
    assert live["totals"]["plays"] == 41
    assert live["since"] > end - 60 * MINUTE_MS


def test_processes_with_disjoint_shards_are_one_flow(flows: FlowProcesses, client: redis.Redis) -> None:
    feeder = Feeder(client)
    flows.start_with("content", "0,2")
    flows.start_with("content", "1,3")
    flows.start_with("viewers", "0,1,2", option="--parts")
    flows.start_with("viewers", "3")
    feeder.append([play(n, T0 + n, f"song-{n}") for n in range(50)], T0 + 100)
    feeder.tick(T0 + 2000)
    covered(client, f"{T0 + 2000}-0")
    live = shown(client, T0 + 2000)
    assert (live["totals"]["plays"], live["activeUsers"]) == (50, 5)


@pytest.mark.parametrize(("shards", "own"), [(16, 4), (2, 4), (3, 5)])
def test_contents_and_persons_are_divided_by_any_two_numbers(
    flows: FlowProcesses, client: redis.Redis, tmp_path: Path, shards: int, own: int
) -> None:
    feeder = Feeder(client, shards, parts=own)
    flows.start("content", "viewers")
    feeder.append([play(n, T0 + n, f"song-{n}", userId=f"user-{n % 23}") for n in range(60)], T0 + 100)
    feeder.tick(T0 + 2000)
    covered(client, f"{T0 + 2000}-0", shards, own)
    flows.kill("content", "viewers")
    flows.start("content", "viewers")
    feeder.append([play(n, T0 + n, f"song-{n}", userId=f"user-{n % 29}") for n in range(60, 90)], T0 + 3000)
    feeder.tick(T0 + 5000)
    covered(client, f"{T0 + 5000}-0", shards, own)
    live = shown(client, T0 + 5000)
    assert (live["totals"]["plays"], live["activeUsers"], open_plays(client, T0, shards)) == (90, 29, 90)
    assert {len(held) for held in (parts(client)["content"], parts(client)["viewers"])} == {shards, own}
    assert (tmp_path / "flows" / f"viewers-{'_'.join(map(str, range(own)))}").is_dir()
    assert not [stream for stream in client.keys("*:cand") if int(stream[4:-6]) >= own]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            ("content", "--parts", "0"),
            "--parts 0 is of viewers; content owns shards: name them with --shards",
        ),
        (("viewers", "--parts", "3"), "--parts 3 names one that is not within 0 and 2"),
        (("viewers", "--shards", "3"), "--shards 3 names one that is not within 0 and 2"),
        (("content", "--shards", "5"), "--shards 5 names one that is not within 0 and 4"),
    ],
)
def test_a_process_of_what_is_not_there_is_refused(
    redis_server: TestRedis, client: redis.Redis, arguments: tuple[str, ...], error: str
) -> None:
    Feeder(client, 5, parts=3)
    line = [sys.executable, "-m", "flows.run", *arguments]
    environment = {**os.environ, "REDIS_URL": redis_server.url}
    ended = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert error in ended.stderr


def test_a_flow_waits_for_the_numbers_that_the_first_start_fixes(
    flows: FlowProcesses, client: redis.Redis
) -> None:
    flows.start("content")
    flows.wait_for_log("content", "not_prepared")
    Feeder(client, 3, parts=2)
    flows.wait_for_log("content", "flow_started")
    assert "shards=[0, 1, 2]" in flows.log("content")


def test_a_torn_recovery_folder_is_a_log_line_and_not_an_end(
    flows: FlowProcesses, client: redis.Redis, tmp_path: Path
) -> None:
    feeder = Feeder(client)
    flows.start("content", "viewers")
    feeder.append([play(1, T0)], T0)
    feeder.tick(T0 + 1000)
    covered(client, f"{T0 + 1000}-0")
    flows.kill("content")
    part = tmp_path / "flows" / "content-0_1_2_3" / "part-0.sqlite3"
    part.write_bytes(b"torn" * 5000)
    for beside in part.parent.glob("part-0.sqlite3-*"):
        beside.unlink()
    flows.start("content")
    feeder.append([play(2, T0 + 1500)], T0 + 1500)
    feeder.tick(T0 + 3000)
    covered(client, f"{T0 + 3000}-0")
    assert shown(client, T0 + 3000)["totals"]["plays"] == 2
    log = (tmp_path / "content.log").read_text()
    assert "recovery_folder_torn" in log
    assert "Traceback" not in log


def test_a_stopped_flow_takes_a_last_snapshot_and_leaves_with_0(
    flows: FlowProcesses, client: redis.Redis
) -> None:
    feeder = Feeder(client)
    flows.start("content", "viewers")
    feeder.append([play(1, T0)], T0)
    feeder.tick(T0 + 1000)
    covered(client, f"{T0 + 1000}-0")
    assert flows.stop() == {"content": 0, "viewers": 0}
    flows.start("content", "viewers")
    feeder.append([play(1, T0), play(2, T0)], T0 + 1500)
    feeder.tick(T0 + 3000)
    covered(client, f"{T0 + 3000}-0")
    assert shown(client, T0 + 3000)["totals"]["plays"] == 2
    assert "content" in parts(client)


def test_a_full_redis_makes_a_flow_wait_and_not_die(flows: FlowProcesses, client: redis.Redis) -> None:
    feeder = Feeder(client)
    feeder.append([play(1, T0)], T0)
    feeder.tick(T0 + 1000)
    client.config_set("maxmemory", 1)
    try:
        flows.start("content", "viewers")
        flows.wait_for_log("content", "redis_write_failed")
    finally:
        client.config_set("maxmemory", 256 << 20)
    covered(client, f"{T0 + 1000}-0")
    assert not flows.died()
    assert shown(client, T0 + 1000)["totals"]["plays"] == 1


def test_poison_in_the_stream_is_passed_over(flows: FlowProcesses, client: redis.Redis) -> None:
    feeder = Feeder(client)
    flows.start("content", "viewers")
    stamped = feeder.stamp(play(1, T0), T0)
    stream = keys.events(stamped.shard)
    for number, fields in enumerate(
        (
            {"v": "9"},
            {"v": "1", "n": "x", "h": b"12"},
            {"v": "1", "n": "1", "h": b"\xff" * 64, "d": b"no zstd"},
            {"v": "1", "n": "1", "h": stamped.record, "d": b"no zstd"},
            {"v": "1", "n": "1", "h": stamped.record},
            {"v": "1", "c": b"\xc1"},
        )
    ):
        client.xadd(stream, fields, id=f"{T0 + number}-0")
    feeder.append([play(2, T0 + 100)], T0 + 100)
    feeder.tick(T0 + 1000)
    covered(client, f"{T0 + 1000}-0")
    assert not flows.died()
    assert shown(client, T0 + 1000)["totals"]["plays"] == 1


def test_a_flow_without_state_lets_nothing_be_trimmed_before_it_has_read_anything(
    flows: FlowProcesses, client: redis.Redis
) -> None:
    Feeder(client)
    lost = {"content:two": "5-0", "viewers:cand:two": "5-0", "archive:two": "5-0"}
    _ = [client.hset(keys.progress(shard), mapping=lost) for shard in range(4)]
    flows.start("content", "viewers")
    held = lambda: [client.hkeys(keys.progress(shard)) for shard in range(4)]  # noqa: E731
    wait_until("what the lost state allowed is taken back", lambda: held() == [[b"archive:two"]] * 4)
