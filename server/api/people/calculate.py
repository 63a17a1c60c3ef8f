"""Statistics of a person once everything that was accepted before has been counted."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.api.people.milestones import PersonMilestones, person_milestones
from server.api.people.rows import PERSON, Person
from server.api.people.streak import PersonStreak, person_streak
from server.api.people.viewing_time import PersonViewingTime, person_viewing_time
from server.api.settled import READING, left_behind, seconds_to_wait
from server.api.shares import Accepted
from server.domain_stream import emit_if_possible
from server.door.answers import Answer, answer
from server.door.parameters import Parameters
from server.resources.kept import read_shards
from server.resources.redis_client import INSTALLATION, REDIS
from streakline.domain_events.found import Found, milestones_achieved, streak_updated, time_calculated
from streakline.streams.positions import pack_position, wanted
from streakline.times import dec

PARAMETERS: Final = (*PERSON, "wait")
SECONDS: Final = 30.0
"""For how long a question waits that does not say how long."""


class Statistics(Answer):
    """Streak, milestones and viewing time of a person, counted after everything that had been accepted."""

    viewing_time: PersonViewingTime
    streak: PersonStreak
    milestones: PersonMilestones


async def calculate(request: web.Request) -> web.Response:
    """`POST /api/analytics/calculate`: count what is still owed, then answer a person's statistics.

    Parameters: `wait` (30 s), `user`, `tz`, `asOf`. Needs `read:self`. Answer: golden `statistics`; 202 with the
    position to wait for where it takes longer; 403 `owner` for another's. What is new in the answer is emitted as
    domain events.
    """
    asked, app = Parameters(request, *PARAMETERS), request.app
    person = Person.asked(request, asked)
    seconds = asked.read("wait", seconds_to_wait, SECONDS, code="wait")
    newest = await app[READING].last_ids()
    position = wanted(dict(enumerate(newest)), newest)
    if await left_behind(app, position, seconds):
        return answer(
            Accepted(position=pack_position({shard: dec(at) for shard, at in position.items()})), status=202
        )
    known = await person.known(await read_shards(app[REDIS], app[INSTALLATION].shards))
    found = Statistics(
        viewing_time=person_viewing_time(known, "all"),
        streak=person_streak(known),
        milestones=person_milestones(known),
    )
    if person.is_now:
        await emit_if_possible(
            app[REDIS], person.id, _events(person, found, own_zone="tz" not in request.query)
        )
    return answer(found)


def _events(person: Person, found: Statistics, *, own_zone: bool) -> list[Found]:
    """Return what the statistics of now say as domain events; a streak in a zone that was only asked for is none."""
    user, at = person.id, person.as_of
    streak = streak_updated(user, found.streak, at) if own_zone else None
    return [
        *milestones_achieved(user, found.milestones.milestones, at),
        *([] if streak is None else [streak]),
        time_calculated(user, found.viewing_time, at),
    ]
