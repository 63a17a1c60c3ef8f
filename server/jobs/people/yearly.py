"""The year that is over, reviewed for everybody who played in it, as domain events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from aiohttp import web

from server.jobs.people.batches import Year
from server.jobs.people.process import worker_process
from server.jobs.people.walk import closed_now, walk
from server.resources.clock import CLOCK
from streakline.times import DAY_MS

NAME: Final = "year-in-review"
OVER_EVERYWHERE: Final = timedelta(hours=12)
"""After midnight of UTC a year is over in every zone."""
LAST_MONTH: Final = 1
"""The month up to whose end it is made up for: who begins in June wants no reviews of the year before."""


async def year_in_review(app: web.Application) -> None:
    """Emit the reviews of last year, once it is over in every zone and while it is January.

    Raises:
        as `review_of_everybody` does; the next run goes on.
    """
    now_ms = app[CLOCK].now_ms()
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    begun = datetime(now.year, 1, 1, tzinfo=UTC)
    if now >= begun + OVER_EVERYWHERE and now.month <= LAST_MONTH:
        await review_of_everybody(app, now.year - 1, now_ms)


async def review_of_everybody(app: web.Application, year: int, now: int) -> None:
    """Emit the reviews of a year, as of a moment (ms), of everybody who played in it.

    Raises:
        HistoryAway: if ClickHouse does not answer.
        RedisError: if Redis does not answer.
        WorkerFailed: if the process that works for it ended.
    """
    first, end = (round(datetime(n, 1, 1, tzinfo=UTC).timestamp() * 1000) for n in (year, year + 1))
    async with worker_process(app) as process:

        async def work(users: list[str]) -> None:
            await process.work(Year(users, now, await closed_now(app, now), year))

        # The days of a zone begin up to 14 hours before and 12 hours after those of UTC.
        await walk(app, NAME, str(year), (first - DAY_MS, end + DAY_MS), now, work)
