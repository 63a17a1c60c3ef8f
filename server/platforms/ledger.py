"""Ledger: what is used of quotas, counted in Redis before a request leaves, by all processes together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from redis.asyncio import Redis

from streakline.platforms.connectors.connector import Resource
from streakline.platforms.connectors.quotas import Daily, Quota, Rate, day_of, month_of
from streakline.streams import keys
from streakline.times import DAY_MS

# Charge a quota, or return the ms from which it may be charged. `until`: the platform itself asked to be left alone.
_DAILY: Final = """
local now, start, stop, most, units = unpack(ARGV)
now, units, most = tonumber(now), tonumber(units), tonumber(most)
local held = redis.call('HMGET', KEYS[1], 'start', 'used', 'until')
local till = tonumber(held[3] or 0)
if till > now then return till end
local used = held[1] == start and tonumber(held[2]) or 0
if used + units > most then return tonumber(stop) end
redis.call('HSET', KEYS[1], 'start', start, 'used', used + units)
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return 0
"""
_RATE: Final = """
local now, burst, per_ms, units = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local held = redis.call('HMGET', KEYS[1], 'left', 'at', 'until')
local till = tonumber(held[3] or 0)
if till > now then return till end
local left, at = tonumber(held[1] or burst), tonumber(held[2] or now)
left = math.min(burst, left + math.max(0, now - at) * per_ms)
if left < units then return math.ceil(now + (units - left) / per_ms) end
redis.call('HSET', KEYS[1], 'left', tostring(left - units), 'at', math.max(now, at))
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 0
"""
# Give back what was reserved, and charge what was not charged today already.
_SETTLE: Final = """
local cost = -tonumber(ARGV[2])
for i = 4, #ARGV, 2 do
  if redis.call('SADD', KEYS[2], ARGV[i]) == 1 then cost = cost + tonumber(ARGV[i + 1]) end
end
redis.call('PEXPIRE', KEYS[2], ARGV[3])
if redis.call('HGET', KEYS[1], 'start') == ARGV[1] then redis.call('HINCRBY', KEYS[1], 'used', cost) end
return cost
"""
MONEY: Final = "money"
_MONTH: Final = 32 * DAY_MS
_KEPT: Final = 2 * DAY_MS


class Ledger:
    """The quotas of an installation at its platforms."""

    def __init__(self, redis: Redis, now_ms: Callable[[], int]) -> None:
        """Count in a Redis, by a clock."""
        self._redis, self._now_ms = redis, now_ms

    async def charge(self, platform: str, bucket: str, quota: Quota, units: int) -> int:
        """Charge a quota; return 0, or the ms before which nothing is left of it, and then nothing was charged.

        Raises:
            RedisError: if Redis does not answer.
        """
        key, now = keys.platform_quota(platform, bucket), self._now_ms()
        if isinstance(quota, Rate):
            rate = (quota.burst, repr(quota.per_ms), units, _KEPT)
            return int(await self._redis.eval(_RATE, 1, key, now, *rate))
        start, stop = day_of(quota, now)
        return int(await self._redis.eval(_DAILY, 1, key, now, start, stop, quota.units, units, _KEPT))

    async def reserve(self, platform: str, worst: int, budget: int) -> int:
        """Reserve what a request may cost; return 0, or the ms at which the next month begins if that is too much.

        Args:
            platform: name of the connector.
            worst: in millionths of a dollar.
            budget: of a month, in the same.

        Raises:
            RedisError: if Redis does not answer.
        """
        now = self._now_ms()
        start, stop = month_of(now)
        key = keys.platform_quota(platform, MONEY)
        return int(await self._redis.eval(_DAILY, 1, key, now, start, stop, budget, worst, _MONTH))

    async def settle(self, platform: str, worst: int, resources: Sequence[Resource]) -> None:
        """Charge what a request has cost, each resource once a day of UTC, in place of what was reserved.

        Raises:
            RedisError: if Redis does not answer.
        """
        now = self._now_ms()
        told = [part for one in resources for part in one]
        day = keys.platform_quota(platform, f"{MONEY}:{now // DAY_MS}")
        money = keys.platform_quota(platform, MONEY)
        await self._redis.eval(_SETTLE, 2, money, day, month_of(now)[0], worst, _KEPT, *told)

    async def close(self, platform: str, bucket: str, until: int) -> None:
        """Charge nothing to a quota until a moment (ms): the platform has said that nothing is left.

        Raises:
            RedisError: if Redis does not answer.
        """
        key, left = keys.platform_quota(platform, bucket), max(0, until - self._now_ms())
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(key, "until", until)
            pipe.pexpire(key, left + _KEPT)
            await pipe.execute()

    async def used(self, platform: str, bucket: str, quota: Daily) -> int:
        """Return how much of a quota of a day is used today.

        Raises:
            RedisError: if Redis does not answer.
        """
        held: Any = await self._redis.hmget(keys.platform_quota(platform, bucket), "start", "used")
        today = day_of(quota, self._now_ms())[0]
        start, used = held
        return int(used) if start is not None and int(start) == today else 0
