"""Hosts whose clocks are five minutes off, as real processes: what they agree on goes by one clock, Redis'."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from flow_processes import FlowProcesses
from real_servers import TestClickHouse, TestRedis
from server.door.tokens import mint
from server_process import ServerProcess, serving
from shifted_redis import faketime
from sql.migrate import migrate
from streakline.streams import keys
from streakline.times import MINUTE_MS
from wire import SECRET, eventually, now_ms, play

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(180)]
OFF = 300
"""Seconds."""
URL = "/api/stats/events"


def clock(seconds: int) -> dict[str, str]:
    """Return the environment of a process whose clock is so many seconds off; its pauses last as long as ever."""
    return (
        {"LD_PRELOAD": faketime(), "FAKETIME": f"{seconds:+d}s", "DONT_FAKE_MONOTONIC": "1"}
        if seconds
        else {}
    )


@contextmanager
def live_flows(
    redis: TestRedis, clickhouse: TestClickHouse, folder: Path, off: int
) -> Iterator[FlowProcesses]:
    migrate(clickhouse.url)
    folder.mkdir()
    flows = FlowProcesses(folder, redis.url, clickhouse.url, **clock(off))
    flows.start("content", "viewers")
    try:
        yield flows
    finally:
        flows.close()


async def plays_shown(server: ServerProcess, content: str, wanted: int) -> list[int]:
    """Return what the topic of a content shows of the last hour's plays, until it is what is wanted."""
    shown: list[int] = []
    async with server.session.ws_connect(f"{server.url}/api/live", protocols=("streakline.v1",)) as socket:
        await socket.send_json({"type": "subscribe", "topics": [f"content:{content}"]})
        async with asyncio.timeout(40):
            while not shown or shown[-1] != wanted:
                message: dict[str, Any] = await socket.receive_json()
                if "lastHour" in message.get("data", {}):
                    shown.append(message["data"]["lastHour"]["plays"])
    return shown


@pytest.mark.parametrize(
    ("flow_off", "server_off"), [(OFF, 0), (-OFF, 0), (0, OFF), (0, -OFF), (OFF, -OFF), (-OFF, OFF)]
)
async def test_a_single_content_shows_its_plays_whichever_clock_is_off(
    redis_server: TestRedis, clickhouse_server: TestClickHouse, tmp_path: Path, flow_off: int, server_off: int
) -> None:
    """Seen: the flow's clock 5 minutes ahead, and every content of its shards showed 0 plays."""
    async with serving(redis_server, tmp_path, **clock(server_off)) as server:
        with live_flows(redis_server, clickhouse_server, tmp_path / "flows", flow_off):
            await shows_all_plays(server)


async def shows_all_plays(server: ServerProcess) -> None:
    events = [play(n, contentId=f"song-{n % 8}", timestamp=now_ms()) for n in range(80)]
    async with server.session.post(f"{server.url}{URL}", json=events) as answer:
        assert answer.status == 202
        assert (await answer.json())["rejected"] == []
    # Contents of every shard.
    await asyncio.gather(*(plays_shown(server, f"song-{number}", 10) for number in range(8)))


async def test_a_server_whose_clock_is_ahead_leaves_the_watches_of_others(
    redis_server: TestRedis, tmp_path: Path
) -> None:
    until = now_ms() + MINUTE_MS
    async with serving(redis_server, tmp_path, STREAKLINE_ROLES="live", **clock(OFF)):
        with redis_server.client() as redis:
            redis.hset(keys.SUBSCRIBED, mapping={"kept": until, "over": now_ms() - MINUTE_MS})
            await eventually(lambda: not redis.hexists(keys.SUBSCRIBED, "over"))
            assert redis.hkeys(keys.SUBSCRIBED) == [b"kept"]


@pytest.mark.parametrize("off", [-OFF, OFF])
async def test_what_lies_ahead_of_its_acceptance_is_refused_by_redis_clock(
    redis_server: TestRedis, tmp_path: Path, off: int
) -> None:
    """Seen: an ingest host 5 minutes ahead accepted an event 16 minutes ahead, which others refuse."""
    async with serving(redis_server, tmp_path, **clock(off)) as server:
        events = [play(n, timestamp=now_ms() + minutes * MINUTE_MS) for n, minutes in enumerate((0, 14, 16))]
        async with server.session.post(f"{server.url}{URL}", json=events) as answer:
            said = await answer.json()
    assert [item["index"] for item in said["rejected"]] == [2]
    assert "more than 15 minutes ahead of its acceptance" in said["rejected"][0]["error"]


@pytest.mark.parametrize("off", [-OFF, OFF])
async def test_a_fresh_token_holds_on_a_host_whose_clock_is_off(
    redis_server: TestRedis, tmp_path: Path, off: int
) -> None:
    """Seen: 401 for a fresh token on a host that is behind; one ahead ended short ones early."""
    async with serving(redis_server, tmp_path, STREAKLINE_ANONYMOUS_WRITES="0", **clock(off)) as server:
        headers = {"Authorization": f"Bearer {mint(SECRET, 'write', ttl=120)}"}
        async with server.session.post(f"{server.url}{URL}", json=[play()], headers=headers) as answer:
            assert answer.status == 202, await answer.text()
