"""What history answers of one person: the rows of his questions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple, Self
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from server.door.kept import Make, kept_answer, key_of
from server.door.owners import person_of
from server.door.parameters import UTC, Parameters
from server.resources.history import HISTORY, Rows, in_parts
from server.resources.kept import Question, opened
from streakline import zones
from streakline.history.cover import moment_of
from streakline.history.freshness import Shard
from streakline.kinds import NAMES
from streakline.people.personal.stated import Personal, PersonalEvent, personal_of
from streakline.people.play_rows import COLUMNS, Content, PlayRows, play_rows
from streakline.times import QUARTER_MS, iso

PERSON: Final = ("user", "tz", "asOf")
"""What `Person` reads."""


class Known(NamedTuple):
    """What history knows of a person as of a moment."""

    id: str
    as_of: int
    """The moment, ms UTC."""
    zone: ZoneInfo
    """Of the question, else the person's own, else UTC."""
    personal: Personal
    rows: PlayRows
    """Of before the moment."""

    @property
    def facts(self) -> dict[str, Any]:
        """What every answer says: of whom it is, in which zone and as of when."""
        return {"user_id": self.id, "tz": self.zone.key, "as_of": iso(self.as_of)}


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
        of, ask = self._of(shards), self.app[HISTORY].rows
        [columns], [known], stated = await asyncio.gather(
            ask("people/rows", **of),
            ask("people/contents", **of),
            ask("people/personal", user=of["user"], end=of["end"]),
        )
        events = (
            PersonalEvent(NAMES[row["kind"]], row["id"], row["ms"], row["properties"]) for row in stated
        )
        personal = personal_of(events, self.as_of)
        zone = self.zone or personal.zone or zones.zone(UTC)
        names = ("ids", "types", "parents", "creators", "genres", "titles", "lengths")
        contents = map(Content._make, zip(*(known[name] for name in names), strict=True))
        rows = play_rows({name: columns[f"all_{name}"] for name in COLUMNS}, contents)
        return Known(self.id, self.as_of, zone, personal, rows)

    async def recent(self, limit: int, shards: Sequence[Shard]) -> Rows:
        """Return the newest counted plays before `asOf`, so many at most."""
        return await self.app[HISTORY].rows("people/recent", **self._of(shards), limit=limit)

    async def creator_names(self, creators: Iterable[str]) -> dict[str, str]:
        """Return creator -> name of those that have one."""
        names: dict[str, str] = {}
        for part in in_parts(sorted(set(creators)), lambda one: (one,)):
            rows = await self.app[HISTORY].rows("history/creator_names", creators=part)
            names |= {row["id"]: row["name"] for row in rows}
        return names

    def _of(self, shards: Sequence[Shard]) -> dict[str, Any]:
        closed_end = min(opened(shards), self.as_of // QUARTER_MS * QUARTER_MS)
        return {"user": self.id, "closed_end": moment_of(closed_end), "end": moment_of(self.as_of)}


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
