"""The milestones of a person: how many different movies, shows, episodes and tracks were finished, and when."""

from __future__ import annotations

import msgspec
from aiohttp import web

from server.api.people.rows import PERSON, Person, answer_of
from server.door.parameters import Parameters
from server.person_history import Known
from streakline.people.milestones import Milestones, finishes_of, milestones_of


class PersonMilestones(Milestones, frozen=True, rename="camel"):
    """The milestones of a person, for whom and as of when."""

    user_id: str
    tz: str
    as_of: str


async def milestones(request: web.Request) -> web.Response:
    """`GET /api/analytics/milestones`: the milestones of a person, newest first, and the way to the next ones.

    Parameters: `user`, `tz`, `asOf`. Needs `read:self`. Answer: golden `milestones`; 403 `owner` for another's.
    """
    person = Person.asked(request, Parameters(request, *PERSON))
    return await answer_of(request, person, person_milestones)


def person_milestones(known: Known) -> PersonMilestones:
    """Return the milestones of a person."""
    found = milestones_of(finishes_of(known.rows))
    return PersonMilestones(**msgspec.structs.asdict(found), **known.facts)
