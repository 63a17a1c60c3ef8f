"""The pace of a job: no faster than webhooks deliver, lest the stream passes them; one that is away is not awaited."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

import structlog

from server.webhooks.queue import MOST_PENDING, Queue

LOOK_SECONDS: Final = 1.0
STUCK_SECONDS: Final = 60.0
"""After which a webhook of which nothing was delivered is away: this run waits for it no more."""
LONGEST_SECONDS: Final = 4 * 3600.0
"""For which a run waits in all."""
_log = structlog.get_logger()


class Pace:
    """The pace of one run.

    Args:
        queue: of the deliveries.
        hooks: returns the webhooks that are delivered to.
        clock: returns seconds of a clock that never goes back.
    """

    def __init__(
        self,
        queue: Queue,
        hooks: Callable[[], Iterable[str]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue, self._hooks, self._clock = queue, hooks, clock
        self._away: set[str] = set()
        self._waited = 0.0

    async def keep(self) -> None:
        """Return when no webhook is full that delivers.

        Raises:
            RedisError: if Redis does not answer.
        """
        began, seen = self._clock(), dict[str, tuple[Any, float]]()
        while full := await self._full():
            now = self._clock()
            if self._waited + now - began >= LONGEST_SECONDS:
                break
            # Every delivery changes what is pending, or how far the stream was read.
            seen = {
                hook: seen[hook] if hook in seen and seen[hook][0] == state else (state, now)
                for hook, state in full.items()
            }
            stuck = [hook for hook, (_, since) in seen.items() if now - since >= STUCK_SECONDS]
            if stuck:
                self._away |= set(stuck)
                _log.warning("webhooks_not_awaited", webhooks=stuck)
                continue
            await asyncio.sleep(LOOK_SECONDS)
        self._waited += self._clock() - began

    async def _full(self) -> dict[str, tuple[int, bytes | None]]:
        hooks = [hook for hook in self._hooks() if hook not in self._away]
        states = await self._queue.progress(hooks) if hooks else {}
        return {hook: state for hook, state in states.items() if state[0] >= MOST_PENDING}
