"""Dispatcher: delivers what is due while this process leads. All of it lies in Redis: another process goes on there."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Final

import structlog
from aiohttp import web
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.metrics import METRICS
from server.resources.clock import CLOCK
from server.resources.leader import Leader
from server.resources.redis_client import OWN_REDIS, SETTINGS
from server.resources.tasks import running
from server.webhooks.known import WEBHOOKS, Webhooks
from server.webhooks.queue import Queue
from server.webhooks.sender import Sender
from streakline.streams import keys
from streakline.webhooks.deliveries import Attempt, Delivery
from streakline.webhooks.known import Webhook
from streakline.webhooks.retries import RETRIES, Retries

EVERY: Final = 0.25
"""Seconds between two looks what is due."""
AGAIN: Final = 1.0
"""Seconds after which something is asked of a Redis again that did not take it."""
RENEWED: Final = 1.0
"""Seconds between two renewals of the lock."""
AT_ONCE: Final = 32
"""Attempts under way at one time, of all webhooks."""
AT_ONCE_OF_ONE: Final = 4
"""The same of one webhook: a receiver that stalls takes no more."""
_log = structlog.get_logger()
Observe = Callable[[str, float], None]
"""Hears of an attempt: `delivered`, `failed` or `dead`, and the seconds that it took."""


class Dispatcher:
    """The deliveries of one process."""

    def __init__(
        self,
        redis: Redis,
        hooks: Webhooks,
        sender: Sender,
        now_ms: Callable[[], int],
        observe: Observe,
        *,
        retries: Retries = RETRIES,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Prepare; nothing is sent before the first `round`."""
        self._leader = Leader(redis, keys.WEBHOOKS_LOCK)
        self._queue, self._hooks, self._sender = Queue(redis), hooks, sender
        self._now_ms, self._observe = now_ms, observe
        self._retries, self._chance = retries, chance
        self._under_way: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._filled: dict[str, bytes] = {}
        """Webhook -> the newest domain event when all up to it had become deliveries."""
        self._renew_at = 0.0
        self._leads = False

    @property
    def under_way(self) -> list[asyncio.Task[None]]:
        """The attempts that have begun and are not stored."""
        return list(self._under_way.values())

    async def round(self) -> None:
        """Send what is due, if this process leads.

        Raises:
            RedisError: if Redis does not answer.
        """
        if not await self._is_leading():
            return
        active = self._hooks.known.active
        if not active:
            return
        now = self._now_ms()
        await self._fill(active, now)
        of_one = Counter(hook for hook, _ in self._under_way)
        # As many more as are under way, which are still among those that are due.
        for id_, events in (await self._queue.due(active, now, 2 * AT_ONCE_OF_ONE)).items():
            for event in events:
                if len(self._under_way) >= AT_ONCE or of_one[id_] >= AT_ONCE_OF_ONE:
                    break
                if (id_, event) not in self._under_way:
                    of_one[id_] += 1
                    self._begin(active[id_], event)

    async def close(self) -> None:
        """Break off what is under way, which is sent again, and let another process lead at once."""
        tasks = self.under_way
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._sender.close()
        if self._leads:
            await self._leader.resign()

    async def _is_leading(self) -> bool:
        if time.monotonic() >= self._renew_at:
            self._leads = False  # until Redis says so
            leads = await self._leader.leads()
            if leads:
                self._renew_at = time.monotonic() + RENEWED
            else:
                self._filled.clear()
            self._leads = leads
        return self._leads

    async def _fill(self, active: dict[str, Webhook], now: int) -> None:
        newest = await self._queue.newest()
        if newest is None:
            return
        for id_, hook in active.items():
            if self._filled.get(id_) != newest and await self._queue.fill(hook, now):
                self._filled[id_] = newest

    def _begin(self, hook: Webhook, event: str) -> None:
        key = (hook.id, event)
        task = asyncio.create_task(self._deliver(hook, event))
        self._under_way[key] = task
        task.add_done_callback(lambda _: self._under_way.pop(key, None))

    async def _deliver(self, hook: Webhook, event: str) -> None:
        try:
            delivery = await self._queue.get(hook.id, event)
        except RedisError as error:
            _log.warning("delivery_not_read", webhook=hook.id, delivery=event, error=str(error))
            return
        # What was due when Redis was asked may have been tried since, and is due later then.
        if delivery is None or delivery.next is None or delivery.next > self._now_ms():
            return
        attempt, asked = await self._sender.send(hook, delivery)
        after = delivery.after(attempt, self._retries, self._chance(), asked)
        self._observe(_outcome(attempt, after.state), attempt.ms / 1000)
        # Under way until it is stored: while Redis takes nothing, nothing is sent again and again.
        while True:
            if await self._stored(hook, after, attempt):
                return
            await asyncio.sleep(AGAIN)

    async def _stored(self, hook: Webhook, after: Delivery, attempt: Attempt) -> bool:
        try:
            if attempt.is_gone and hook.id not in self._hooks.known.disabled:
                _log.warning("webhook_disabled", webhook=hook.id, status=attempt.status)
                await self._hooks.disable(hook.id, self._now_ms())
            await self._queue.store(hook.id, after, self._now_ms())
        except (RedisError, OSError) as error:
            _log.warning("delivery_not_stored", webhook=hook.id, delivery=after.event, error=str(error))
            return False
        return True


def _outcome(attempt: Attempt, state: str) -> str:
    return "delivered" if attempt.was_taken else "dead" if state == "dead" else "failed"


async def dispatcher_resource(app: web.Application) -> AsyncIterator[None]:
    """Deliver whenever this process leads, for as long as the application runs."""
    now_ms = app[CLOCK].now_ms
    sender = Sender(now_ms, private=app[SETTINGS].private_webhooks)
    dispatcher = Dispatcher(app[OWN_REDIS], app[WEBHOOKS], sender, now_ms, app[METRICS].delivery)

    async def deliver() -> None:
        while True:
            try:
                await dispatcher.round()
            except (RedisError, OSError) as error:
                _log.warning("webhooks_round_failed", error=str(error))
                await asyncio.sleep(AGAIN)
            await asyncio.sleep(EVERY)

    async with running(deliver):
        yield
    try:
        await dispatcher.close()
    except (RedisError, OSError) as error:
        _log.warning("webhooks_not_resigned", error=str(error))
