"""Which contents the content flow is told to publish."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest
from redis.asyncio import Redis

from real_servers import TestRedis
from server.live import broadcast
from server.live.broadcast import Broadcast
from streakline.streams import keys
from wire import eventually


class Meanwhile:
    """Redis, and what happens while the first `hset` is on its way."""

    def __init__(self, client: Redis, happens: Any) -> None:
        self._client, self._happens = client, happens
        self.named: list[list[str]] = []

    async def time(self) -> Any:
        return await self._client.time()

    async def hset(self, *arguments: Any, **more: Any) -> Any:
        self.named.append(list(more["mapping"]))
        done = await self._client.hset(*arguments, **more)
        happens, self._happens = self._happens, lambda: None
        happens()
        return done


class NoCreators:
    """Nobody watches a creator."""

    def ask(self) -> None:
        """Name nobody."""


class Watching(Broadcast):
    """Somebody listens to some contents."""

    contents: list[str]

    def watched(self) -> list[str]:
        return list(self.contents)


async def test_a_content_that_is_asked_for_while_others_are_named_is_named_next_and_alone(
    redis_server: TestRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcast, "WATCHED_EVERY", 3600.0)  # by itself it would name them only after that
    client = Redis.from_url(redis_server.url)

    def another() -> None:
        watching.contents.append("second")
        watching.ask()

    meanwhile = Meanwhile(client, another)
    watching = Watching(None, None, meanwhile, None, NoCreators(), None, None)  # type: ignore[arg-type]
    watching.contents = ["first"]
    naming = asyncio.create_task(watching.name_watched())
    try:
        await eventually(lambda: client.hexists(keys.SUBSCRIBED, "second"))
        # Others may be thousands, and whoever asks for one after another would have all of them named each time.
        assert meanwhile.named == [["first"], ["second"]]
    finally:
        naming.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await naming
        await client.aclose()
