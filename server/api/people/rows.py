"""What history answers of one person: the rows of his questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web

from server.door.owners import person_of
from server.door.parameters import Parameters
from server.resources.history import HISTORY, Rows
from server.resources.kept import opened
from sql.people import statement
from streakline.history.cover import moment_of
from streakline.history.freshness import Shard
from streakline.kinds import CONTENT_TYPE_CODES, CONTENT_TYPES
from streakline.people.local_days import Plays, plays_of
from streakline.times import QUARTER_MS

PERSON: Final = ("user", "tz", "asOf")
"""What `Person` reads."""


class Person:
    """The person whom a request asks about, and as of when."""

    def __init__(self, request: web.Request, asked: Parameters) -> None:
        """Read `user`, `tz` and `asOf`.

        Raises:
            Problem: as `person_of`, `Parameters.zone` and `Parameters.as_of` do.
        """
        self.id: str = person_of(request, asked)
        self.zone: ZoneInfo = asked.zone()
        self.as_of: int = asked.as_of()
        self._app = request.app

    async def rows(self, name: str, shards: Sequence[Shard], **more: Any) -> Rows:
        """Return what the question `people/NAME` answers of all the person played before `asOf`.

        Args:
            name: of the question.
            shards: as they were before.
            more: its own parameters.
        """
        return await self._app[HISTORY].composed(
            f"people/{name}", statement(name), **self._of(shards), **more
        )

    async def recent(self, limit: int, shards: Sequence[Shard]) -> Rows:
        """Return the newest counted plays, so many at most."""
        return await self._app[HISTORY].rows("people/recent", **self._of(shards), limit=limit)

    def _of(self, shards: Sequence[Shard]) -> dict[str, Any]:
        closed_end = min(opened(shards), self.as_of // QUARTER_MS * QUARTER_MS)
        return {"user": self.id, "closed_end": moment_of(closed_end), "end": moment_of(self.as_of)}

    async def plays(self, shards: Sequence[Shard]) -> Plays:
        """Return the person's counted plays before `asOf`."""
        other = CONTENT_TYPE_CODES["other"]
        [row] = await self.rows("plays", shards, types=list(CONTENT_TYPES), other=other)
        return plays_of(row["starts"], row["offsets"], row["types"])
