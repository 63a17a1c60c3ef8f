"""The years of a person that can be reviewed."""

from __future__ import annotations

import msgspec
from aiohttp import web

from server.api.people.rows import PERSON, Person, answer_of
from server.api.people.year_in_review import FIRST
from server.door.answers import Answer
from server.door.parameters import Parameters
from streakline.people.play_rows import PlayRows
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
    person = Person.asked(request, Parameters(request, *PERSON))

    def made(rows: PlayRows) -> msgspec.Struct:
        # West of Greenwich the first moment of all is of a year that nobody can ask for.
        found = (one for one in years_of(rows, person.as_of, person.zone) if one.year >= FIRST)
        return PersonYears(tuple(found), **person.facts)

    return await answer_of(request, person, made)
