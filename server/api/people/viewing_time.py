"""The viewing time of a person in a period to date."""

from __future__ import annotations

from typing import Final

import msgspec
from aiohttp import web

from server.api.people.rows import PERSON, Person, answer_of
from server.door.parameters import Parameters
from server.person_history import Known
from streakline.people.viewing_time import PERIODS, Period, ViewingTime
from streakline.people.viewing_time import viewing_time as viewing_time_of

PARAMETERS: Final = (*PERSON, "period")
DEFAULT: Final[Period] = "week"


class PersonViewingTime(ViewingTime, frozen=True, rename="camel"):
    """The viewing time of a person, for whom and as of when."""

    user_id: str
    tz: str
    as_of: str


async def viewing_time(request: web.Request) -> web.Response:
    """`GET /api/analytics/viewing-time`: the hours of a person by type, genre and platform, beside the period before.

    Parameters: `period` (week), `user`, `tz`, `asOf`. Needs `read:self`. Answer: golden `viewing_time`; 403 `owner` for
    another's.
    """
    asked = Parameters(request, *PARAMETERS)
    person = Person.asked(request, asked)
    period = asked.choice("period", PERIODS, DEFAULT)
    return await answer_of(request, person, lambda known: person_viewing_time(known, period))


def person_viewing_time(known: Known, period: Period) -> PersonViewingTime:
    """Return the viewing time of a person."""
    found = viewing_time_of(known.rows, period, known.as_of, known.zone)
    return PersonViewingTime(**msgspec.structs.asdict(found), **known.facts)
