"""Senders who each post, wait with their last position alone, and look at once whether what they were told is true.

Each has contents of its own, so that history must equal its log to the row; the live totals must be at least what
anybody had been acknowledged before its last request left, and never more than everything that was sent.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import aiohttp
from clickhouse_connect.driver.exceptions import ClickHouseError

from proofs.chaos.compare import compare_history
from proofs.chaos.reading import Reader
from proofs.counting.log import Count
from proofs.counting.plain import MEASURES
from proofs.traffic.audience import Audience, Event, batches
from proofs.traffic.sender import Sender

T = TypeVar("T")

LATE: Final = 0.4
"""Share of visits that tell of long ago: their recounts are what a wait most easily forgets."""
REQUESTS: Final = 5
"""Requests before a wait, at most."""
EVENTS: Final = 12
"""Events before a wait, about."""
SETTLE_SECONDS: Final = 120.0
ANSWER_SECONDS: Final = 120.0
"""How long what was killed may take until it can be asked."""
PAUSE: Final = (1.0, 5.0)
"""Seconds before the next requests."""
_GONE: Final = (ClickHouseError, aiohttp.ClientError, OSError, TimeoutError)
"""What asking raises while the part that is asked is killed."""


class Waiters:
    """Senders who wait, for the length of a run."""

    def __init__(self, number: int, sender: Sender, reader: Reader, seed: int) -> None:
        """Prepare to post by the connections of a sender, into its log."""
        self._sender, self._reader = sender, reader
        self._ones = [(f"waiter-{one}-", random.Random(f"{seed}-{one}")) for one in range(number)]
        self._tasks: list[asyncio.Task[None]] = []
        self._ending = False
        self.waits = 0
        """Waits that ended with `settled: true`, and were looked at."""
        self.wrong: list[str] = []

    def start(self) -> None:
        """Let everybody begin."""
        self._tasks = [asyncio.create_task(self._post_and_wait(*one)) for one in self._ones]

    async def stop(self) -> None:
        """Let everybody finish the wait that is under way."""
        self._ending = True
        for result in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(result, BaseException):
                self.wrong.append(f"waiter: {result!r}")
        if not self.waits and self._tasks:
            self.wrong.append("waiter: nobody's wait ended")

    async def _post_and_wait(self, prefix: str, draw: random.Random) -> None:
        audience = Audience(draw.getrandbits(32), late=LATE, prefix=prefix)
        log: list[Event] = []
        while not self._ending:
            events = [one for one in audience.events(time.time(), EVENTS) if one.get("contentId")]
            requests = list(batches(events, draw))[:REQUESTS]
            position, floor = "", Counter[str]()
            for batch in requests:
                floor = self._sender.acknowledged.measures.copy()
                position = await self._sender.deliver(batch)
                log += batch
            if position:
                await self._wait(prefix, position, log, floor)
            await asyncio.sleep(draw.uniform(*PAUSE))

    async def _wait(self, prefix: str, position: str, log: list[Event], floor: Counter[str]) -> None:
        if not await self._reader.settled(position, SETTLE_SECONDS):
            self.wrong.append(f"waiter: {prefix} {position} has not settled: {self._reader.waiting_for}")
            return
        overview = await _answered(self._reader.overview)
        history = await _answered(lambda: asyncio.to_thread(self._reader.history, prefix))
        self.waits += 1
        found = compare_history(Count(log), history)
        lines = [*found.lost, *found.double, *found.differences, *self._totals(overview, floor)]
        self.wrong += [f"waiter: {prefix} {position} was told settled, and {line}" for line in lines[:5]]

    def _totals(self, overview: dict[str, Any], floor: Counter[str]) -> list[str]:
        shown, most = overview["totals"], self._sender.bound.measures
        return [
            f"totals.{name} shows {shown.get(name, 0)}, not within {floor[name]} and {most[name]}"
            for name in MEASURES
            if not floor[name] <= shown.get(name, 0) <= most[name]
        ]


async def _answered(ask: Callable[[], Awaitable[T]]) -> T:
    """Return an answer, however often the one who is asked is killed meanwhile."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while True:
        try:
            return await ask()
        except _GONE:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.2)
