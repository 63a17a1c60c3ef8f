"""The year that is over, reviewed for everybody who played in it, as domain events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from aiohttp import web

from server.api.people.rows import Person
from server.domain_stream import emit
from server.jobs.people.walk import walk
from server.resources.clock import CLOCK
from server.resources.kept import read_shards
from server.resources.redis_client import INSTALLATION, OWN_REDIS
from streakline.domain_events.found import year_generated
from streakline.people.yearly.review import year_of
from streakline.times import DAY_MS

NAME: Final = "year-in-review"
OVER_EVERYWHERE: Final = timedelta(hours=12)
"""After midnight of UTC a year is over in every zone."""
LAST_MONTH: Final = 1
"""The month up to whose end it is made up for: who begins in June wants no reviews of the year before."""


async def year_in_review(app: web.Application) -> None:
    """Emit the reviews of last year, once it is over in every zone and while it is January.

    Raises:
        HistoryAway: if ClickHouse does not answer; the next run goes on.
        RedisError: if Redis does not answer.
    """
    now_ms = app[CLOCK].now_ms()
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    begun = datetime(now.year, 1, 1, tzinfo=UTC)
    if now < begun + OVER_EVERYWHERE or now.month > LAST_MONTH:
        return
    year = now.year - 1
    first, end = (round(datetime(n, 1, 1, tzinfo=UTC).timestamp() * 1000) for n in (year, now.year))

    async def work(user: str) -> None:
        person = Person(app, user, None, now_ms, is_now=True)
        known = await person.known(await read_shards(app[OWN_REDIS], app[INSTALLATION].shards))
        found = year_of(known.rows, year, now_ms, known.zone, known.personal.rules())
        if found is not None:
            review = found.review(await person.creator_names(found.by_creator))
            await emit(app[OWN_REDIS], user, [year_generated(user, review, now_ms)])

    # The days of a zone begin up to 14 hours before and 12 hours after those of UTC.
    await walk(app, NAME, str(year), (first - DAY_MS, end + DAY_MS), now_ms, work)
