"""What servers name in Redis for the content flow: each until a moment, and forgotten after it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, Final

from redis.asyncio import Redis

from server.resources.redis_client import redis_ms

WATCHED_MS: Final = 15_000
"""How long by Redis' clock the content flow goes on with something after it was last named."""
FORGOTTEN: Final = 1_000
"""Names that are forgotten at once: a script's arguments are bounded."""
# Only what nobody named again meanwhile.
_FORGET: Final = """
for i = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then redis.call('HDEL', KEYS[1], ARGV[i]) end
end
"""


async def forget_expired(redis: Redis, key: str, until: Callable[[bytes], int]) -> None:
    """Remove the names of a hash whose moment is over; `until` reads it (ms) from what stands there."""
    now = await redis_ms(redis)
    named: Any = await redis.hgetall(key)
    expired = [pair for pair in named.items() if until(pair[1]) < now]
    for at in range(0, len(expired), FORGOTTEN):
        some = itertools.chain.from_iterable(expired[at : at + FORGOTTEN])
        await redis.eval(_FORGET, 1, key, *some)
