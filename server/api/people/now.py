"""The streak and the milestones of a person now: by one read of Redis, and where that cannot tell, by history."""

from __future__ import annotations

import msgspec
from aiohttp import web

from server.api.people.rows import Person
from server.api.people.streak import person_streak
from server.door.answers import answer
from server.door.owners import person_of
from server.door.parameters import Parameters
from server.live.people import FromHistory, rows_of
from server.resources.clock import CLOCK
from server.resources.kept import read_shards
from server.resources.redis_client import INSTALLATION, REDIS
from streakline.people.live.answers import StreakNow, live_answer, short_milestones
from streakline.people.milestones import finishes_of, first_finishes


async def streak_now(request: web.Request) -> web.Response:
    """`GET /api/v1/people/{id}/streak`: the streak and the milestones of a person at this moment.

    Needs `read:self`. Answer: golden `streak_now`; 403 `owner` for another's.
    """
    asked = Parameters(request)
    user, app = person_of(request, asked), request.app
    as_of = app[CLOCK].now_ms()
    row = (await rows_of(app[REDIS], app[INSTALLATION], [user]))[user]
    now = None if row is None else live_answer(row, user, as_of)
    return answer(now or await from_history(app)(user, as_of))


def from_history(app: web.Application) -> FromHistory:
    """Return what answers of persons by history."""

    async def ask(user: str, as_of: int) -> StreakNow:
        shards = await read_shards(app[REDIS], app[INSTALLATION].shards)
        known = await Person(app, user, None, as_of, is_now=True).known(shards)
        milestones = short_milestones(first_finishes(finishes_of(known.rows)))
        streak = msgspec.structs.asdict(person_streak(known))
        return StreakNow(**streak, milestones=milestones, source="history")

    return ask
