"""The queue of deliveries in Redis: each webhook has its own, filled from the stream of domain events by a cursor.

A webhook whose receiver is away is filled up to a bound. What comes after waits in the stream.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
import structlog
from redis.asyncio import Redis

from server.domain_stream import FIELD
from streakline.domain_events.events import envelope_of
from streakline.streams import keys
from streakline.webhooks.deliveries import STATES, Delivery, State
from streakline.webhooks.known import Webhook

MOST_PENDING: Final = 1_000
"""Deliveries of a webhook that wait to be tried."""
KEPT: Final[Mapping[State, int]] = {"delivered": 200, "dead": 1_000}
"""Deliveries of a webhook that are kept after they ended, the last ones."""
READ_AT_ONCE: Final = 200
# What is there stands: a cursor that went back makes no second delivery.
_FILL: Final = """
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
local added = 0
for i = 3, #ARGV, 3 do
  if redis.call('HSETNX', KEYS[3], ARGV[i], ARGV[i + 1]) == 1 then
    redis.call('ZADD', KEYS[4], ARGV[i + 2], ARGV[i])
    added = added + 1
  end
end
if ARGV[2] ~= '' then redis.call('HSET', KEYS[2], ARGV[1], ARGV[2]) end
return added
"""
# The webhook may have been removed while the attempt was under way: then there is nothing to store.
_STORE: Final = """
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
for i = 2, 4 do redis.call('ZREM', KEYS[i], ARGV[1]) end
redis.call('ZADD', KEYS[5], ARGV[3], ARGV[1])
local over = redis.call('ZCARD', KEYS[5]) - tonumber(ARGV[4])
if tonumber(ARGV[4]) > 0 and over > 0 then
  for _, event in ipairs(redis.call('ZRANGE', KEYS[5], 0, over - 1)) do redis.call('HDEL', KEYS[1], event) end
  redis.call('ZREMRANGEBYRANK', KEYS[5], 0, over - 1)
end
return 1
"""
_DELIVERY: Final = msgspec.json.Decoder(Delivery)
_log = structlog.get_logger()


class Queue:
    """The deliveries of all webhooks."""

    def __init__(self, redis: Redis) -> None:
        """Prepare; nothing is asked yet. Everything raises RedisError if Redis does not answer."""
        self._redis = redis

    async def fill(self, hook: Webhook, now: int) -> bool:
        """Make deliveries of the next events in the stream; tell whether the end of it was reached.

        Args:
            hook: whose.
            now: ms; what is new is tried at once.
        """
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.hget(keys.WEBHOOKS_CURSORS, hook.id)
            pipe.zcard(keys.deliveries_in(hook.id, "pending"))
            held, pending = await pipe.execute()
        if pending >= MOST_PENDING:
            return False
        cursor = f"{hook.created}-0" if held is None else held.decode()
        entries: Any = await self._redis.xrange(keys.DOMAIN, f"({cursor}", "+", READ_AT_ONCE)
        if not entries:
            return True
        made = [one for _, fields in entries if (one := _delivery_of(fields, hook, now)) is not None]
        await self._add(hook.id, made, entries[-1][0].decode())
        return len(entries) < READ_AT_ONCE

    async def add(self, hook: str, delivery: Delivery) -> None:
        """Add a delivery that is of no event in the stream."""
        await self._add(hook, [delivery], "")

    async def _add(self, hook: str, made: Iterable[Delivery], cursor: str) -> None:
        told: list[Any] = []
        for one in made:
            told += [one.event, msgspec.json.encode(one), one.next]
        names = (keys.WEBHOOKS, keys.WEBHOOKS_CURSORS, keys.deliveries(hook), _pending(hook))
        await self._redis.eval(_FILL, len(names), *names, hook, cursor, *told)

    async def newest(self) -> bytes | None:
        """Return the id of the newest domain event in the stream; None if there is none."""
        entries: Any = await self._redis.xrevrange(keys.DOMAIN, count=1)
        return entries[0][0] if entries else None

    async def due(self, hooks: Iterable[str], now: int, count: int) -> dict[str, list[str]]:
        """Return webhook -> events that are to be tried by a moment (ms), the longest due first, so many of each."""
        ids = list(hooks)
        async with self._redis.pipeline(transaction=False) as pipe:
            for hook in ids:
                pipe.zrangebyscore(_pending(hook), "-inf", now, start=0, num=count)
            found = await pipe.execute()
        return {hook: [event.decode() for event in of] for hook, of in zip(ids, found, strict=True) if of}

    async def get(self, hook: str, event: str) -> Delivery | None:
        """Return a delivery; None if there is none, or none any more."""
        held: Any = await self._redis.hget(keys.deliveries(hook), event)
        return None if held is None else _DELIVERY.decode(held)

    async def store(self, hook: str, delivery: Delivery, now: int) -> None:
        """Store what became of a delivery, at a moment (ms)."""
        state = delivery.state
        score = now if delivery.next is None else delivery.next
        names = [keys.deliveries(hook), *(keys.deliveries_in(hook, one) for one in STATES)]
        names.append(keys.deliveries_in(hook, state))
        told = (delivery.event, msgspec.json.encode(delivery), score, KEPT.get(state, 0))
        await self._redis.eval(_STORE, len(names), *names, *told)

    async def listed(self, hook: str, states: Iterable[State], limit: int) -> list[Delivery]:
        """Return the newest deliveries in some states, the newest first."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for state in states:
                pipe.zrevrange(keys.deliveries_in(hook, state), 0, limit - 1)
            events = [event for of in await pipe.execute() for event in of]
        held: Any = await self._redis.hmget(keys.deliveries(hook), events) if events else []
        found = [_DELIVERY.decode(one) for one in held if one is not None]
        return sorted(found, key=lambda one: (-one.created, one.event))[:limit]

    async def counts(self, hooks: Iterable[str]) -> dict[str, dict[State, int]]:
        """Return webhook -> state -> how many deliveries are in it."""
        ids = list(hooks)
        async with self._redis.pipeline(transaction=False) as pipe:
            for hook in ids:
                for state in STATES:
                    pipe.zcard(keys.deliveries_in(hook, state))
            found = iter(await pipe.execute())
        return {hook: {state: next(found) for state in STATES} for hook in ids}

    async def progress(self, hooks: Iterable[str]) -> dict[str, tuple[int, bytes | None]]:
        """Return webhook -> how many deliveries wait, and up to which entry the stream was read for it."""
        ids = list(hooks)
        async with self._redis.pipeline(transaction=False) as pipe:
            for hook in ids:
                pipe.zcard(_pending(hook))
                pipe.hget(keys.WEBHOOKS_CURSORS, hook)
            found = await pipe.execute()
        return dict(zip(ids, zip(found[::2], found[1::2], strict=True), strict=True))


def _pending(hook: str) -> str:
    return keys.deliveries_in(hook, "pending")


def _delivery_of(fields: Mapping[bytes, bytes], hook: Webhook, now: int) -> Delivery | None:
    """Return the delivery of a stream's entry; None if the webhook does not want it."""
    body = fields.get(FIELD, b"")
    try:
        envelope = envelope_of(body)
        if not hook.wants(envelope.type):
            return None
        return Delivery(event=envelope.id, type=envelope.type, body=body.decode(), created=now, next=now)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        _log.warning("domain_event_unreadable", error=str(error)[:200])
        return None
