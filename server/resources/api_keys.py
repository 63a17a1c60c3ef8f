"""API keys as a process knows them: in memory, in Redis and in a file, each put right by what the others know."""

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
from streakline.door.api_keys import ApiKey, KnownKeys
from streakline.streams import keys

EVERY: Final = 1.0
"""Seconds between two looks at Redis: within so long a revocation holds in every process."""
FILE: Final = "api-keys.json"
"""In the data folder of every process that takes keys."""
_DECODER: Final = msgspec.json.Decoder(ApiKey)
_log = structlog.get_logger()


class _Held(msgspec.Struct):
    """What the file holds."""

    keys: list[ApiKey] = []
    revoked: dict[str, int] = {}


_HELD: Final = msgspec.json.Decoder(_Held)


def key_file(folder: Path) -> JoinedFile[KnownKeys]:
    """Return the file of keys and revocations in a data folder."""

    def decode(data: bytes) -> KnownKeys:
        held = _HELD.decode(data)
        return KnownKeys({key.id: key for key in held.keys}, held.revoked)

    def encode(known: KnownKeys) -> bytes:
        return msgspec.json.encode(_Held(list(known.keys.values()), dict(known.revoked)))

    return JoinedFile(folder / FILE, KnownKeys(), decode, encode)


class ApiKeys:
    """The API keys of an installation.

    Nothing is ever forgotten: what Redis lacks is put back from memory, and at a start from the file.
    """

    def __init__(self, redis: Redis, file: JoinedFile[KnownKeys]) -> None:
        self._redis, self._file = redis, file
        self.known = KnownKeys()
        self._seen: bytes | None = b"nothing yet"
        """The word of Redis whose keys are known."""
        self._changing = asyncio.Lock()

    def is_revoked(self, id_: str) -> bool:
        """Tell whether a key was revoked. It is asked for every request, and does nothing but look it up."""
        return id_ in self.known.revoked

    async def add(self, key: ApiKey) -> None:
        """Keep a key.

        Raises:
            OSError: if the file cannot be written.
            RedisError: if Redis does not answer.
        """
        await self._change(KnownKeys({key.id: key}))

    async def revoke(self, id_: str, at: int) -> None:
        """Revoke a key at a moment (ms): here at once, elsewhere within `EVERY`. Raises as `add` does."""
        await self._change(KnownKeys({}, {id_: at}))

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
        if await self._redis.get(keys.API_KEYS_CHANGE) == self._seen:
            return
        async with self._changing:
            found, word = await self._found()
            forgotten = self.known.missing_in(found)
            if found.missing_in(self.known):
                self.known = self.known.joined(found)
                self.known = await asyncio.to_thread(self._file.keep, self.known)
            if forgotten:
                many = {"keys": len(forgotten.keys), "revocations": len(forgotten.revoked)}
                _log.warning("api_keys_put_back", **many)
                await self._put(forgotten)
            else:
                self._seen = word

    async def _change(self, change: KnownKeys) -> None:
        async with self._changing:
            # The file first: what was answered must outlive a Redis that goes back.
            self.known = await asyncio.to_thread(self._file.join, self.known.joined(change))
            self._seen = b"not what is known here"
            await self._put(change)

    async def _found(self) -> tuple[KnownKeys, bytes | None]:
        """Return what Redis knows, and its word of that."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hgetall(keys.API_KEYS)
            pipe.hgetall(keys.API_KEYS_REVOKED)
            pipe.get(keys.API_KEYS_CHANGE)
            held, revoked, word = await pipe.execute()
        moments = {id_.decode(): int(at) for id_, at in revoked.items()}
        return KnownKeys({key.id: key for key in map(_DECODER.decode, held.values())}, moments), word

    async def _put(self, known: KnownKeys) -> None:
        async with self._redis.pipeline(transaction=True) as pipe:
            for id_, key in known.keys.items():
                pipe.hsetnx(keys.API_KEYS, id_, msgspec.json.encode(key))
            for id_, at in known.revoked.items():
                pipe.hsetnx(keys.API_KEYS_REVOKED, id_, at)
            pipe.set(keys.API_KEYS_CHANGE, secrets.token_hex(8))
            await pipe.execute()


API_KEYS: Final = web.AppKey("api_keys", ApiKeys)


async def api_keys_resource(app: web.Application) -> AsyncIterator[None]:
    """Look once a second for as long as the application runs."""
    ours = ApiKeys(app[OWN_REDIS], key_file(Path(app[SETTINGS].data)))
    await ours.start()
    app[API_KEYS] = ours

    async def run() -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await ours.look()
            except (RedisError, OSError) as error:
                _log.debug("api_keys_not_looked_at", error=str(error))  # `Pressure` says that Redis is away

    async with running(run):
        yield
