"""Person history: what history knows of some persons, asked for all of them at once."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from server.resources.history import History, Rows, in_parts
from server.resources.kept import opened
from streakline import zones
from streakline.history.cover import moment_of
from streakline.history.freshness import Shard
from streakline.kinds import NAMES
from streakline.people.personal.stated import Personal, PersonalEvent, personal_of
from streakline.people.play_rows import COLUMNS, Content, PlayRows, play_rows
from streakline.times import QUARTER_MS, iso

_NOTHING: dict[str, list[Any]] = {name: [] for name in COLUMNS}


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


async def known_of(
    history: History, users: Sequence[str], as_of: int, closed_end: int, zone: ZoneInfo | None = None
) -> list[Known]:
    """Return what is stated of some persons and all that they played and rated before a moment, in the given order.

    Args:
        history: that is asked, three questions for all of them.
        users: the persons; their ids have room in one parameter.
        as_of: the moment, ms.
        closed_end: as of `closed_end_of`.
        zone: for plays whose events named none; None for each person's own.

    Raises:
        HistoryAway, HistoryBusy, TooCostly: as `History.rows` does.
    """
    end = moment_of(as_of)
    of = {"users": users, "closed_end": moment_of(closed_end), "end": end}
    played, [catalogue], stated = await asyncio.gather(
        history.rows("people/rows", **of),
        history.rows("people/contents", **of),
        history.rows("people/personal", users=users, end=end),
    )
    names = ("ids", "types", "parents", "creators", "genres", "titles", "lengths")
    rows = zip(*(catalogue[name] for name in names), strict=True)
    contents = {one.id: one for one in map(Content._make, rows)}
    columns = {row["userId"]: {name: row[f"all_{name}"] for name in COLUMNS} for row in played}
    found = []
    of_each = _personal(stated, as_of)
    for user in users:
        personal = of_each.get(user) or personal_of((), as_of)
        own_zone = zone or personal.zone or zones.zone("UTC")
        own_rows = play_rows(columns.get(user, _NOTHING), contents)
        found.append(Known(user, as_of, own_zone, personal, own_rows))
    return found


async def zone_of(history: History, user: str, as_of: int) -> ZoneInfo:
    """Return the zone that a person stated up to a moment (ms), else UTC, and raise what `History.rows` does."""
    stated = await history.rows("people/personal", users=[user], end=moment_of(as_of))
    personal = _personal(stated, as_of).get(user)
    return (personal.zone if personal else None) or zones.zone("UTC")


def _personal(stated: Rows, as_of: int) -> dict[str, Personal]:
    """Return what is stated of persons, by the rows of `people/personal`."""
    events: dict[str, list[PersonalEvent]] = defaultdict(list)
    for row in stated:
        events[row["userId"]].append(
            PersonalEvent(NAMES[row["kind"]], row["id"], row["ms"], row["properties"])
        )
    return {user: personal_of(of_one, as_of) for user, of_one in events.items()}


async def creator_names(history: History, creators: Iterable[str]) -> dict[str, str]:
    """Return creator -> name of those that have one, and raise what `History.rows` does."""
    names: dict[str, str] = {}
    for part in in_parts(sorted(set(creators)), lambda one: (one,)):
        rows = await history.rows("history/creator_names", creators=part)
        names |= {row["id"]: row["name"] for row in rows}
    return names


def closed_end_of(shards: Sequence[Shard], as_of: int) -> int:
    """Return the moment (ms) up to which the rows of closed quarter hours answer, and behind which events do.

    Args:
        shards: as they were before history is asked.
        as_of: the moment (ms) before which plays are wanted.
    """
    return min(opened(shards), as_of // QUARTER_MS * QUARTER_MS)
