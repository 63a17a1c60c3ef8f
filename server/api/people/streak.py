"""The streak of a person: days in a row with a counted play."""

from __future__ import annotations

from typing import Final

import msgspec
from aiohttp import web

from server.api.people.rows import PERSON, Person, answer_of
from server.door.parameters import Parameters
from server.person_history import Known
from streakline.people.streaks import Streak, streak_of
from streakline.streak_limits import MODES, Mode

PARAMETERS: Final = (*PERSON, "mode")


class PersonStreak(Streak, frozen=True, rename="camel"):
    """The streak of a person, for whom and as of when."""

    user_id: str
    tz: str
    as_of: str


async def streak(request: web.Request) -> web.Response:
    """`GET /api/analytics/streak`: the current and the longest streak of a person.

    Parameters: `user`, `tz`, `asOf`, `mode`. Needs `read:self`. Answer: golden `streak`; 403 `owner` for another's.
    """
    asked = Parameters(request, *PARAMETERS)
    person = Person.asked(request, asked)
    mode = asked.choice("mode", MODES, None)
    return await answer_of(request, person, lambda known: person_streak(known, mode))


def person_streak(known: Known, mode: Mode | None = None) -> PersonStreak:
    """Return the streak of a person, counted by another mode than his own where one is given."""
    found = streak_of(known.rows.counted, known.as_of, known.zone, known.personal.rules(mode))
    return PersonStreak(**msgspec.structs.asdict(found), **known.facts)
