"""The real application on a real Redis."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from real_servers import TestRedis
from server.app import init_app
from streakline.settings import Settings
from wire import SECRET, Client, Serve


@pytest.fixture
def settings(redis_server: TestRedis, tmp_path: Path) -> Settings:
    """Settings of a server beside the test's Redis; four shards."""
    return Settings(
        redis_url=redis_server.url, data=str(tmp_path), secret=SECRET, page=str(tmp_path / "page")
    )


@pytest.fixture
async def serve(settings: Settings) -> AsyncIterator[Serve]:
    """Return a function that starts a server with some settings changed and gives a client to it."""
    clients: list[Client] = []

    async def start(**changed: Any) -> Client:
        app = init_app(
            Settings(**{name: getattr(settings, name) for name in settings.__struct_fields__} | changed)
        )
        client: Client = TestClient(TestServer(app))
        await client.start_server()
        clients.append(client)
        return client

    yield start
    for client in clients:
        await client.close()
