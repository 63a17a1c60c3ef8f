"""Nightly statistics: streaks that grew or broke, milestones and hours of whoever played lately, as domain events."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.jobs.people.batches import Night
from server.jobs.people.process import worker_process
from server.jobs.people.walk import closed_now, place_of, walk
from server.resources.clock import CLOCK
from streakline.times import DAY_MS, iso

NAME: Final = "nightly-statistics"
BREAKS_WITHIN: Final = 8 * DAY_MS
"""So long after the last play a streak breaks that no pause holds: two freezes, a weekend off and any zone included."""
FIRST_LOOK: Final = 7 * DAY_MS
"""How far back the first run of an installation looks."""


async def nightly_statistics(app: web.Application) -> None:
    """Emit what is new of everybody who played since the last run, and the streaks that broke since.

    Raises:
        HistoryAway: if ClickHouse does not answer; the next run looks as far back as this one would have.
        RedisError: if Redis does not answer.
        WorkerFailed: if the process that works for it ended.
    """
    now = app[CLOCK].now_ms()
    place = await place_of(app, NAME)
    since = place.until or now - FIRST_LOOK
    async with worker_process(app) as process:

        async def work(users: list[str]) -> None:
            await process.work(Night(users, now, await closed_now(app, now), since))

        await walk(app, NAME, iso(now)[:10], (since - BREAKS_WITHIN, now), now, work)
