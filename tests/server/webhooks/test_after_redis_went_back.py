"""A Redis that went back to an older file: a removed webhook stays removed, a newer one is there again."""

from __future__ import annotations

from pathlib import Path

import pytest

from real_servers import TestRedis
from server.resources.redis_client import redis_client
from server.webhooks.known import Webhooks, webhook_file
from streakline.streams import keys
from streakline.webhooks.known import Webhook
from wire import eventually


def hook(id_: str) -> Webhook:
    return Webhook(id=id_, url=f"https://{id_}.example", secret=f"whsec_{id_}", created=1)


def kept(store: TestRedis) -> tuple[set[bytes], set[bytes]]:
    with store.client() as redis:
        return set(redis.hkeys(keys.WEBHOOKS)), set(redis.hkeys(keys.WEBHOOKS_REMOVED))


@pytest.mark.parametrize(
    "restarted", [False, True], ids=["a running server", "a server that starts after it"]
)
@pytest.mark.parametrize("nothing_left", [False, True], ids=["an older file", "no file"])
async def test_what_was_removed_stays_removed_and_what_was_added_since_is_there(
    store: TestRedis, tmp_path: Path, restarted: bool, nothing_left: bool
) -> None:
    client = redis_client(store.url)
    hooks = Webhooks(client, webhook_file(tmp_path))
    await hooks.start()
    for id_ in ("lost", "older"):
        await hooks.add(hook(id_))
    await client.hset(keys.deliveries("lost"), "event", "{}")
    copy = store.copy_out(tmp_path)
    await hooks.remove("lost", 5)
    await hooks.add(hook("newer"))
    assert await client.exists(keys.deliveries("lost")) == 0
    await client.aclose()
    store.go_back(None if nothing_left else copy)
    client = redis_client(store.url)
    if restarted:
        hooks = Webhooks(client, webhook_file(tmp_path))
        await hooks.start()
        assert set(hooks.known.hooks) == {"older", "newer"}  # before the first look at Redis changes anything
    else:
        hooks._redis = client  # the port is the same, the connection another

    async def put_back() -> bool:
        await hooks.look()
        return kept(store) == ({b"older", b"newer"}, {b"lost"})

    await eventually(put_back)
    assert await client.exists(keys.deliveries("lost")) == 0
    assert set(hooks.known.hooks) == {"older", "newer"}
    await client.aclose()


async def test_of_a_removed_webhook_no_keeper_has_the_secret(store: TestRedis, tmp_path: Path) -> None:
    client = redis_client(store.url)
    hooks = Webhooks(client, webhook_file(tmp_path))
    await hooks.add(hook("lost"))
    file = tmp_path / "webhooks.json"
    assert b"whsec_lost" in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    await hooks.remove("lost", 5)
    assert b"whsec" not in file.read_bytes()
    assert await client.hgetall(keys.WEBHOOKS) == {}
    await client.aclose()


async def test_another_process_hears_of_it(store: TestRedis, tmp_path: Path) -> None:
    client = redis_client(store.url)
    here = Webhooks(client, webhook_file(tmp_path / "here"))
    there = Webhooks(client, webhook_file(tmp_path / "there"))
    await here.start()
    await there.start()
    await here.add(hook("one"))
    await there.look()
    assert set(there.known.hooks) == {"one"}
    await there.remove("one", 5)
    await here.look()
    assert here.known.hooks == {}
    await client.aclose()
