"""Which contents the content flow is told to publish."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from redis.asyncio import Redis

from real_servers import TestRedis
from server.broadcast import WATCHED_EVERY, Broadcast
from streakline import keys
from wire import eventually


class Meanwhile:
    """Redis, and what happens while the first `hset` is on its way."""

    def __init__(self, client: Redis, happens: Any) -> None:
        self._client, self._happens = client, happens

    async def hset(self, *arguments: Any, **more: Any) -> Any:
        done = await self._client.hset(*arguments, **more)
        happens, self._happens = self._happens, lambda: None
        happens()
        return done


class Watching(Broadcast):
    """Somebody listens to some contents."""

    contents: list[str]

    def watched(self) -> list[str]:
        return list(self.contents)


async def test_a_content_that_is_asked_for_while_others_are_named_is_named_next(
    redis_server: TestRedis,
) -> None:
    client = Redis.from_url(redis_server.url)

    def another() -> None:
        broadcast.contents.append("second")
        broadcast.ask()

    broadcast = Watching(None, None, Meanwhile(client, another))  # type: ignore[arg-type]
    broadcast.contents = ["first"]
    naming = asyncio.create_task(broadcast.name_watched())
    try:
        # By itself it names them only after `WATCHED_EVERY`.
        await eventually(lambda: client.hexists(keys.SUBSCRIBED, "second"), WATCHED_EVERY - 1)
    finally:
        naming.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await naming
        await client.aclose()
