"""Kept answers of history: given again for some seconds, if nothing that they rest on has changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final, NamedTuple

from aiohttp import web
from redis.asyncio import Redis

from streakline.history.freshness import Shard, Stamp, stamp
from streakline.streams import keys, progress

SECONDS: Final = 5.0
"""For how long an answer for a fixed moment is given again."""
NOW_SECONDS: Final = 1.0
"""For how long one for now is: it says as of when it is."""
MOST_BYTES: Final = 16 * 1024 * 1024
"""Of all kept answers with their questions, a process."""
LONGEST: Final = 1024 * 1024
"""Bytes of an answer that is kept."""


class Question(NamedTuple):
    """What an answer is of.

    Attributes:
        key: what was asked; the same key has the same answer while nothing changes.
        end: the first ms after what is asked for.
        is_now: whether it is asked as of now.
        shards: that are asked; None for all.
    """

    key: bytes
    end: int
    is_now: bool
    shards: Collection[int] | None = None


class _Entry(NamedTuple):
    text: bytes
    question: Question
    stamp: Stamp
    until: float


class Kept:
    """The kept answers of one process, in the order in which they were made."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._entries: dict[bytes, _Entry] = {}
        self.size = 0
        """Bytes."""

    def find(self, key: bytes, shards: Sequence[Shard]) -> bytes | None:
        """Return the answer to a question if it still holds, None without one.

        Args:
            key: of the question.
            shards: as they are after the question came.
        """
        entry = self._entries.get(key)
        if entry is None:
            return None
        now_stamp = stamp(shards, entry.question.end, entry.question.shards)
        if entry.until > self._clock() and entry.stamp == now_stamp:
            return entry.text
        self._drop(key)
        return None

    def keep(self, question: Question, shards: Sequence[Shard], text: bytes) -> None:
        """Keep an answer, and let go of those that are over or for which there is no room.

        Args:
            question: that it answers.
            shards: as they were before its rows were read.
            text: the answer.
        """
        self._drop(question.key)
        size = len(question.key) + len(text)
        if size > LONGEST:
            return
        now = self._clock()
        while self._entries:
            oldest = next(iter(self._entries))
            if self._entries[oldest].until > now and self.size + size <= MOST_BYTES:
                break
            self._drop(oldest)
        until = now + (NOW_SECONDS if question.is_now else SECONDS)
        rests_on = stamp(shards, question.end, question.shards)
        self._entries[question.key] = _Entry(text, question, rests_on, until)
        self.size += size

    def _drop(self, key: bytes) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.size -= len(key) + len(entry.text)


async def read_shards(redis: Redis, number: int) -> list[Shard]:
    """Return what every shard of history is now.

    Raises:
        RedisError: if Redis does not answer.
    """
    # No MULTI: the shards may live on different nodes.
    async with redis.pipeline(transaction=False) as pipe:
        for shard in range(number):
            pipe.hmget(keys.history(shard), [keys.HISTORY_CLOSED, keys.HISTORY_OPEN])
            pipe.hmget(
                keys.progress(shard),
                [progress.ARCHIVE.field, progress.ARCHIVE_COVERED, progress.ARCHIVE_OWED],
            )
            pipe.hget(keys.base(shard), "upto")
        replies: Any = await pipe.execute()
    found = []
    for words, positions, upto in zip(replies[::3], replies[1::3], replies[2::3], strict=True):
        closed, open_, raw, provisional, owed = (text or b"" for text in (*words, *positions))
        found.append(Shard(closed, open_, raw, provisional, owed, None if upto is None else int(upto)))
    return found


def opened(shards: Sequence[Shard]) -> int:
    """Return the start in ms of the first quarter hour that may be open in any of some shards."""
    return min(shard.first_open for shard in shards)


KEPT: Final = web.AppKey("kept", Kept)
