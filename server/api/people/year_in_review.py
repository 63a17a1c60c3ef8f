"""The year in review of a person: any year that has a play, counted when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from aiohttp import web

from server.api.people.rows import PERSON, Person, kept_of
from server.door.parameters import Parameters
from server.problems import Problem
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


async def year_in_review(request: web.Request) -> web.Response:
    """`GET /api/analytics/year-in-review/{year}`: the year of a person.

    Parameters: `user`, `tz`, `asOf`. Needs `read:self`. Answer: golden `year_in_review`; 400 `year` for what is none,
    404 `no-plays` for one in which nothing was played, 403 `owner` for another's.
    """
    person, year = Person(request, Parameters(request, *PERSON)), _year(request.match_info["year"])

    async def make(shards: Sequence[Shard]) -> PersonYear:
        rows = await person.played(shards)
        found = year_of(rows, year, person.as_of, person.zone)
        if found is None:
            raise Problem(404, "no-plays", f"{person.id[:200]!r} played nothing in {year}")
        review = found.review(await person.creator_names(found.by_creator))
        return PersonYear(**msgspec.structs.asdict(review), **person.facts)

    return await kept_of(request, person, make)


def _year(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) == len(str(LAST)) and FIRST <= int(text) <= LAST:
        return int(text)
    raise Problem(400, "year", f"year {text[:40]!r} is no year from {FIRST} to {LAST}")
