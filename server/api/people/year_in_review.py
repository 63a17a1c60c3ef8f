"""The year in review of a person: any year that has a play, counted when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from aiohttp import web

from server.api.people.rows import PERSON, Person, kept_of
from server.door.kept import kept_text
from server.door.parameters import Parameters
from server.problems import Problem
from server.resources.kept import Question
from streakline.history.freshness import Shard
from streakline.people.yearly.answers import YearInReview
from streakline.people.yearly.review import year_of
from streakline.times import EARLIEST_MS, iso

FIRST, LAST = int(iso(EARLIEST_MS)[:4]), 2099


class PersonYear(YearInReview, frozen=True, rename="camel"):
    """The year of a person, for whom and as of when."""

    user_id: str
    tz: str
    as_of: str


_DECODER: Final = msgspec.json.Decoder(PersonYear)


async def year_in_review(request: web.Request) -> web.Response:
    """`GET /api/analytics/year-in-review/{year}`: the year of a person.

    Parameters: `user`, `tz`, `asOf`. Needs `read:self`. Answer: golden `year_in_review`; 400 `year` for what is none,
    404 `no-plays` for one in which nothing was played, 403 `owner` for another's.
    """
    person, year = Person.asked(request, Parameters(request, *PERSON)), year_asked(request)

    async def make(shards: Sequence[Shard]) -> PersonYear:
        return await _reviewed(person, year, shards)

    return await kept_of(request, person, make)


async def kept_year(person: Person, year: int) -> PersonYear:
    """Return the kept year of a person, or make it.

    Raises:
        Problem: 404 `no-plays` for one in which nothing was played.
    """

    async def make(shards: Sequence[Shard]) -> PersonYear:
        return await _reviewed(person, year, shards)

    as_of = None if person.is_now else person.as_of
    zone = "" if person.zone is None else person.zone.key
    key = msgspec.msgpack.encode((person.id, "year", year, zone, as_of))
    return _DECODER.decode(await kept_text(person.app, Question(key, person.as_of, person.is_now), make))


def year_asked(request: web.Request) -> int:
    """Return the year of the path.

    Raises:
        Problem: 400 `year` for what is none.
    """
    text = request.match_info["year"]
    if text.isascii() and text.isdigit() and len(text) == len(str(LAST)) and FIRST <= int(text) <= LAST:
        return int(text)
    raise Problem(400, "year", f"year {text[:40]!r} is no year from {FIRST} to {LAST}")


async def _reviewed(person: Person, year: int, shards: Sequence[Shard]) -> PersonYear:
    known = await person.known(shards)
    found = year_of(known.rows, year, known.as_of, known.zone, known.personal.rules())
    if found is None:
        raise Problem(404, "no-plays", f"{person.id[:200]!r} played nothing in {year}")
    review = found.review(await person.creator_names(found.by_creator))
    return PersonYear(**msgspec.structs.asdict(review), **known.facts)
