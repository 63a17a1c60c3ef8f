"""Webhooks as a process knows them: in memory, in Redis and in a file, each put right by what the others know."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import msgspec
import structlog
from aiohttp import web
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.resources.joined_file import JoinedFile
from server.resources.redis_client import OWN_REDIS, SETTINGS
from server.resources.tasks import running
from streakline.streams import keys
from streakline.webhooks.deliveries import STATES
from streakline.webhooks.known import KnownWebhooks, Webhook

EVERY: Final = 1.0
"""Seconds between two looks at Redis: within so long a removal holds in every process."""
FILE: Final = "webhooks.json"
"""In the data folder of every process that knows webhooks."""
_DECODER: Final = msgspec.json.Decoder(Webhook)
_log = structlog.get_logger()


class _Held(msgspec.Struct):
    """What the file holds."""

    hooks: list[Webhook] = []
    removed: dict[str, int] = {}
    disabled: dict[str, int] = {}


_HELD: Final = msgspec.json.Decoder(_Held)


def webhook_file(folder: Path) -> JoinedFile[KnownWebhooks]:
    """Return the file of webhooks and removals in a data folder."""

    def decode(data: bytes) -> KnownWebhooks:
        held = _HELD.decode(data)
        return KnownWebhooks({hook.id: hook for hook in held.hooks}, held.removed, held.disabled)

    def encode(known: KnownWebhooks) -> bytes:
        held = _Held(list(known.hooks.values()), dict(known.removed), dict(known.disabled))
        return msgspec.json.encode(held)

    return JoinedFile(folder / FILE, KnownWebhooks(), decode, encode)


class Webhooks:
    """The webhooks of an installation.

    No removal is ever forgotten: what Redis lacks is put back from memory, and at a start from the file.
    """

    def __init__(self, redis: Redis, file: JoinedFile[KnownWebhooks]) -> None:
        """Know nothing yet."""
        self._redis, self._file = redis, file
        self.known = KnownWebhooks()
        self._seen: bytes | None = b"nothing yet"
        """The word of Redis whose webhooks are known."""
        self._changing = asyncio.Lock()

    async def add(self, hook: Webhook) -> None:
        """Keep a webhook.

        Raises:
            OSError: if the file cannot be written.
            RedisError: if Redis does not answer.
        """
        await self._change(KnownWebhooks({hook.id: hook}))

    async def remove(self, id_: str, at: int) -> None:
        """Remove a webhook for ever, with its deliveries, at a moment (ms). Raises as `add` does."""
        await self._change(KnownWebhooks(removed={id_: at}))

    async def disable(self, id_: str, at: int) -> None:
        """Deliver nothing more to a webhook, whose deliveries are kept. Raises as `add` does."""
        await self._change(KnownWebhooks(disabled={id_: at}))

    async def start(self) -> None:
        """Take up what the file knows and compare it with Redis.

        Raises:
            RedisError: if Redis does not answer.
        """
        self.known = await asyncio.to_thread(self._file.read)
        await self.look()

    async def look(self) -> None:
        """Take up what changed in Redis, and put back what it has forgotten.

        Raises:
            RedisError: if Redis does not answer.
        """
        if await self._redis.get(keys.WEBHOOKS_CHANGE) == self._seen:
            return
        async with self._changing:
            found, word = await self._found()
            forgotten = self.known.missing_in(found)
            if found.missing_in(self.known):
                self.known = self.known.joined(found)
                self.known = await asyncio.to_thread(self._file.keep, self.known)
            if forgotten:
                many = {name: len(part) for name, part in forgotten._asdict().items()}
                _log.warning("webhooks_put_back", **many)
                await self._put(forgotten)
            else:
                self._seen = word

    async def _change(self, change: KnownWebhooks) -> None:
        async with self._changing:
            # The file first: what was answered must outlive a Redis that goes back.
            self.known = await asyncio.to_thread(self._file.join, self.known.joined(change))
            self._seen = b"not what is known here"
            await self._put(change)

    async def _found(self) -> tuple[KnownWebhooks, bytes | None]:
        """Return what Redis knows, and its word of that."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hgetall(keys.WEBHOOKS)
            pipe.hgetall(keys.WEBHOOKS_REMOVED)
            pipe.hgetall(keys.WEBHOOKS_DISABLED)
            pipe.get(keys.WEBHOOKS_CHANGE)
            held, removed, disabled, word = await pipe.execute()
        hooks = {hook.id: hook for hook in map(_DECODER.decode, held.values())}
        return KnownWebhooks(hooks, _moments(removed), _moments(disabled)), word

    async def _put(self, known: KnownWebhooks) -> None:
        async with self._redis.pipeline(transaction=True) as pipe:
            for id_, hook in known.hooks.items():
                pipe.hsetnx(keys.WEBHOOKS, id_, msgspec.json.encode(hook))
            for id_, at in known.disabled.items():
                pipe.hsetnx(keys.WEBHOOKS_DISABLED, id_, at)
            for id_, at in known.removed.items():
                pipe.hsetnx(keys.WEBHOOKS_REMOVED, id_, at)
                for of in (keys.WEBHOOKS, keys.WEBHOOKS_DISABLED, keys.WEBHOOKS_CURSORS):
                    pipe.hdel(of, id_)
                pipe.delete(keys.deliveries(id_), *(keys.deliveries_in(id_, state) for state in STATES))
            pipe.set(keys.WEBHOOKS_CHANGE, secrets.token_hex(8))
            await pipe.execute()


def _moments(held: dict[bytes, bytes]) -> dict[str, int]:
    return {id_.decode(): int(at) for id_, at in held.items()}


WEBHOOKS: Final = web.AppKey("webhooks", Webhooks)


async def webhooks_resource(app: web.Application) -> AsyncIterator[None]:
    """Look once a second for as long as the application runs."""
    ours = Webhooks(app[OWN_REDIS], webhook_file(Path(app[SETTINGS].data)))
    await ours.start()
    app[WEBHOOKS] = ours

    async def run() -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await ours.look()
            except (RedisError, OSError) as error:
                _log.debug("webhooks_not_looked_at", error=str(error))  # `Pressure` says that Redis is away

    async with running(run):
        yield
