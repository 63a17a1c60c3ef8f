"""Talking: a conversation of a connector, each request within its quota, and again where that may help."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, TypeVar

from server.platforms.ledger import Ledger
from server.platforms.transport import Transport
from streakline.platforms.connectors.backoff import REQUESTS, Backoff
from streakline.platforms.connectors.connector import Connector, Resource
from streakline.platforms.connectors.exchange import Ask, Asking, Reply, Unreadable
from streakline.platforms.connectors.faults import LATER, Fault, Faulty
from streakline.platforms.connectors.oauth import ClientApp, Tokens
from streakline.times import MINUTE_MS

T = TypeVar("T")
Refreshed = Callable[[Tokens], Awaitable[Tokens]]
"""Gives tokens in place of some that do not hold."""
MILLION: Final = 1_000_000
LEFT_ALONE: Final = MINUTE_MS
"""A bucket that a platform closed without a word of until when."""


class Talker:
    """Holds conversations with platforms."""

    def __init__(
        self,
        transport: Transport,
        ledger: Ledger,
        apps: Mapping[str, ClientApp],
        now_ms: Callable[[], int],
        backoff: Backoff = REQUESTS,
    ) -> None:
        """Prepare; nothing is asked yet."""
        self._transport, self._ledger, self._now_ms, self._backoff = transport, ledger, now_ms, backoff
        self.apps = apps

    async def talk(
        self,
        connector: Connector,
        asking: Asking[T],
        tokens: Tokens | None = None,
        refreshed: Refreshed | None = None,
    ) -> T:
        """Return what comes of a conversation.

        Args:
            connector: whose it is.
            asking: the conversation.
            tokens: of the account; None where none are needed.
            refreshed: gives others in their place, once.

        Raises:
            Faulty: what the conversation does not go on without.
            RedisError: if Redis does not answer.
        """
        reply: Reply | None = None
        try:
            ask = next(asking)
            while True:
                try:
                    try:
                        reply = await self._answered(connector, ask, tokens)
                    except Faulty as faulty:
                        if faulty.fault.kind != "unauthorized" or tokens is None or refreshed is None:
                            raise
                        tokens, refreshed = await refreshed(tokens), None
                        reply = await self._answered(connector, ask, tokens)
                except Faulty as faulty:
                    ask = asking.throw(faulty)
                else:
                    ask = asking.send(reply)
        except StopIteration as end:
            value: T = end.value
            return value
        except Unreadable as error:
            raise Faulty(Fault("unreadable", str(error))) from error

    async def tell(self, connector: Connector, ask: Ask) -> None:
        """Send one request whose reply says nothing.

        Raises:
            Faulty: if it was refused, or not answered.
            RedisError: if Redis does not answer.
        """
        await self._answered(connector, ask, None)

    async def _answered(self, connector: Connector, ask: Ask, tokens: Tokens | None) -> Reply:
        """Return a reply that is of use.

        Raises:
            Faulty: if there is none.
        """
        attempts = 0
        while True:
            await self._charged(connector, ask)
            attempts += 1
            try:
                reply = await self._transport.send(connector, ask, tokens)
                fault = connector.fault_of(ask, reply, self._now_ms())
            except Faulty as faulty:
                fault = faulty.fault
            else:
                if fault is None:
                    await self._spent(connector, ask, _resources(connector, ask, reply))
                    if ask.bucket and (until := connector.closed_until(reply, self._now_ms())):
                        await self._ledger.close(connector.name, ask.bucket, until)
                    return reply
            await self._spent(connector, ask, ())
            await self._closed(connector, ask, fault)
            asked = max(0, fault.until - self._now_ms())
            wait = self._backoff.wait(attempts, random.random(), asked) if fault.kind in LATER else None
            if wait is None:
                raise Faulty(fault)
            await asyncio.sleep(wait / 1000)

    async def _charged(self, connector: Connector, ask: Ask) -> None:
        """Charge a request to its quota, and wait for a turn that comes soon.

        Raises:
            Faulty: `exhausted` if none does.
        """
        if not ask.bucket:
            return
        quota = connector.quotas[ask.bucket.partition(":")[0]]
        while until := await self._ledger.charge(connector.name, ask.bucket, quota, ask.units):
            wait = until - self._now_ms()
            if wait > self._backoff.longest:
                why = f"the quota {ask.bucket} of {connector.name} is used up"
                raise Faulty(Fault("exhausted", why, until))
            await asyncio.sleep(max(wait, 1) / 1000)
        if ask.worst:
            budget = round(self.apps[connector.name].budget * MILLION)
            if until := await self._ledger.reserve(connector.name, ask.worst, budget):
                why = (
                    f"the budget of {connector.name}, {budget / MILLION:g} dollars a month, may not be enough"
                )
                raise Faulty(Fault("exhausted", why, until))

    async def _spent(self, connector: Connector, ask: Ask, resources: Sequence[Resource]) -> None:
        """Charge what a request has cost in place of what it might have."""
        if ask.worst:
            await self._ledger.settle(connector.name, ask.worst, resources)

    async def _closed(self, connector: Connector, ask: Ask, fault: Fault) -> None:
        """Let no process ask for what the platform will refuse to all of them."""
        now = self._now_ms()
        if ask.bucket and fault.kind == "exhausted":
            await self._ledger.close(connector.name, ask.bucket, fault.until or now + LEFT_ALONE)
        elif ask.bucket and fault.kind == "throttled" and fault.until > now:
            await self._ledger.close(connector.name, ask.bucket, fault.until)


def _resources(connector: Connector, ask: Ask, reply: Reply) -> Sequence[Resource]:
    try:
        return connector.resources(ask, reply)
    except Unreadable:
        return ()  # the conversation will say so
