"""What is new of persons: by their live rows where these tell everything, else by history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from aiohttp import web
from redis.asyncio import Redis

from server.domain_stream import emitted_subjects
from server.jobs.people.walk import closed_now
from server.person_history import Known, known_of
from server.resources.history import HISTORY
from streakline.domain_events.found import Found
from streakline.domain_events.live import found_live, live_milestones
from streakline.domain_events.regular import found_now
from streakline.people.live.rows import PersonRow

AT_ONCE: Final = 4_000
"""Persons in one question: their hashes are a parameter of 84 KB."""


async def ids_of(app: web.Application, persons: Iterable[int]) -> dict[int, str]:
    """Return the ids of persons by their hashes, of those whose events history has.

    Raises:
        HistoryAway, HistoryBusy, TooCostly: if history does not answer.
    """
    wanted, found = list(persons), dict[int, str]()
    for at in range(0, len(wanted), AT_ONCE):
        rows = await app[HISTORY].rows("people/ids", persons=wanted[at : at + AT_ONCE])
        found |= {row["listener64"]: row["id"] for row in rows}
    return found


async def found_by_row(redis: Redis, row: PersonRow | None, user: str, at: int) -> list[Found] | None:
    """Return the events of a person at a moment (ms) by his live row; None if only history can tell them.

    Raises:
        RedisError: if Redis does not answer.
    """
    if row is None:
        return None
    emitted = await emitted_subjects(redis, user) if live_milestones(row).reached else ()
    return found_live(row, user, at, emitted)


async def known_now(app: web.Application, users: Sequence[str], at: int) -> list[Known]:
    """Return what history knows of persons as of now (ms).

    Raises:
        HistoryAway, HistoryBusy, TooCostly: if history does not answer.
        RedisError: if Redis does not.
    """
    return await known_of(app[HISTORY], users, at, await closed_now(app, at))


def found_by_history(known: Known) -> list[Found]:
    """Return the events of a person by all that history knows."""
    return found_now(known.id, known.rows, known.zone, known.personal.rules(), known.as_of)


def unnamed(persons: Iterable[int], ids: Mapping[int, str]) -> list[int]:
    """Return the persons who have no id."""
    return [person for person in persons if person not in ids]
