"""What is new of persons: by their live rows where these tell everything, else by history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from aiohttp import web
from redis.asyncio import Redis

from server.api.people.streak import person_streak
from server.domain_stream import emitted_subjects
from server.person_history import Known, closed_end_of, known_of
from server.resources.history import HISTORY
from server.resources.kept import read_shards
from server.resources.redis_client import INSTALLATION, OWN_REDIS
from streakline.domain_events.found import Found, milestones_achieved, streak_updated
from streakline.domain_events.live import found_live, live_milestones
from streakline.people.live.rows import PersonRow
from streakline.people.milestones import finishes_of, milestones_of

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
    shards = await read_shards(app[OWN_REDIS], app[INSTALLATION].shards)
    return await known_of(app[HISTORY], users, at, closed_end_of(shards, at))


def found_by_history(known: Known) -> list[Found]:
    """Return the events of a person by all that history knows."""
    streak = streak_updated(known.id, person_streak(known), known.as_of)
    milestones = milestones_of(finishes_of(known.rows)).milestones
    return [
        *milestones_achieved(known.id, milestones, known.as_of),
        *([] if streak is None else [streak]),
    ]


def unnamed(persons: Iterable[int], ids: Mapping[int, str]) -> list[int]:
    """Return the persons who have no id."""
    return [person for person in persons if person not in ids]
