"""A lock in Redis that is held for the length of a block, however long that takes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.resources.leader import Leader

HOLD_MS: Final = 15_000
_log = structlog.get_logger()


@contextlib.asynccontextmanager
async def held(redis: Redis, lock: str, *, hold_ms: int = HOLD_MS) -> AsyncIterator[bool]:
    """Hold a lock during the block, and tell whether it is ours; another's is not waited for.

    Raises:
        RedisError: if Redis does not answer when it is taken.
    """
    leader = Leader(redis, lock, hold_ms=hold_ms)
    if not await leader.leads():
        yield False
        return

    async def renew() -> None:
        while True:
            await asyncio.sleep(hold_ms / 3000)
            try:
                if not await leader.leads():
                    _log.warning("lock_lost", lock=lock)
            except RedisError as error:
                _log.warning("lock_not_renewed", lock=lock, error=str(error))

    renewing = asyncio.create_task(renew())
    try:
        yield True
    finally:
        renewing.cancel()
        with contextlib.suppress(RedisError):
            await leader.resign()
