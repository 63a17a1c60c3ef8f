import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive_feed import HOUR, MINUTE, NOON, SHARD, Case, play
from real_servers import TestClickHouse, TestRedis
from streakline.streams import keys
from streakline.times import enc

ROOT = Path(__file__).parents[3]


class Process:
    """A real archive process on a shard of its own."""

    def __init__(self, folder: Path, redis_url: str, clickhouse_url: str) -> None:
        self._command = [
            sys.executable,
            "-m",
            "flows.run",
            "archive",
            "--shards",
            "0",
            "--recovery",
            str(folder),
        ]
        self._environment = os.environ | {
            "REDIS_URL": redis_url,
            "CLICKHOUSE_URL": clickhouse_url,
            "STREAKLINE_SHARDS": "1",
            "STREAKLINE_PARTS": "1",
            "STREAKLINE_EPOCH_SECONDS": "0.1",
        }
        self.log = folder.with_suffix(".log")
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )

    def send(self, number: int) -> int:
        """Send a signal; return the exit code."""
        self._process.send_signal(number)
        return self._process.wait(30)

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def case(redis_server: TestRedis, clickhouse_server: TestClickHouse) -> Case:
    return Case(redis_server, clickhouse_server)


@pytest.fixture
def process(case: Case, tmp_path: Path, clickhouse_server: TestClickHouse) -> Iterator[Process]:
    process = Process(tmp_path / "archive", case.redis_server.url, clickhouse_server.url)
    yield process
    process.stop()


def until(what: str, happens: Callable[[], object], process: Process, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, f"{what} did not happen:\n{process.log.read_text()[-3000:]}"
        time.sleep(0.02)


def archived(case: Case, entry: str) -> Callable[[], bool]:
    return lambda: case.progress().get("archive") == entry and case.progress().get("archive:out") == entry


def ids(case: Case) -> list[str]:
    return [row[0] for row in case.rows("select id from events final order by id")]


def test_history_goes_on_through_signals_kills_and_an_absent_clickhouse(
    case: Case, process: Process, clickhouse_server: TestClickHouse
) -> None:
    entry = case.feed.send(NOON, play("a", NOON, "p1"))
    case.feed.count()
    until("the first row", archived(case, entry), process)
    assert process.send(signal.SIGTERM) == 0

    entry = case.feed.send(NOON + MINUTE, play("a", NOON, "p2"))
    case.feed.count()
    process.start()
    until("the row after a stop", archived(case, entry), process)
    process.send(signal.SIGKILL)

    entry = case.feed.send(NOON + 2 * MINUTE, play("a", NOON, "p3"))
    case.feed.count()
    process.start()
    until("the row after a kill", archived(case, entry), process)

    clickhouse_server.kill()
    late = case.feed.send(NOON + 3 * MINUTE, play("a", NOON - 48 * HOUR, "p4"))
    case.feed.tick(NOON + 2 * HOUR)
    entry = case.feed.tick(NOON + 2 * HOUR + 1)
    case.feed.count()
    until("noticing", lambda: "clickhouse_statement_failed" in process.log.read_text(), process)
    assert case.progress()["archive"] != late
    clickhouse_server.start()
    case.clickhouse = clickhouse_server.client()
    until("catching up", archived(case, entry), process)
    until("the recount", lambda: case.progress()["archive:mark"] == "" and case.base() == 4, process)

    assert ids(case) == ["p1", "p2", "p3", "p4"]
    assert [row[2:] for row in case.counts("quarter")] == [(1, True), (3, True)]
    assert "archive:differences" not in case.progress()


def test_trimming_learns_where_the_flow_was_two_snapshots_ago(case: Case, process: Process) -> None:
    clock = iter(range(NOON, NOON + HOUR))

    def told() -> bool:
        case.feed.tick(next(clock))
        case.feed.count()
        return {"archive:two", "archive:out:two"} <= case.progress().keys()

    until("three snapshots", told, process)
    process.send(signal.SIGKILL)
    # It resumes from its last snapshot; what it said before that still holds.
    process.start()
    entry = case.feed.tick(next(clock))
    case.feed.count()
    until("going on", archived(case, entry), process)
    assert enc(case.progress()["archive:two"]) <= enc(entry)


def test_a_stop_while_clickhouse_is_away_ends_cleanly(
    case: Case, process: Process, clickhouse_server: TestClickHouse
) -> None:
    entry = case.feed.send(NOON, play("a", NOON, "p1"))
    case.feed.count()
    until("the first row", archived(case, entry), process)
    clickhouse_server.kill()
    entry = case.feed.send(NOON + MINUTE, play("a", NOON, "p2"))
    case.feed.count()
    until("noticing", lambda: "clickhouse_statement_failed" in process.log.read_text(), process)
    assert process.send(signal.SIGTERM) == 0, process.log.read_text()[-2000:]
    clickhouse_server.start()
    case.clickhouse = clickhouse_server.client()
    process.start()
    until("catching up", archived(case, entry), process)
    assert ids(case) == ["p1", "p2"]


def test_somebody_who_waits_has_late_events_recounted_at_once(case: Case, process: Process) -> None:
    entry = case.feed.tick(NOON)
    for number in range(3):
        case.redis.set(keys.wanted(SHARD), 1, ex=35)
        entry = case.feed.send(NOON + number + 1, play("a", NOON - 72 * HOUR, f"p{number}"))
        case.feed.count()
        until("the raw row", archived(case, entry), process)
        until("the recount", lambda n=number: case.base() == n + 1, process, seconds=20)
    assert case.progress()["archive:mark"] == ""
