"""A flow that died, froze or has a wrong clock: servers tell it by the streams, in `/ready` and metrics."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import flow_processes
from flow_processes import FLOWS, FlowProcesses
from real_servers import TestClickHouse, TestRedis
from server.door.tokens import mint
from shifted_redis import faketime
from sql.migrate import migrate
from stack.servers.ports import free_port
from streakline.streams import keys
from streakline.streams.partitions import unit
from wire import SECRET, play

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(240)]
ROOT = Path(__file__).parents[3]
ALL = "0,1,2,3"
TOLD_WITHIN = 20.0
"""Seconds, as promised."""
SLACK = 10.0
"""Seconds more on a busy machine."""
CLOCKS = {"DONT_FAKE_MONOTONIC": "1", "FAKETIME_NO_CACHE": "1"}


def wait_until(what: str, holds: Callable[[], bool], seconds: float = 120) -> None:
    """Wait as others do, but ask a server less often: it has to look at the flows meanwhile."""
    flow_processes.wait_until(what, holds, seconds, every=0.25)


class Server:
    """A real server process with some roles."""

    def __init__(self, folder: Path, redis_url: str, roles: str = "ingest,live,api") -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        environment = {
            **os.environ,
            "REDIS_URL": redis_url,
            "STREAKLINE_DATA": str(folder),
            "STREAKLINE_SECRET": SECRET,
            "STREAKLINE_PORT": self.url.rpartition(":")[2],
            "STREAKLINE_ROLES": roles,
        }
        self._log = (folder / "server.log").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "server"], cwd=ROOT, env=environment, stdout=self._log, stderr=self._log
        )
        wait_until("the server answers", self._answers)

    def _answers(self) -> bool:
        try:
            self.ready()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def ready(self) -> list[str]:
        """Return the warnings of `/ready`."""
        with urllib.request.urlopen(f"{self.url}/ready", timeout=10) as answer:
            warnings: list[str] = json.load(answer)["warnings"]
        return warnings

    def silent(self) -> set[str]:
        """Return the flows of which it says that they are silent, with their shards."""
        told = (
            re.match(r"flow_silent: (\w+ of (?:shards|parts) [\d,]+) ", warning) for warning in self.ready()
        )
        return {one[1] for one in told if one is not None}

    def metric(self, name: str) -> dict[tuple[str, str], float]:
        """Return (flow, shard or shards) -> value of a metric of the flows."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        found = re.findall(rf'^{name}{{flow="(\w+)",shards?="([\d,]+)"}} (\S+)$', text, re.MULTILINE)
        return {(flow, shards): float(value) for flow, shards, value in found}

    def post(self) -> None:
        """Post some plays."""
        body = json.dumps([play(n, id=f"{time.monotonic_ns()}-{n}") for n in range(20)]).encode()
        request = urllib.request.Request(
            f"{self.url}/api/stats/events", data=body, headers={"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 202

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()


@pytest.fixture
def flows(
    tmp_path: Path, redis_server: TestRedis, clickhouse_server: TestClickHouse
) -> Iterator[FlowProcesses]:
    migrate(clickhouse_server.url)
    processes = FlowProcesses(tmp_path, redis_server.url, clickhouse_server.url)
    yield processes
    processes.close()


@pytest.fixture
def server(tmp_path: Path, redis_server: TestRedis) -> Iterator[Server]:
    server = Server(tmp_path, redis_server.url)
    yield server
    server.close()


def all_work(server: Server) -> bool:
    """Tell whether every flow was heard, has passed what there is, and none is told of."""
    behind = server.metric("streakline_flow_lag_ms")
    heard = server.metric("streakline_flow_watermark_ms")
    return len(behind) == 12 and max(behind.values()) < 4_000 and len(heard) == 3 and not server.silent()


def assert_told(server: Server, *flows: str) -> None:
    """Wait until flows, and no others, are told of, in time, and by metrics that grow as the alarms want it."""
    began = time.monotonic()
    wanted = {f"{flow} of {unit(flow)} {ALL}" for flow in flows}
    wait_until(f"{flows} are told of", lambda: server.silent() == wanted, TOLD_WITHIN + SLACK)
    assert time.monotonic() - began < TOLD_WITHIN + SLACK
    silent = server.metric("streakline_flow_silent_seconds")
    assert {flow for (flow, _), seconds in silent.items() if seconds >= 10} == set(flows)


def assert_lag_grows(server: Server, *flows: str) -> None:
    before = {flow: server.metric("streakline_flow_lag_ms")[flow, "0"] for flow in flows}
    wait_until(
        "the lag grows",
        lambda: all(
            server.metric("streakline_flow_lag_ms")[flow, "0"] > max(before[flow], 10_000) + 2_000
            for flow in flows
        ),
    )


@pytest.mark.parametrize("turn", [0, 1])
def test_flows_that_are_dead_or_frozen_are_told_of_until_they_are_back(
    tmp_path: Path, flows: FlowProcesses, server: Server, turn: int
) -> None:
    flows.start()
    server.post()
    wait_until("all flows work", lambda: all_work(server))
    killed = {"content", "archive"} if turn else {"viewers"}

    def hit(flow: str) -> None:
        if flow in killed:
            flows.kill(flow)
        else:
            os.kill(flows.pid(flow), signal.SIGSTOP)

    hit("viewers")
    hit("archive")
    assert_told(server, "viewers", "archive")
    assert_lag_grows(server, "viewers", "archive")
    hit("content")
    assert_told(server, *FLOWS)
    assert_lag_grows(server, "content", "archive")
    wait_until("last words end", lambda: server.metric("streakline_flow_busy_seconds") == {})
    code, report = doctor(tmp_path / "none", "--url", server.url, "--token", mint(SECRET, "read:admin"))
    assert (code, report["flow_silent"][:4], report["lag content"][:4]) == (1, "fail", "warn")
    for flow in FLOWS:
        if flow in killed:
            flows.start(flow)
        else:
            os.kill(flows.pid(flow), signal.SIGCONT)
    wait_until("all flows work", lambda: all_work(server))


@pytest.mark.parametrize("seconds", ["+300", "-300"])
def test_a_flow_whose_host_has_a_wrong_clock_has_the_right_lag_and_is_told_of_when_it_dies(
    tmp_path: Path, redis_server: TestRedis, clickhouse_server: TestClickHouse, server: Server, seconds: str
) -> None:
    migrate(clickhouse_server.url)
    wrong = {**CLOCKS, "LD_PRELOAD": faketime(), "FAKETIME": seconds}
    flows = FlowProcesses(tmp_path, redis_server.url, clickhouse_server.url, **wrong)
    try:
        flows.start()
        server.post()
        wait_until("all flows work", lambda: all_work(server))
        behind = []
        for _ in range(30):
            behind.append(max(server.metric("streakline_flow_lag_ms").values()))
            time.sleep(0.1)
        assert 0 <= min(behind) <= max(behind) < 60_000
        flows.kill("viewers")
        assert_told(server, "viewers")
    finally:
        flows.close()


def doctor(folder: Path, *options: str) -> tuple[int, dict[str, str]]:
    """Return what `streakline doctor` ends with, and name -> line of its report."""
    environment = {k: v for k, v in os.environ.items() if k not in {"REDIS_URL", "CLICKHOUSE_URL"}}
    ended = subprocess.run(
        [sys.executable, "-m", "stack.cli", "--data", str(folder), *options, "doctor"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in ended.stdout.splitlines() if not line.startswith(" ")]
    return ended.returncode, {line[6:21].strip(): line for line in lines}


def test_a_server_that_only_takes_events_tells_of_silent_flows_and_doctor_says_what_it_tells(
    tmp_path: Path, redis_server: TestRedis
) -> None:
    server = Server(tmp_path, redis_server.url, roles="ingest")
    try:
        server.post()
        wanted = {f"{flow} of {unit(flow)} {ALL}" for flow in FLOWS}
        wait_until("nobody counts", lambda: wanted <= server.silent())
        code, report = doctor(tmp_path / "none", "--url", server.url)
    finally:
        server.close()
    assert code == 1
    assert report["server"].startswith("ok")
    assert report["flow_silent"].startswith("fail")
    assert "of shards 0,1,2,3 was not heard for" in report["flow_silent"]
    assert report["lag"].startswith("warn")
    assert "no role api" in report["lag"]


def test_shards_that_moved_to_other_processes_leave_no_numbers_behind(
    flows: FlowProcesses, server: Server
) -> None:
    flows.start_with("content", ALL)
    server.post()
    groups = {("content", ALL)}
    wait_until("its numbers are there", lambda: set(server.metric("streakline_flow_events")) == groups)
    flows.kill(f"content {ALL}")
    flows.start_with("content", "0,1")
    flows.start_with("content", "2,3")
    server.post()
    groups = {("content", "0,1"), ("content", "2,3")}
    wait_until("only theirs are there", lambda: set(server.metric("streakline_flow_events")) == groups)
    assert flows.stop() == {"content 0,1": 0, "content 2,3": 0}
    wait_until("nothing is left", lambda: server.metric("streakline_flow_events") == {})


def test_numbers_of_flows_that_ran_before_they_had_an_end_get_one(
    server: Server, redis_server: TestRedis
) -> None:
    with redis_server.client() as client:
        client.hset(keys.metrics("content", "1,2"), mapping={"events": 5, "lag_ms": 300_000})
        of_old = {("content", "1,2"): 5.0}
        wait_until("they are shown", lambda: server.metric("streakline_flow_events") == of_old)
        assert ("content", "1,2") not in server.metric("streakline_flow_lag_ms")
        wait_until("they end", lambda: server.metric("streakline_flow_events") == {})


def test_a_flow_says_when_it_began_before_it_reads_anything(flows: FlowProcesses, server: Server) -> None:
    starts: set[float] = set()

    def new() -> set[float]:
        return set(server.metric("streakline_flow_started_seconds").values()) - starts

    for _ in range(3):
        flows.start_with("viewers", "0")
        wait_until("it says when it began", lambda: bool(new()))
        starts |= new()
        flows.kill("viewers 0")
    assert len(starts) == 3
