"""The years of a person that can be reviewed."""

from __future__ import annotations

import msgspec
from aiohttp import web

from server.api.people.rows import PERSON, Person, answer_of
from server.api.people.year_in_review import FIRST
from server.door.answers import Answer
from server.door.parameters import Parameters
from server.person_history import Known
from streakline.people.yearly.years import YearPlays, years_of


class PersonYears(Answer):
    """The years of a person with a play, newest first, for whom and as of when."""

    years: tuple[YearPlays, ...]
    user_id: str
    tz: str
    as_of: str


async def years(request: web.Request) -> web.Response:
    """`GET /api/analytics/year-in-review`: the years of a person that can be reviewed.

    Parameters: `user`, `tz`, `asOf`. Needs `read:self`. Answer: golden `years`, none of who played nothing; 403
    `owner` for another's.
    """

    def made(known: Known) -> msgspec.Struct:
        # West of Greenwich the first moment of all is of a year that nobody can ask for.
        found = (one for one in years_of(known.rows, known.as_of, known.zone) if one.year >= FIRST)
        return PersonYears(tuple(found), **known.facts)

    return await answer_of(request, Person.asked(request, Parameters(request, *PERSON)), made)
