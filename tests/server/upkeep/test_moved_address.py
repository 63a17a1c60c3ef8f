"""The address of Redis leads to another server: nothing is written to it before it was looked at, by anybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from proofs.failover.address import MovingAddress
from real_servers import TestRedis
from server.resources.pipe import Pipe, RedisAway
from server.resources.redis_client import INSTALLATION, redis_client
from server.upkeep.watch import WATCH
from streakline.streams import keys
from streakline.times import enc
from wire import Serve, eventually, play

URL = "/api/stats/events"


@pytest.fixture
def other(tmp_path: Path, store: TestRedis) -> Iterator[TestRedis]:
    """A second Redis with the password of the first."""
    server = TestRedis(tmp_path / "other")
    with server.client() as client:
        client.config_set("requirepass", store.server.password)
    server.server.password = store.server.password
    yield server
    server.process.kill()


@pytest.fixture
def address(store: TestRedis) -> Iterator[MovingAddress]:
    with MovingAddress(store.server.port) as moving:
        yield moving


def through(address: MovingAddress, store: TestRedis) -> str:
    return store.url.replace(f":{store.server.port}/", f":{address.port}/")


def run_id(store: TestRedis) -> bytes:
    with store.client() as client:
        return str(client.info("server")["run_id"]).encode()


async def test_a_client_that_trusts_one_server_writes_to_no_other(
    store: TestRedis, other: TestRedis, address: MovingAddress
) -> None:
    trusted = run_id(store)
    client = redis_client(through(address, store), trusts=lambda found: found == trusted)
    await client.set("sl:written", 1)
    address.lead_to(other.server.port)
    for _ in range(3):  # a pool hands out what is open
        with pytest.raises(RedisError):
            await client.set("sl:written", 2)
    assert other.client().get("sl:written") is None
    address.lead_to(store.server.port)
    await eventually(lambda: store.client().get("sl:written") == b"1")
    await client.aclose()


async def test_an_open_pipe_to_a_server_that_is_trusted_no_more_is_closed(store: TestRedis) -> None:
    trusted = [run_id(store)]
    pipe = Pipe(store.url, trusts=lambda found: found in trusted)
    assert await pipe.send([("SET", "sl:written", 1)]) == [b"OK"]
    trusted.clear()
    for _ in range(2):
        with pytest.raises(RedisAway):
            await pipe.send([("SET", "sl:written", 2)])
    assert store.client().get("sl:written") == b"1"
    pipe.close()


async def test_a_server_is_not_taken_for_raised_when_another_one_answered(
    serve: Serve, store: TestRedis, other: TestRedis, address: MovingAddress
) -> None:
    client = await serve(redis_url=through(address, store))
    await eventually(lambda: _taken(client))
    watch = client.app[WATCH]  # type: ignore[union-attr]
    await eventually(lambda: keys.events(0) in watch._high_water.known)
    looked_at = run_id(store)
    address.lead_to(other.server.port)
    await eventually(lambda: watch.trusts(run_id(other)))
    with pytest.raises(RedisError):
        await watch._raise(b"a third one", {})
    assert not watch.trusts(looked_at)


async def test_no_tick_goes_to_a_server_before_its_ids_are_raised(
    serve: Serve, store: TestRedis, other: TestRedis, address: MovingAddress
) -> None:
    client = await serve(redis_url=through(address, store))
    await eventually(lambda: _taken(client))
    shards = client.app[INSTALLATION].shards  # type: ignore[union-attr]
    given = {
        shard: store.client().xinfo_stream(keys.events(shard))["last-generated-id"] for shard in range(shards)
    }
    high_water = client.app[WATCH]._high_water  # type: ignore[union-attr]
    # A tick may have come since: then more is known than was looked at here.
    await eventually(
        lambda: all(
            enc(high_water.known.get(keys.events(n), "0-0")) >= enc(last) for n, last in given.items()
        )
    )
    address.lead_to(other.server.port)
    await eventually(lambda: all(other.client().xlen(keys.events(shard)) for shard in range(shards)))
    for shard, last in given.items():
        first = other.client().xrange(keys.events(shard), count=1)[0][0]
        assert enc(first) > enc(last)
    assert any("redis_went_back" in warning for warning in client.app[WATCH].warnings())  # type: ignore[union-attr]


async def _taken(client) -> bool:
    async with client.post(URL, json=[play(n) for n in range(40)]) as response:
        return response.status == 202
