"""The streak of a person: days in a row with a counted play."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from aiohttp import web

from server.api.people.rows import PERSON, Person
from server.door.kept import kept_answer, key_of
from server.door.parameters import Parameters
from server.resources.kept import Question
from streakline.history.freshness import Shard
from streakline.people.streak_rules import DEFAULT_RULES, MODES
from streakline.people.streaks import Streak, streak_of
from streakline.times import iso

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
    person = Person(request, asked)
    mode = next(one for one in MODES if one == asked.choice("mode", MODES, DEFAULT_RULES.mode))
    rules = msgspec.structs.replace(DEFAULT_RULES, mode=mode)

    async def make(shards: Sequence[Shard]) -> PersonStreak:
        found = streak_of(await person.plays(shards), person.as_of, person.zone, rules)
        return PersonStreak(
            **msgspec.structs.asdict(found), user_id=person.id, tz=person.zone.key, as_of=iso(person.as_of)
        )

    # Whose answer it is may stand in the token alone.
    key = msgspec.msgpack.encode((person.id, key_of(request)))
    return await kept_answer(request, Question(key, person.as_of, asked.is_now), make)
