"""Outbox: the events of a look, kept until they are acknowledged, so that whoever dies amid it sends the same again."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

import msgspec
import structlog
from aiohttp import web
from redis.asyncio import Redis

from server.ingest.admission import senders_by
from server.ingest.intake import INTAKE
from server.resources.redis_client import SETTINGS
from server.upkeep.pressure import PRESSURE
from server.upkeep.watch import WATCH
from streakline.ingest.events import decode_batch
from streakline.ingest.senders import SentBy
from streakline.platforms.connectors.look import Look
from streakline.platforms.connectors.sent import Held, forgotten, news_of
from streakline.streams import keys

AT_ONCE: Final = 500
"""Events that are kept and written together."""
_log = structlog.get_logger()


class _Pending(msgspec.Struct):
    """Events that may be acknowledged or not, and what is held once they are."""

    events: list[dict[str, Any]]
    held: dict[str, Held]


_PENDING: Final = msgspec.json.Decoder(_Pending)
_HELD: Final = msgspec.json.Decoder(Held)


class Written:
    """What came of writing: how many events, and the position that covers them."""

    def __init__(self) -> None:
        self.events, self.refused, self.position = 0, 0, ""


class CannotWrite(Exception):
    """Nothing can be written at this moment; the message says why."""


class Outbox:
    """Writes what looks found, through this server's own intake, as a sender who is believed."""

    def __init__(self, app: web.Application, redis: Redis) -> None:
        """Prepare; nothing is written yet."""
        self._app, self._redis = app, redis
        self._senders = senders_by(SentBy(trusted=True), app[SETTINGS])

    async def resume(self, connection: str, written: Written) -> None:
        """Write what somebody left who died before he knew that it was acknowledged. Raises as `send` does."""
        left = await self._redis.get(keys.platform_pending(connection))
        if left is not None:
            await self._write(connection, _PENDING.decode(left), written)

    async def send(self, connection: str, look: Look, written: Written) -> None:
        """Write what of a look differs from what was acknowledged last.

        Raises:
            CannotWrite: if nothing can be written now.
            RedisAway, PipeFull, RedisError: if nobody can say what is written; `resume` is safe.
        """
        held = await self._held(connection)
        found, posts = iter(look.found), iter(look.posts)
        while True:
            some, told = list(islice(found, AT_ONCE)), list(islice(posts, AT_ONCE))
            if not some and not told:
                break
            news = news_of(some, told, held)
            held |= news.held
            if news.events:
                await self._write(connection, _Pending(news.events, news.held), written)
        if gone := forgotten(held, look.now):
            await self._redis.hdel(keys.platform_held(connection), *gone)

    async def _held(self, connection: str) -> dict[str, Held]:
        raw: Any = await self._redis.hgetall(keys.platform_held(connection))
        return {key.decode(): _HELD.decode(value) for key, value in raw.items()}

    async def _write(self, connection: str, pending: _Pending, written: Written) -> None:
        refusal = self._app[PRESSURE].refusal or self._app[WATCH].refusal
        if refusal is not None:
            raise CannotWrite(refusal)
        await self._redis.set(keys.platform_pending(connection), msgspec.json.encode(pending))
        for events in _slices(pending.events):
            body = msgspec.json.encode(events)
            receipt = await self._app[INTAKE].accept(decode_batch(body), body, self._senders)
            written.events += receipt.accepted
            written.refused += len(receipt.rejected)
            written.position = receipt.position
            if receipt.rejected:
                first = receipt.rejected[0].error
                _log.error(
                    "platform_events_refused", connection=connection, many=len(receipt.rejected), first=first
                )
        held: dict[Any, Any] = {key: msgspec.json.encode(value) for key, value in pending.held.items()}
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(keys.platform_pending(connection))
            if held:
                pipe.hset(keys.platform_held(connection), mapping=held)
            await pipe.execute()


def _slices(events: Iterable[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    rest = iter(events)
    while some := list(islice(rest, AT_ONCE)):
        yield some
