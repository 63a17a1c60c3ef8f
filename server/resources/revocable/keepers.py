"""What is never forgotten, as a process knows it: in memory, in Redis and in a file, each put right by the others."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, Generic, TypeVar

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from server.resources.joined_file import JoinedFile, Known
from server.resources.tasks import running

EVERY: Final = 1.0
"""Seconds between two looks at Redis: within so long a change holds in every process."""
_log = structlog.get_logger()


K = TypeVar("K", bound=Known)


class Keepers(ABC, Generic[K]):
    """All that is known of one kind: what Redis lacks is put back from memory, and at a start from the file."""

    def __init__(self, redis: Redis, file: JoinedFile[K], nothing: K, change: str, name: str) -> None:
        """Know nothing yet.

        Args:
            redis: one of the keepers.
            file: another one.
            nothing: what is known at first.
            change: where in Redis a word is, another one after every change.
            name: of what is kept, in the log.
        """
        self._redis, self._file, self._change_key, self._name = redis, file, change, name
        self.known = nothing
        self._seen: bytes | None = b"nothing yet"
        """The word of Redis whose state is known."""
        self._changing = asyncio.Lock()

    @abstractmethod
    def _ask(self, pipe: Pipeline) -> None:
        """Ask Redis for all that it knows."""

    @abstractmethod
    def _read(self, replies: Sequence[Any]) -> K:
        """Return what Redis answered to that."""

    @abstractmethod
    def _keep(self, pipe: Pipeline, known: K) -> None:
        """Have Redis know more; what it knows already stays as it is."""

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
        if await self._redis.get(self._change_key) == self._seen:
            return
        async with self._changing:
            found, word = await self._found()
            forgotten = self.known.missing_in(found)
            if found.missing_in(self.known):
                self.known = self.known.joined(found)
                self.known = await asyncio.to_thread(self._file.keep, self.known)
            if forgotten:
                many = {name: len(part) for name, part in forgotten._asdict().items()}
                _log.warning(f"{self._name}_put_back", **many)
                await self._put(forgotten)
            else:
                self._seen = word

    async def change(self, change: K) -> None:
        """Know more: here at once, elsewhere within `EVERY`.

        Raises:
            OSError: if the file cannot be written.
            RedisError: if Redis does not answer.
        """
        async with self._changing:
            # The file first: what was answered must outlive a Redis that goes back.
            self.known = await asyncio.to_thread(self._file.join, self.known.joined(change))
            self._seen = b"not what is known here"
            await self._put(change)

    async def _found(self) -> tuple[K, bytes | None]:
        """Return what Redis knows, and its word of that."""
        async with self._redis.pipeline(transaction=True) as pipe:
            self._ask(pipe)
            pipe.get(self._change_key)
            *replies, word = await pipe.execute()
        return self._read(replies), word

    async def _put(self, known: K) -> None:
        async with self._redis.pipeline(transaction=True) as pipe:
            self._keep(pipe, known)
            pipe.set(self._change_key, secrets.token_hex(8))
            await pipe.execute()


@contextlib.asynccontextmanager
async def followed(ours: Keepers[K]) -> AsyncIterator[None]:
    """Start, and look at Redis once every `EVERY` for as long as this is open.

    Raises:
        RedisError: if Redis does not answer at the start.
    """
    await ours.start()

    async def run() -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await ours.look()
            except (RedisError, OSError) as error:
                _log.debug("not_looked_at", error=str(error))  # `Pressure` says that Redis is away

    async with running(run):
        yield


def moments(held: dict[bytes, bytes]) -> dict[str, int]:
    """Return a hash of Redis, id -> ms."""
    return {id_.decode(): int(at) for id_, at in held.items()}
