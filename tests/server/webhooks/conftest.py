"""Dispatchers as processes have them, on a real Redis, and receivers that are real servers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from dispatchers import SECRET, SOON, Listen, Process, Start
from real_servers import TestRedis
from receivers import Receiver
from server.resources.redis_client import redis_client
from streakline.webhooks.retries import Retries


@pytest.fixture
async def redis(redis_server: TestRedis) -> AsyncIterator[Redis]:
    client = redis_client(redis_server.url)
    yield client
    await client.aclose()


@pytest.fixture
async def deliver(redis: Redis, tmp_path: Path) -> AsyncIterator[Start]:
    """Return a function that starts a further process that delivers."""
    started: list[Process] = []

    async def start(
        *, retries: Retries = SOON, seconds: float = 5.0, private: bool = True, redis: Redis = redis
    ) -> Process:
        process = Process(redis, tmp_path, retries, seconds, private=private)
        started.append(process)
        return await process.start()

    yield start
    for process in started:
        await process.stop()


@pytest.fixture
async def listen() -> AsyncIterator[Listen]:
    """Return a function that starts a receiver, which verifies signatures."""
    started: list[Receiver] = []

    async def start() -> Receiver:
        receiver = Receiver()
        receiver.secret = SECRET
        started.append(receiver)
        return await receiver.start()

    yield start
    for receiver in started:
        await receiver.stop()
