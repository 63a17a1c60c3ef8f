"""One refresh at a time: a refresh token of a platform that rotates works once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from connecting import CONNECTIONS, bearer, connect, sync
from platform_server import lost, status
from server.app import init_app
from server.door.tokens import mint
from server.platforms.connections import FILE
from server.platforms.resource import PLATFORMS
from streakline.platforms.connectors.faults import Faulty
from streakline.settings import Settings
from wire import SECRET, Client
from youtube_server import Channel, YouTubeServer

ANN = mint(SECRET, "read:self", sub="ann")


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Client]:
    """Another process of the same installation."""
    client: Client = TestClient(TestServer(init_app(settings)))
    await client.start_server()
    yield client
    await client.close()


def address(client: Client) -> str:
    return str(client.make_url("")).rstrip("/")


async def connected(ours: Client, youtube: YouTubeServer) -> None:
    youtube.rotates = True
    youtube.add(Channel("UC1", "Ann's channel", statistics={"viewCount": 7}))
    assert (await connect(ours.session, address(ours), ANN, youtube, "youtube", "ann", "UC1")).status == 200
    assert (await sync(ours.session, address(ours), ANN, wait="30"))[0] == 200


def grants(client: Client) -> tuple[Any, Any]:
    """Return the grants of a process, and the one connection that it knows."""
    ours = client.server.app[PLATFORMS]  # type: ignore[attr-defined]
    [connection] = ours.connections.known.connections.values()
    return ours.syncs._grants, connection


async def test_of_two_processes_that_refresh_at_once_one_asks(
    ours: Client, other: Client, youtube: YouTubeServer
) -> None:
    await connected(ours, youtube)
    await other.server.app[PLATFORMS].connections.look()  # type: ignore[attr-defined]
    for _ in range(5):
        youtube.record.clear()
        (one, connection), (two, _) = grants(ours), grants(other)
        spent = one.kept(connection)
        found = await asyncio.gather(*(which.refreshed(connection, spent) for which in (one, two) * 5))
        assert len({tokens.access for tokens in found}) == 1
        assert found[0].access != spent.access
        assert len(youtube.asked("/token")) == 1
    assert not any(granted.revoked for granted in youtube.grants)
    assert (await sync(other.session, address(other), ANN, wait="30"))[0] == 200


async def test_an_answer_that_is_lost_after_the_platform_rotated_loses_the_grant_and_is_told(
    ours: Client, youtube: YouTubeServer
) -> None:
    await connected(ours, youtube)
    youtube.faults.add("/token", lost)
    one, connection = grants(ours)
    with pytest.raises(Faulty) as fault:
        await one.refreshed(connection, one.kept(connection))
    assert fault.value.fault.kind == "lost"
    youtube.clock.now += 4_000_000
    assert (await sync(ours.session, address(ours), ANN, wait="30"))[0] == 500
    async with ours.get(CONNECTIONS, headers=bearer(ANN)) as answer:
        assert [one["state"] for one in (await answer.json())["connections"]] == ["lost"]


async def test_a_platform_that_is_away_loses_no_grant(ours: Client, youtube: YouTubeServer) -> None:
    await connected(ours, youtube)
    youtube.faults.add("/token", *[status(503, text="<html>")] * 4)
    one, connection = grants(ours)
    one._talker._backoff = one._talker._backoff._replace(first=1, longest=2)
    with pytest.raises(Faulty) as fault:
        await one.refreshed(connection, one.kept(connection))
    assert fault.value.fault.kind == "away"
    assert (await one.refreshed(connection, one.kept(connection))).access


async def test_a_file_that_cannot_be_written_is_noticed_before_the_old_token_is_spent(
    ours: Client, youtube: YouTubeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connected(ours, youtube)
    youtube.record.clear()
    one, connection = grants(ours)
    folder = tmp_path / "data"
    assert (folder / FILE).exists()

    def full(*_: object, **__: object) -> None:
        msg = "No space left on device"
        raise OSError(28, msg)

    monkeypatch.setattr("server.resources.joined_file.os.open", full)
    with pytest.raises(OSError, match="No space left"):
        await one.refreshed(connection, one.kept(connection))
    assert youtube.asked("/token") == []
