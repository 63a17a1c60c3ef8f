"""A Redis that went back to an older file: what was revoked stays revoked, what was made since stays good."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from api_keys import ADMIN, KEYS, listed, made, refusal, revoked, status
from real_servers import TestRedis
from server.resources.revocable.api_keys import FILE, key_file
from streakline.streams import keys as names
from wire import Client, Serve, eventually


def kept(store: TestRedis) -> tuple[set[str], set[str]]:
    with store.client() as redis:
        return (
            {id_.decode() for id_ in redis.hkeys(names.API_KEYS)},
            {id_.decode() for id_ in redis.hkeys(names.API_KEYS_REVOKED)},
        )


async def test_under_a_running_server_nothing_is_forgotten(
    serve: Serve, store: TestRedis, tmp_path: Path
) -> None:
    client = await serve(redis_url=store.url)
    lost, older = await made(client, "read:admin"), await made(client, "read:admin")
    copy = store.copy_out(tmp_path)
    await revoked(client, lost["shown"]["id"])
    newer = await made(client, "read:admin")
    store.go_back(copy)
    assert kept(store) == ({lost["shown"]["id"], older["shown"]["id"]}, set())
    ids = {one["shown"]["id"] for one in (lost, older, newer)}
    await eventually(lambda: kept(store) == (ids, {lost["shown"]["id"]}))
    assert "was revoked at" in await refusal(client, lost["key"])
    await eventually(lambda: answers(client, older["key"], newer["key"]))


async def answers(client: Client, *keys: str) -> bool:
    return all([await status(client, key) == 200 for key in keys])


@pytest.mark.parametrize("nothing_left", [False, True], ids=["an older file", "no file"])
async def test_a_server_that_starts_after_it_knows_from_its_own_file(
    serve: Serve, store: TestRedis, tmp_path: Path, nothing_left: bool
) -> None:
    client = await serve(redis_url=store.url)
    lost = await made(client, "read:admin")
    copy = store.copy_out(tmp_path)
    await revoked(client, lost["shown"]["id"])
    newer = await made(client, "read:admin")
    await client.close()
    store.go_back(None if nothing_left else copy)
    client = await serve(redis_url=store.url)
    # Refused by the very first question: nothing has to be waited for.
    assert "was revoked at" in await refusal(client, lost["key"])
    assert await answers(client, newer["key"])
    ids = {lost["shown"]["id"], newer["shown"]["id"]}
    assert kept(store) == (ids, {lost["shown"]["id"]})


async def test_a_server_without_a_file_learns_it_from_one_that_has_it(
    serve: Serve, store: TestRedis, tmp_path: Path
) -> None:
    client = await serve(redis_url=store.url)
    lost = await made(client, "read:admin")
    copy = store.copy_out(tmp_path)
    await revoked(client, lost["shown"]["id"])
    store.go_back(copy)
    other = await serve(redis_url=store.url, data=str(tmp_path / "fresh"))

    async def refused() -> bool:
        return await status(other, lost["key"]) == 401

    await eventually(refused)
    await eventually((tmp_path / "fresh" / FILE).exists)


async def test_servers_that_share_a_folder_write_one_file(serve: Serve, store: TestRedis) -> None:
    one, two = await serve(redis_url=store.url), await serve(redis_url=store.url)
    keys = [await made(client, "write") for client in (one, two) * 4]
    for client, key in zip((two, one) * 4, keys, strict=True):
        await eventually(functools.partial(knows, client, key["shown"]["id"]))
        await revoked(client, key["shown"]["id"])
    await one.close()
    await two.close()
    store.go_back(None)
    found = await listed(await serve(redis_url=store.url))
    assert {id_: key["state"] for id_, key in found.items()} == {
        key["shown"]["id"]: "revoked" for key in keys
    }


async def knows(client: Client, id_: str) -> bool:
    return id_ in await listed(client)


async def test_a_file_that_cannot_be_read_does_not_keep_the_server_from_starting(
    serve: Serve, store: TestRedis, tmp_path: Path
) -> None:
    client = await serve(redis_url=store.url)
    lost = await made(client, "read:admin")
    await revoked(client, lost["shown"]["id"])
    await client.close()
    (tmp_path / FILE).write_bytes(b'{"keys": [{"id"')
    client = await serve(redis_url=store.url)
    assert "was revoked at" in await refusal(client, lost["key"])
    assert key_file(tmp_path).read().revoked.keys() == {lost["shown"]["id"]}  # written anew


async def test_a_revocation_that_cannot_be_written_is_not_answered_as_done(
    serve: Serve, store: TestRedis, tmp_path: Path
) -> None:
    client = await serve(redis_url=store.url)
    key = await made(client, "read:admin")
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()  # nothing can take its place
    async with client.delete(f"{KEYS}/{key['shown']['id']}", headers=ADMIN) as response:
        problem = await response.json(content_type=None)
    assert (response.status, problem["type"]) == (503, "urn:streakline:problem:store-pressed")
    assert response.headers["Retry-After"] == "10"
