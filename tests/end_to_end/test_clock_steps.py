"""Redis' clock is set forward and back under the whole system: nothing is lost, counts come right by recount."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from flow_processes import FlowProcesses, wait_for_close, wait_until
from real_servers import TestClickHouse
from server.app import init_app
from server.live.feed import FEED
from shifted_redis import ShiftedRedis
from sql.connection import connect
from sql.migrate import migrate
from stack.verify.verifier import Verifier
from streakline.live.state import OVERVIEW
from streakline.measures import INDEX, unpack_counts
from streakline.settings import Settings
from streakline.streams import keys
from streakline.times import HOUR_MS, enc, ms_of
from wire import SECRET, Client, eventually, now_ms, play

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(180)]
SHARDS = 4


@pytest.fixture
def flows(
    tmp_path: Path, shifted: ShiftedRedis, clickhouse_server: TestClickHouse
) -> Iterator[FlowProcesses]:
    migrate(clickhouse_server.url)
    (tmp_path / "data").mkdir()
    with shifted.client() as redis:
        redis.set(keys.SEED, 7)
        redis.set(keys.SHARDS, SHARDS)
    processes = FlowProcesses(
        tmp_path / "data", shifted.url, clickhouse_server.url, STREAKLINE_EPOCH_SECONDS="0.3"
    )
    processes.start()
    yield processes
    processes.close()


@pytest.fixture
async def client(tmp_path: Path, shifted: ShiftedRedis, flows: FlowProcesses) -> AsyncIterator[Client]:
    app = init_app(Settings(redis_url=shifted.url, data=str(tmp_path / "data"), secret=SECRET))
    client: Client = TestClient(TestServer(app))
    await client.start_server()
    yield client
    await client.close()


class Sender:
    """Posts plays that begin now, each told apart."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.acknowledged = 0

    async def post(self, number: int = 20) -> None:
        begin = self.acknowledged
        events = [
            play(n, timestamp=now_ms(), contentId=f"song-{n % 9}") for n in range(begin, begin + number)
        ]
        async with self._client.post("/api/stats/events", json=events) as response:
            assert response.status == 202
            self.acknowledged += (await response.json())["accepted"]


def raw_rows(clickhouse_url: str) -> int:
    return int(connect(clickhouse_url).query("select count() from events final").result_rows[0][0])


def all_read(shifted: ShiftedRedis, flows: FlowProcesses) -> None:
    """Wait until everything has covered what every stream holds."""
    with shifted.client() as redis:
        for shard in range(SHARDS):
            [(newest, _)] = redis.xrevrange(keys.events(shard), count=1)
            wanted, fields = enc(newest), ["content", "archive", "archive:out"]
            wait_until(
                f"shard {shard} at {newest!r}",
                lambda s=shard, w=wanted, f=fields: all(  # type: ignore[misc]
                    enc(at or b"0-0") >= w for at in redis.hmget(keys.progress(s), f)
                ),
            )
            assert flows.died() == []


def dead(shifted: ShiftedRedis) -> list[Any]:
    with shifted.client() as redis:
        return [fields for _, fields in redis.xrange(keys.DEAD)]


def lifetime(shifted: ShiftedRedis) -> int:
    with shifted.client() as redis:
        bases = [redis.hget(keys.base(shard), "*") for shard in range(SHARDS)]
    return sum(unpack_counts(base).measures[INDEX["plays"]] for base in bases if base)


def verified(shifted: ShiftedRedis, clickhouse_url: str) -> None:
    verifier = Verifier(shifted.client(), connect(clickhouse_url), SHARDS)
    at = verifier.fixed()
    verifier.wait(at, 60)
    assert [check for check in verifier.checks(at, 30) if check.differing] == []


async def test_a_clock_behind_by_hours_loses_nothing(
    client: Client, shifted: ShiftedRedis, flows: FlowProcesses, clickhouse_server: TestClickHouse
) -> None:
    shifted.shift(-3 * 3600)
    sender = Sender(client)
    await sender.post()
    await eventually(lambda: client.app[FEED].incomplete)  # type: ignore[union-attr]
    await sender.post()
    all_read(shifted, flows)
    assert dead(shifted) == []
    assert raw_rows(clickhouse_server.url) == sender.acknowledged
    verified(shifted, clickhouse_server.url)


async def test_a_clock_set_forward_closes_early_and_counts_come_right_by_recount(
    client: Client, shifted: ShiftedRedis, flows: FlowProcesses, clickhouse_server: TestClickHouse
) -> None:
    sender = Sender(client)
    await sender.post()
    all_read(shifted, flows)
    shifted.shift(2 * 3600)
    await sender.post()
    with shifted.client() as redis:
        wait_for_close(redis, now_ms() + HOUR_MS, SHARDS)
    await sender.post()  # every quarter hour of now is closed: they are late
    await eventually(lambda: client.app[FEED].standing.topics()[OVERVIEW]["since"] > 0)  # type: ignore[union-attr]
    shifted.shift(0)
    await sender.post()
    all_read(shifted, flows)
    with shifted.client() as redis:
        for shard in range(SHARDS):
            redis.set(keys.wanted(shard), 1)
        wait_until(
            "no recount is owed",
            lambda: all(not redis.hget(keys.progress(shard), "archive:mark") for shard in range(SHARDS)),
        )
        assert redis.hget(keys.progress(0), "archive:differences") is None
    assert dead(shifted) == []
    assert raw_rows(clickhouse_server.url) == sender.acknowledged
    assert lifetime(shifted) == sender.acknowledged
    assert client.app[FEED].incomplete  # type: ignore[union-attr]
    verified(shifted, clickhouse_server.url)


async def test_derived_streams_that_were_not_written_during_a_step_still_count(
    client: Client, shifted: ShiftedRedis, flows: FlowProcesses, clickhouse_server: TestClickHouse
) -> None:
    flows.kill()
    shifted.shift(2 * 3600)
    sender = Sender(client)
    await sender.post()
    shifted.shift(0)  # what the flows say of these entries gets older ids than the entries have
    flows.start()
    all_read(shifted, flows)
    await sender.post()
    all_read(shifted, flows)
    assert dead(shifted) == []
    with shifted.client() as redis:
        for part in range(SHARDS):
            wait_until(
                "viewers heard of it",
                lambda p=part: bool(redis.hget(keys.progress(p), "viewers:u:0")),  # type: ignore[misc]
            )
            [(message, _)] = redis.xrevrange(keys.out(part), count=1)
            assert ms_of(message) < time.time() * 1000 + HOUR_MS
    assert raw_rows(clickhouse_server.url) == sender.acknowledged
    verified(shifted, clickhouse_server.url)
