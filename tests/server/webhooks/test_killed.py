"""A server process that is killed while it delivers: the next one goes on, and every event has come."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from redis.asyncio import Redis

from api_keys import ADMIN
from dispatchers import Listen, emitted
from real_servers import TestRedis
from receivers import stall, take
from server_process import serving
from wire import eventually


@pytest.mark.slow
async def test_what_was_under_way_when_the_process_was_killed_is_delivered_by_the_next_one(
    redis: Redis, redis_server: TestRedis, listen: Listen, tmp_path: Path
) -> None:
    receiver = await listen()
    receiver.respond = stall
    settings = {"STREAKLINE_PRIVATE_WEBHOOKS": "1"}
    async with serving(redis_server, tmp_path, **settings) as server:
        async with server.session.post(
            f"{server.url}/api/v1/webhooks", json={"url": receiver.url}, headers=ADMIN
        ) as response:
            assert response.status == 201
            receiver.secret = (await response.json())["secret"]
        ids = await emitted(redis, range(12))
        await eventually(lambda: len(receiver.got) == 4)  # as many as one receiver gets at once
        server.process.kill()
        await asyncio.to_thread(server.process.wait)
    receiver.respond = take
    async with serving(redis_server, tmp_path, **settings):
        await eventually(lambda: receiver.taken.keys() == set(ids))
    assert len(receiver.got) == 4 + 12
