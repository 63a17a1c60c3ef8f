"""The milestones of a person: how many different movies, shows, episodes and tracks were finished, and when."""

from __future__ import annotations

import msgspec
from aiohttp import web

from server.api.people.rows import PERSON, Person, answer_of
from server.door.parameters import Parameters
from streakline.people.milestones import Milestones, finishes_of, milestones_of
from streakline.people.play_rows import PlayRows


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
    return await answer_of(request, person, lambda rows: person_milestones(person, rows))


def person_milestones(person: Person, rows: PlayRows) -> PersonMilestones:
    """Return the milestones that the rows of a person give."""
    found = milestones_of(finishes_of(rows))
    return PersonMilestones(**msgspec.structs.asdict(found), **person.facts)
