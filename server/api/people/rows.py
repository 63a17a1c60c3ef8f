"""What history answers of one person: the rows of his questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Self
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from server.door.kept import Make, kept_answer, key_of
from server.door.owners import person_of
from server.door.parameters import Parameters
from server.person_history import Known, closed_end_of, creator_names, known_of
from server.resources.history import HISTORY, Rows
from server.resources.kept import Question
from streakline.history.cover import moment_of
from streakline.history.freshness import Shard

PERSON: Final = ("user", "tz", "asOf")
"""What `Person` reads."""


class Person:
    """The person whom a request asks about, and as of when."""

    def __init__(
        self, app: web.Application, id_: str, zone: ZoneInfo | None, as_of: int, *, is_now: bool
    ) -> None:
        """Ask about a person whose numbers may be read.

        Args:
            app: with the history that is asked.
            id_: whose plays.
            zone: for plays whose events named none; None for the person's own.
            as_of: before which, in ms.
            is_now: whether nobody said as of when.
        """
        self.id, self.zone, self.as_of, self.is_now = id_, zone, as_of, is_now
        self.app = app

    @classmethod
    def asked(cls, request: web.Request, asked: Parameters) -> Self:
        """Read `user`, `tz` and `asOf` of a request.

        Raises:
            Problem: as `person_of`, `Parameters.named_zone` and `Parameters.as_of` do.
        """
        id_ = person_of(request, asked)
        return cls(request.app, id_, asked.named_zone(), asked.as_of(), is_now=asked.is_now)

    async def known(self, shards: Sequence[Shard]) -> Known:
        """Return what is stated of the person, and all that he played and rated before `asOf`.

        Args:
            shards: as they were before.
        """
        closed_end = closed_end_of(shards, self.as_of)
        [known] = await known_of(self.app[HISTORY], [self.id], self.as_of, closed_end, self.zone)
        return known

    async def recent(self, limit: int, shards: Sequence[Shard]) -> Rows:
        """Return the newest counted plays before `asOf`, so many at most."""
        ends = {"closed_end": moment_of(closed_end_of(shards, self.as_of)), "end": moment_of(self.as_of)}
        return await self.app[HISTORY].rows("people/recent", user=self.id, **ends, limit=limit)

    async def creator_names(self, creators: Iterable[str]) -> dict[str, str]:
        """Return creator -> name of those that have one."""
        return await creator_names(self.app[HISTORY], creators)


async def answer_of(
    request: web.Request, person: Person, make: Callable[[Known], msgspec.Struct]
) -> web.Response:
    """Return the kept answer about a person, or make it of what is known of him."""

    async def made(shards: Sequence[Shard]) -> msgspec.Struct:
        return make(await person.known(shards))

    return await kept_of(request, person, made)


async def kept_of(request: web.Request, person: Person, make: Make) -> web.Response:
    """Return the kept answer about a person, or make it."""
    # Whose answer it is may stand in the token alone.
    key = msgspec.msgpack.encode((person.id, key_of(request)))
    return await kept_answer(request, Question(key, person.as_of, person.is_now), make)
