"""Leader: of all processes one does what only one may do, by a lock in Redis that it keeps renewing."""

from __future__ import annotations

import secrets
from typing import Final

from redis.asyncio import Redis

HOLD_MS: Final = 5_000
"""How long a lock stands that nobody renews: a leader that died is followed after so long."""

# Hold the lock if it is free or ours already. A Redis that is full to the last byte refuses a script that begins with
# SET, and would never be trimmed; after a write that takes no memory it does not.
_HOLD: Final = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
_RESIGN: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


class Leader:
    """A candidate for one lock. It leads for as long as it asks more often than every `hold_ms`."""

    def __init__(self, redis: Redis, lock: str, *, hold_ms: int = HOLD_MS) -> None:
        """Stand for the lock at a key; nothing is asked yet."""
        self._redis, self._lock, self._hold_ms = redis, lock, hold_ms
        self._name = secrets.token_hex(8)

    async def leads(self) -> bool:
        """Take the lock, or renew it, and tell whether it is ours.

        Raises:
            RedisError: if Redis does not answer. The lock may be another's as soon as it has expired.
        """
        return bool(await self._redis.eval(_HOLD, 1, self._lock, self._name, self._hold_ms))

    async def resign(self) -> None:
        """Give the lock back, if it is ours, so that another process leads at once.

        Raises:
            RedisError: if Redis does not answer; the lock expires by itself.
        """
        await self._redis.eval(_RESIGN, 1, self._lock, self._name)
