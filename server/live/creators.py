"""Creators: whose contents are followed for `creator:ID`, by history, and told to the content flow by Redis."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

import structlog
from clickhouse_connect.driver.exceptions import ClickHouseError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.live.named import WATCHED_MS, forget_expired
from server.resources.history import History, HistoryAway, HistoryBusy, TooCostly
from server.resources.redis_client import Installation, redis_ms
from streakline.live.creators import Contents
from streakline.live.followed import MOST, pack, until_of
from streakline.streams import keys

LISTED_EVERY: Final = 10.0
"""Seconds after which it is asked again which contents are a creator's."""
NAMED_EVERY: Final = 5.0
PATIENCE: Final = 3.0
"""Seconds that a client waits for his first snapshot, if history is slow."""
_log = structlog.get_logger()


class Creators:
    """The creators that somebody watches.

    Attributes:
        contents: creator -> his contents, as history had them last.
    """

    def __init__(self, redis: Redis, history: History, installation: Installation) -> None:
        self._redis = redis
        self._history = history
        self._installation = installation
        self._listed_at: dict[str, float] = {}
        self._asked = asyncio.Event()
        self.contents: dict[str, Contents] = {}

    def ask(self) -> None:
        """Name the watched creators now: somebody has just asked for one."""
        self._asked.set()

    def followed(self, creators: Iterable[str]) -> list[str]:
        """Return the contents of creators that are followed."""
        known = (self.contents[creator].followed for creator in creators if creator in self.contents)
        return list(itertools.chain.from_iterable(known))

    async def learn(self, creators: Iterable[str]) -> None:
        """Read the contents of creators whom somebody is about to watch, so that his first snapshot has them."""
        unknown = [creator for creator in creators if creator not in self.contents]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._list(unknown)

    async def run(self, watched: Callable[[], list[str]]) -> None:
        """Keep the contents of watched creators up to date and tell the content flow of them, for ever."""
        while True:
            self._asked.clear()
            creators = watched()
            kept = set(creators)
            self.contents = {creator: known for creator, known in self.contents.items() if creator in kept}
            self._listed_at = {creator: at for creator, at in self._listed_at.items() if creator in kept}
            due = time.monotonic() - LISTED_EVERY
            await self._list([one for one in creators if self._listed_at.get(one, due) <= due])
            try:
                await self._name(creators)
            except (RedisError, OSError) as error:
                _log.warning("creators_not_named", error=str(error))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(NAMED_EVERY):
                    await self._asked.wait()

    async def _list(self, creators: Iterable[str]) -> None:
        """Read the contents of creators; where history does not answer they stand as they stood."""
        for creator in creators:
            try:
                rows = await self._history.rows("history/followed_contents", creator=creator, limit=MOST)
            except (HistoryAway, HistoryBusy, TooCostly, ClickHouseError) as error:
                _log.warning("creator_not_listed", creator=creator, error=str(error))
                continue
            self._listed_at[creator] = time.monotonic()
            total = rows[0]["total"] if rows else 0
            self.contents[creator] = Contents(tuple(row["contentId"] for row in rows), total)

    async def _name(self, creators: Iterable[str]) -> None:
        known = [creator for creator in creators if creator in self.contents]
        if not known:
            await forget_expired(self._redis, keys.FOLLOWED, until_of)
            return
        until = await redis_ms(self._redis) + WATCHED_MS
        seed = self._installation.seed
        named = {creator: pack(until, self.contents[creator].followed, seed) for creator in known}
        await self._redis.hset(keys.FOLLOWED, mapping=dict[Any, Any](named))
