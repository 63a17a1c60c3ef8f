"""What can be revoked, as a process knows it: in memory, in Redis and in a file, each put right by the others."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from typing import Final, Generic, NamedTuple, TypeVar

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.resources.joined_file import JoinedFile
from server.resources.tasks import running
from streakline.door.revocable import Known, Revocable

EVERY: Final = 1.0
"""Seconds between two looks at Redis: within so long a revocation holds in every process."""
T = TypeVar("T", bound=Revocable)
_log = structlog.get_logger()


class Places(NamedTuple):
    """Where in Redis it lies, and how it is called in the log.

    Attributes:
        kept: hash id -> what is kept, as JSON.
        revoked: hash id -> when it was revoked, ms.
        change: a word, another one after every change of the two.
        name: of many.
    """

    kept: str
    revoked: str
    change: str
    name: str


class Revocables(Generic[T]):
    """All of one kind of an installation.

    Nothing is ever forgotten: what Redis lacks is put back from memory, and at a start from the file.
    """

    def __init__(
        self, redis: Redis, file: JoinedFile[Known[T]], places: Places, decoder: msgspec.json.Decoder[T]
    ) -> None:
        self._redis, self._file, self._places, self._decoder = redis, file, places, decoder
        self.known: Known[T] = Known()
        self._seen: bytes | None = b"nothing yet"
        """The word of Redis whose state is known."""
        self._changing = asyncio.Lock()

    def is_revoked(self, id_: str) -> bool:
        """Tell whether it was revoked. It is asked for every request, and does nothing but look it up."""
        return id_ in self.known.revoked

    async def add(self, one: T) -> None:
        """Keep it.

        Raises:
            OSError: if the file cannot be written.
            RedisError: if Redis does not answer.
        """
        await self._change(Known({one.id: one}))

    async def revoke(self, id_: str, at: int) -> None:
        """Revoke it at a moment (ms): here at once, elsewhere within `EVERY`. Raises as `add` does."""
        await self._change(Known({}, {id_: at}))

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
        if await self._redis.get(self._places.change) == self._seen:
            return
        async with self._changing:
            found, word = await self._found()
            forgotten = self.known.missing_in(found)
            if found.missing_in(self.known):
                self.known = self.known.joined(found)
                self.known = await asyncio.to_thread(self._file.keep, self.known)
            if forgotten:
                many = {"kept": len(forgotten.kept), "revocations": len(forgotten.revoked)}
                _log.warning(f"{self._places.name}_put_back", **many)
                await self._put(forgotten)
            else:
                self._seen = word

    async def _change(self, change: Known[T]) -> None:
        async with self._changing:
            # The file first: what was answered must outlive a Redis that goes back.
            self.known = await asyncio.to_thread(self._file.join, self.known.joined(change))
            self._seen = b"not what is known here"
            await self._put(change)

    async def _found(self) -> tuple[Known[T], bytes | None]:
        """Return what Redis knows, and its word of that."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hgetall(self._places.kept)
            pipe.hgetall(self._places.revoked)
            pipe.get(self._places.change)
            held, revoked, word = await pipe.execute()
        moments = {id_.decode(): int(at) for id_, at in revoked.items()}
        return Known({one.id: one for one in map(self._decoder.decode, held.values())}, moments), word

    async def _put(self, known: Known[T]) -> None:
        async with self._redis.pipeline(transaction=True) as pipe:
            for id_, one in known.kept.items():
                pipe.hsetnx(self._places.kept, id_, msgspec.json.encode(one))
            for id_, at in known.revoked.items():
                pipe.hsetnx(self._places.revoked, id_, at)
            pipe.set(self._places.change, secrets.token_hex(8))
            await pipe.execute()


@contextlib.asynccontextmanager
async def followed(ours: Revocables[T]) -> AsyncIterator[None]:
    """Look at Redis once a second for as long as this is open.

    Raises:
        RedisError: if Redis does not answer at the start.
    """

    async def run() -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await ours.look()
            except (RedisError, OSError) as error:
                # `Pressure` says that Redis is away.
                _log.debug("revocables_not_looked_at", error=str(error))

    async with running(run):
        yield
