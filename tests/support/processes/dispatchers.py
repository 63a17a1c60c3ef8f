"""Processes that deliver to webhooks, as tests run them beside each other."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from receivers import Receiver
from server.domain_stream import emit
from server.resources.tasks import running
from server.webhooks.dispatcher import Dispatcher
from server.webhooks.known import Webhooks, webhook_file
from server.webhooks.queue import Queue
from server.webhooks.sender import Sender
from streakline.domain_events.events import DomainEvent, ViewingStreakUpdated
from streakline.domain_events.found import Found
from streakline.domain_events.identities import identity
from streakline.webhooks.deliveries import Delivery
from streakline.webhooks.known import Webhook
from streakline.webhooks.retries import Retries
from streakline.webhooks.signing import secret_text
from wire import now_ms

SOON = Retries((20, 40, 60, 100, 200, 400, 800), 0.2)
"""A schedule for those who cannot wait a day."""
SECRET = secret_text(b"k" * 32)


class Process:
    """A process that delivers: what it knows of webhooks, its dispatcher, and the task that runs it."""

    def __init__(
        self, redis: Redis, folder: Path, retries: Retries, seconds: float, *, private: bool
    ) -> None:
        self.hooks = Webhooks(redis, webhook_file(folder))
        self.outcomes: list[str] = []
        self.dispatcher = Dispatcher(
            redis,
            self.hooks,
            Sender(now_ms, private=private, seconds=seconds),
            now_ms,
            lambda outcome, _: self.outcomes.append(outcome),
            retries=retries,
        )
        self._running = contextlib.AsyncExitStack()

    async def start(self) -> Process:
        """Begin to deliver."""
        await self.hooks.start()
        await self._running.enter_async_context(running(self._run))
        return self

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(RedisError, OSError):
                await self.hooks.look()
                await self.dispatcher.round()
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Break off."""
        await self._running.aclose()
        with contextlib.suppress(RedisError, OSError):
            await self.dispatcher.close()


Start = Callable[..., Awaitable[Process]]
Listen = Callable[[], Awaitable[Receiver]]


def hook_of(receiver: Receiver, id_: str = "hook", *events: str) -> Webhook:
    """Return a webhook at a receiver that takes events from now on."""
    return Webhook(id=id_, url=receiver.url, secret=SECRET, events=events, created=now_ms() - 1)


def streak(user: str, days: int, type_: str = "ViewingStreakUpdated") -> Found:
    """Return the event of a streak of some days."""
    data = ViewingStreakUpdated(user, days, days, "2026-11-20", "active", ("track",))
    id_ = identity(type_, user, days)
    return Found("streak", DomainEvent(id_, type_, "2026-11-20T12:00:00.000Z", user, data))


async def emitted(redis: Redis, days: Iterable[int], user: str = "ann") -> list[str]:
    """Emit a streak of each number of days; return the ids."""
    found = [streak(user, number) for number in days]
    assert await emit(redis, user, found) == len(found)
    return [one.event.id for one in found]


async def held(redis: Redis, hook: str = "hook", *states: str) -> list[Delivery]:
    """Return the deliveries of a webhook in some states, or in any."""
    return await Queue(redis).listed(hook, states or ("pending", "delivered", "dead"), 10_000)  # type: ignore[arg-type]


async def ended(redis: Redis, ids: list[str], state: str, hook: str = "hook") -> bool:
    """Tell whether exactly these events are in a state."""
    return {one.event for one in await held(redis, hook, state)} == set(ids)
