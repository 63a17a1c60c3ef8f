"""Which disks are watched: that of the data, and that of Redis, wherever it can be seen; else that is told."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from real_servers import TestRedis
from server.upkeep.disks import MB, _is_here
from wire import Client, Serve, play

ROOM_MB = 8


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with a few MB; skips where it cannot be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ROOM_MB}m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("a tmpfs cannot be mounted here: it needs root")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def warnings(client: Client) -> list[str]:
    async with client.get("/ready") as response:
        said: list[str] = (await response.json())["warnings"]
    return said


async def free(client: Client, name: str) -> float:
    async with client.get("/metrics") as response:
        lines = (await response.text()).splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))


async def refusal(client: Client) -> str:
    async with client.post("/api/stats/events", json=[play()]) as response:
        return str((await response.json(content_type=None))["detail"]) if response.status == 503 else ""


async def test_the_disk_of_redis_is_watched_where_its_file_is_seen(
    serve: Serve, small_disk: Path, tmp_path: Path
) -> None:
    # The server's own data lies on another disk with more room than is asked for.
    store = TestRedis(small_disk / "redis")
    try:
        client = await serve(redis_url=store.url, data=str(tmp_path), min_free_mb=2 * ROOM_MB)
        assert f"MB are free at {small_disk / 'redis'}" in await refusal(client)
        assert await free(client, "streakline_redis_free_disk_bytes") <= ROOM_MB * MB
        assert await free(client, "streakline_free_disk_bytes") > 2 * ROOM_MB * MB
        assert await warnings(client) == []
    finally:
        store.process.kill()


async def test_a_folder_that_is_named_stands_for_the_disk_of_redis(
    serve: Serve, redis_server: TestRedis, small_disk: Path
) -> None:
    client = await serve(redis_folder=str(small_disk), min_free_mb=2 * ROOM_MB)
    assert f"MB are free at {small_disk}" in await refusal(client)


async def test_a_redis_that_does_not_say_where_its_file_is_is_told_of_with_the_way_out(
    serve: Serve, store: TestRedis
) -> None:
    with store.client() as redis:
        redis.execute_command("ACL", "SETUSER", "managed", "on", ">word", "~*", "&*", "+@all", "-config")
    address = urlsplit(store.url)
    client = await serve(redis_url=f"redis://managed:word@{address.hostname}:{address.port}/0")
    assert await refusal(client) == ""
    (warning,) = await warnings(client)
    assert warning.startswith("redis_disk_unwatched: redis does not say where its file is")
    assert "STREAKLINE_REDIS_FOLDER" in warning
    assert str(await free(client, "streakline_redis_free_disk_bytes")) == "nan"


async def test_who_watches_it_elsewhere_is_not_told_and_a_folder_that_is_not_there_is(
    serve: Serve, tmp_path: Path
) -> None:
    assert await warnings(await serve(redis_folder="none")) == []
    missing = tmp_path / "missing"
    (warning,) = await warnings(await serve(redis_folder=str(missing)))
    assert f"STREAKLINE_REDIS_FOLDER is {missing}, which is not there" in warning


async def test_a_server_that_takes_no_events_leaves_it_to_those_that_do(serve: Serve, tmp_path: Path) -> None:
    assert await warnings(await serve(redis_folder=str(tmp_path / "missing"), roles=("live", "api"))) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", socket.gethostname()])
async def test_own_names_are_this_machine(host: str) -> None:
    assert await _is_here(host)


@pytest.mark.parametrize("host", ["192.0.2.7", "198.51.100.9"])
async def test_the_address_of_another_machine_is_not(host: str) -> None:
    assert not await _is_here(host)
