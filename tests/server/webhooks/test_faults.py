"""Deliveries while Redis stands still or is full, and to addresses and servers that may have none."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest
from aiohttp import web
from redis.asyncio import Redis

from dispatchers import SECRET, Listen, Start, emitted, ended, held, hook_of
from real_servers import TestRedis
from receivers import self_signed
from streakline.streams import keys
from wire import eventually


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0177.0.0.1", "2130706433", "[::ffff:127.0.0.1]"])
async def test_nothing_is_sent_to_a_private_address_however_it_is_written(
    redis: Redis, deliver: Start, listen: Listen, host: str
) -> None:
    receiver, process = await listen(), await deliver(private=False)
    hook = hook_of(receiver)
    url = receiver.url.replace("127.0.0.1", host)
    await process.hooks.add(type(hook)(id="hook", url=url, secret=SECRET, created=hook.created))
    ids = await emitted(redis, [1])
    await eventually(lambda: ended(redis, ids, "dead"))
    [delivery] = await held(redis)
    errors = {one.error or "" for one in delivery.attempts}
    assert receiver.got == []
    ways = ("no public address", "name is not known", "cannot be used")
    assert all(any(way in error for way in ways) for error in errors), errors


async def test_a_redis_that_stands_still_delays_deliveries_and_loses_none(
    redis: Redis, deliver: Start, listen: Listen, redis_server: TestRedis
) -> None:
    receiver, process = await listen(), await deliver()
    await process.hooks.add(hook_of(receiver))
    ids = await emitted(redis, range(5))
    os.kill(redis_server.pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(0.2)
    finally:
        os.kill(redis_server.pid, signal.SIGCONT)
    await eventually(lambda: ended(redis, ids, "delivered"))
    assert receiver.taken.keys() == set(ids)


async def test_while_nothing_can_be_stored_nothing_is_sent_again(
    redis: Redis, deliver: Start, listen: Listen, redis_server: TestRedis
) -> None:
    receiver, process = await listen(), await deliver()
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def respond(_: web.Request) -> web.StreamResponse:
        arrived.set()
        await go_on.wait()
        return web.Response()

    receiver.respond = respond
    await process.hooks.add(hook_of(receiver))
    ids = await emitted(redis, [1])
    await arrived.wait()
    with redis_server.client() as admin:
        before = admin.config_get("maxmemory")["maxmemory"]
        admin.config_set("maxmemory", 1)  # every write is refused
        try:
            go_on.set()
            await eventually(lambda: process.outcomes == ["delivered"])
            await asyncio.sleep(0.3)  # many rounds
            assert len(receiver.got) == 1
        finally:
            admin.config_set("maxmemory", before)
    await eventually(lambda: ended(redis, ids, "delivered"))
    assert (len(receiver.got), process.outcomes) == (1, ["delivered"])


async def test_a_receiver_whose_certificate_nobody_vouches_for_gets_nothing(
    redis: Redis, deliver: Start, listen: Listen, tmp_path: Path
) -> None:
    receiver, process = await listen(), await deliver()
    await receiver.stop()
    await receiver.start(self_signed(tmp_path))
    hook = hook_of(receiver)
    url = receiver.url.replace("http:", "https:")
    await process.hooks.add(type(hook)(id="hook", url=url, secret=SECRET, created=hook.created))
    ids = await emitted(redis, [1])
    await eventually(lambda: ended(redis, ids, "dead"))
    [delivery] = await held(redis)
    assert receiver.got == []
    assert all("no secure connection" in (one.error or "") for one in delivery.attempts)


async def test_what_is_no_event_in_the_stream_keeps_nothing_from_those_behind_it(
    redis: Redis, deliver: Start, listen: Listen
) -> None:
    receiver, process = await listen(), await deliver()
    await process.hooks.add(hook_of(receiver))
    for poison in (b"", b"\xff", b"{}", b"[" * 100_000, b'{"id":"i","type":"t","at":"\xff"}'):
        await redis.xadd(keys.DOMAIN, {"event": poison})
    await redis.xadd(keys.DOMAIN, {"other": "field"})
    ids = await emitted(redis, [1])
    await eventually(lambda: ended(redis, ids, "delivered"))
    assert [event["id"] for event in receiver.got] == ids
