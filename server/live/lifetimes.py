"""Lifetimes: everything that was ever counted of the contents that somebody watches."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any, Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.resources.redis_client import Installation
from streakline.live.overview import content_totals
from streakline.live.state import Standing
from streakline.measures import unpack_counts
from streakline.streams import keys

UNREADABLE: Final = (ValueError, struct.error)
"""What a hash raises in which others wrote."""
_log = structlog.get_logger()


class Lifetimes:
    """The lifetime counts of some contents, as they were read last."""

    def __init__(self, redis: Redis, installation: Installation) -> None:
        self._redis = redis
        self._installation = installation
        self.totals: dict[str, dict[str, int]] = {}
        """Content -> measure -> count."""
        self._read: dict[str, object] = {}
        """Content -> what its totals were made of: most stand as they stood a quarter of a second ago."""

    def keep(self, watched: Iterable[str]) -> None:
        """Forget the contents that nobody watches."""
        kept = set(watched)
        self.totals = {content: totals for content, totals in self.totals.items() if content in kept}
        self._read = {content: read for content, read in self._read.items() if content in kept}

    async def read(self, contents: Iterable[str], standing: Standing, besides: Iterable[int] = ()) -> None:
        """Read the counts of contents; where Redis does not answer they stand as they stood.

        Open quarter hours are those that `standing` knows, and `besides`: some that may have opened since. Base, `upto`
        and open quarter hours are of one moment: archive moves counts from one to the other in one MULTI.
        """
        by_shard: dict[int, list[str]] = {}
        for content in contents:
            by_shard.setdefault(self._installation.shard_of(content), []).append(content)
        if not by_shard:
            return
        buckets = {shard: sorted({*standing.open_buckets(shard), *besides}) for shard in by_shard}
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                for shard, some in by_shard.items():
                    pipe.hmget(keys.base(shard), ["upto", *map(keys.base_field, some)])
                    for bucket in buckets[shard]:
                        pipe.hmget(keys.open_bucket(shard, bucket), some)
                replies: list[Any] = await pipe.execute()
        except (RedisError, OSError) as error:
            _log.warning("lifetimes_not_read", error=str(error))
            return
        left = iter(replies)
        for shard, some in by_shard.items():
            upto, *bases = next(left)
            rows = list(zip(*(next(left) for _ in buckets[shard]), strict=True)) or [()] * len(some)
            for content, base, opened in zip(some, bases, rows, strict=True):
                self._take(content, upto, base, dict(zip(buckets[shard], opened, strict=True)))

    def _take(
        self, content: str, upto: bytes | None, base: bytes | None, opened: dict[int, bytes | None]
    ) -> None:
        read = (upto, base, opened)
        if self._read.get(content) == read:
            return
        try:
            rows = {bucket: unpack_counts(row).measures for bucket, row in opened.items() if row is not None}
            counted = None if base is None else unpack_counts(base).measures
            self.totals[content] = content_totals(int(upto or 0), counted, rows)
            self._read[content] = read
        except UNREADABLE as error:
            _log.error("lifetime_unreadable", content=content, error=str(error))
