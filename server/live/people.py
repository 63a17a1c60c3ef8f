"""Persons: what is known of them now, by one read of Redis, and by history where that does not tell everything."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Final

import structlog
from aiohttp import web
from clickhouse_connect.driver.exceptions import ClickHouseError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.resources.history import HistoryAway, HistoryBusy, TooCostly
from server.resources.redis_client import Installation
from streakline.people.live.answers import StreakNow, live_answer
from streakline.people.live.places import place_of
from streakline.people.live.rows import PersonRow
from streakline.streams import keys
from streakline.streams.hashing import hash64

ASKED_EVERY: Final = 10.0
"""Seconds after which history is asked again for who is watched and has no row that tells everything."""
FromHistory = Callable[[str, int], Awaitable[StreakNow]]
"""Answers by history of a person at a moment (ms).

Raises:
    HistoryAway, HistoryBusy, TooCostly, ClickHouseError: if history does not answer.
"""
FROM_HISTORY: Final[web.AppKey[FromHistory]] = web.AppKey("from_history")
UNANSWERED: Final = (HistoryAway, HistoryBusy, TooCostly, ClickHouseError)
_log = structlog.get_logger()


async def rows_of(
    redis: Redis, installation: Installation, users: Collection[str]
) -> dict[str, PersonRow | None]:
    """Return the live rows of persons, None of those of whom they do not tell everything; in one round trip.

    Raises:
        RedisError: if Redis does not answer.
    """
    by_key: dict[str, list[tuple[str, bytes]]] = {}
    for user in users:
        part, slot, field = place_of(hash64(user, installation.seed), installation.partitions.parts)
        by_key.setdefault(keys.streaks(part, slot), []).append((user, field))
    async with redis.pipeline(transaction=False) as pipe:
        pipe.exists(keys.PEOPLE_WHOLE)
        for key, some in by_key.items():
            pipe.hmget(key, [field for _, field in some])
        is_whole, *replies = await pipe.execute()
    if not is_whole:
        return dict.fromkeys(users)
    named = (user for some in by_key.values() for user, _ in some)
    packed = (row for reply in replies for row in reply)
    return {user: _read(row) for user, row in zip(named, packed, strict=True)}


def _read(packed: bytes | None) -> PersonRow | None:
    try:
        return PersonRow.unpacked(packed)
    except ValueError as error:
        _log.error("live_row_unreadable", error=str(error))
        return None


class People:
    """What is known of the persons that somebody watches.

    Attributes:
        known: person -> streak and milestones, as they were read last.
    """

    def __init__(self, redis: Redis, installation: Installation, from_history: FromHistory) -> None:
        self._redis = redis
        self._installation = installation
        self._from_history = from_history
        self._asked_at: dict[str, float] = {}
        self.known: dict[str, StreakNow] = {}

    def keep(self, watched: Iterable[str]) -> None:
        """Forget the persons whom nobody watches."""
        kept = set(watched)
        self.known = {user: now for user, now in self.known.items() if user in kept}
        self._asked_at = {user: at for user, at in self._asked_at.items() if user in kept}

    async def read(self, users: Collection[str], as_of: int) -> list[str]:
        """Read the rows of persons as of a moment (ms); return those whom history has to be asked about.

        Where Redis does not answer they stand as they stood.
        """
        if not users:
            return []
        try:
            rows = await rows_of(self._redis, self._installation, users)
        except (RedisError, OSError) as error:
            _log.warning("persons_not_read", error=str(error))
            return []
        left = []
        for user, row in rows.items():
            now = None if row is None else live_answer(row, user, as_of)
            if now is None:
                left.append(user)
            else:
                self.known[user] = now
                self._asked_at.pop(user, None)
        due = time.monotonic() - ASKED_EVERY
        return [user for user in left if self._asked_at.get(user, due) <= due]

    async def ask(self, users: Iterable[str], as_of: int) -> bool:
        """Ask history about persons as of a moment (ms); return whether anything was answered.

        Where it does not answer they stand as they stood.
        """
        answered = False
        for user in users:
            self._asked_at[user] = time.monotonic()
            try:
                self.known[user] = await self._from_history(user, as_of)
                answered = True
            except (*UNANSWERED, RedisError, OSError) as error:
                _log.warning("person_not_answered", error=str(error))
        return answered
