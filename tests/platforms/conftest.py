"""Servers that speak as platforms do, and a server of ours that is an application of theirs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from connecting import cookies
from instagram_server import InstagramServer
from real_servers import TestRedis
from server.app import init_app
from streakline.settings import Settings
from tiktok_server import TikTokBusinessServer, TikTokServer
from wire import SECRET, Client, now_ms
from x_server import XServer
from youtube_server import YouTubeServer

KEY = "a key that seals what is secret here"


@pytest.fixture
async def youtube() -> AsyncIterator[YouTubeServer]:
    server = await YouTubeServer(now_ms()).start()
    yield server
    await server.stop()


@pytest.fixture
async def tiktok() -> AsyncIterator[TikTokServer]:
    server = await TikTokServer(now_ms()).start()
    yield server
    await server.stop()


@pytest.fixture
async def tiktok_business() -> AsyncIterator[TikTokBusinessServer]:
    server = await TikTokBusinessServer(now_ms()).start()
    yield server
    await server.stop()


@pytest.fixture
async def instagram() -> AsyncIterator[InstagramServer]:
    server = await InstagramServer(now_ms()).start()
    yield server
    await server.stop()


@pytest.fixture
async def twitter() -> AsyncIterator[XServer]:
    server = await XServer(now_ms()).start()
    yield server
    await server.stop()


@pytest.fixture
def apps(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The file of the applications whose platforms a test asks for."""
    names = {name: name for name in ("youtube", "tiktok", "instagram", "twitter")}
    names["tiktok_business"] = "tiktok-business"
    asked = [name for name in names if name in request.fixturenames]
    file = tmp_path / "apps.json"
    file.write_text(json.dumps({names[name]: request.getfixturevalue(name).app() for name in asked}))
    return file


@pytest.fixture
def settings(redis_server: TestRedis, tmp_path: Path, apps: Path) -> Settings:
    return Settings(
        redis_url=redis_server.url, data=str(tmp_path / "data"), secret=SECRET, page=str(tmp_path / "page"),
        platforms=str(apps), platform_keys=(KEY,),
    )  # fmt: skip


@pytest.fixture
async def ours(settings: Settings) -> AsyncIterator[Client]:
    """A server of ours, and a browser that keeps its cookies."""
    client: Client = TestClient(TestServer(init_app(settings)), cookie_jar=cookies())
    await client.start_server()
    yield client
    await client.close()
