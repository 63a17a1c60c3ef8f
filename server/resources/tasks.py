"""Tasks that run for as long as the application does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import structlog

AGAIN: Final = 0.5
"""Seconds after which a task that did not end is cancelled again."""
AFTER_FAILURE: Final = 1.0
_log = structlog.get_logger()

Work = Callable[[], Awaitable[None]]


@contextlib.asynccontextmanager
async def running(*works: Work) -> AsyncIterator[None]:
    """Run endless work during the block, and again after an error that it did not expect.

    A cancel can get lost: redis-py answers one that comes during a reply with an error of its own, which the
    works take for a Redis that is away. So they are cancelled until they end.
    """
    tasks = {asyncio.create_task(_forever(work)) for work in works}
    try:
        yield
    finally:
        pending = tasks
        while pending:
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=AGAIN)


async def _forever(work: Work) -> None:
    while True:
        try:
            await work()
        except Exception:  # noqa: BLE001 - it is logged, and the work goes on
            _log.exception("work_failed", work=getattr(work, "__qualname__", repr(work)))
        await asyncio.sleep(AFTER_FAILURE)
