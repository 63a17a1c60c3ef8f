"""The streak of a person: days in a row with a counted play."""

from __future__ import annotations

from typing import Final

import msgspec
from aiohttp import web

from server.api.people.rows import PERSON, Person, answer_of
from server.door.parameters import Parameters
from streakline.people.play_rows import PlayRows
from streakline.people.streak_rules import DEFAULT_RULES, MODES, StreakRules
from streakline.people.streaks import Streak, streak_of

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
    mode = asked.choice("mode", MODES, DEFAULT_RULES.mode)
    rules = msgspec.structs.replace(DEFAULT_RULES, mode=mode)
    return await answer_of(request, person, lambda rows: person_streak(person, rows, rules))


def person_streak(person: Person, rows: PlayRows, rules: StreakRules = DEFAULT_RULES) -> PersonStreak:
    """Return the streak that the rows of a person give."""
    found = streak_of(rows.counted, person.as_of, person.zone, rules)
    return PersonStreak(**msgspec.structs.asdict(found), **person.facts)
