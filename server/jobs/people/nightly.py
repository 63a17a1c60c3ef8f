"""Nightly statistics: streaks that grew or broke, milestones and hours of whoever played lately, as domain events."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.api.people.rows import Person
from server.domain_stream import emit
from server.jobs.people.walk import place_of, walk
from server.resources.clock import CLOCK
from server.resources.kept import read_shards
from server.resources.redis_client import INSTALLATION, OWN_REDIS
from streakline.domain_events.found import Found, milestones_achieved, streak_updated, time_calculated
from streakline.people.milestones import finishes_of, milestones_of
from streakline.people.streaks import streak_of
from streakline.people.viewing_time import PERIODS, viewing_time
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
    """
    now = app[CLOCK].now_ms()
    place = await place_of(app, NAME)
    since = place.until or now - FIRST_LOOK

    async def work(user: str) -> None:
        await emit(app[OWN_REDIS], user, await _found(app, user, now, since))

    await walk(app, NAME, iso(now)[:10], (since - BREAKS_WITHIN, now), now, work)


async def _found(app: web.Application, user: str, now: int, since: int) -> list[Found]:
    person = Person(app, user, None, now, is_now=True)
    known = await person.known(await read_shards(app[OWN_REDIS], app[INSTALLATION].shards))
    rows, zone = known.rows, known.zone
    streak = streak_updated(user, streak_of(rows.counted, now, zone, known.personal.rules()), now)
    found = milestones_achieved(user, milestones_of(finishes_of(rows)).milestones, now)
    found += [] if streak is None else [streak]
    if rows.at.size and int(rows.last.max()) >= since - DAY_MS:
        found += [time_calculated(user, viewing_time(rows, period, now, zone), now) for period in PERIODS]
    return found
