"""Waves: what the requests of one turn of the event loop accepted goes to Redis together, one entry a shard.

Redis syncs its file once a turn of its own loop, so that all requests that wait for it are answered together and
come back together: entries of several requests cost no time, and a fraction of the compressing and of Redis' work.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

import hiredis
import zstandard

from server.pipe import Command, Pipe, PipeFull, RedisAway
from streakline import keys
from streakline.entries import VERSION, pack_cold
from streakline.records import CLOCK_SLACK_MS
from streakline.stamping import Sheaves
from streakline.times import iso, ms_of

FULL: Final = 1_000
"""Events of a wave from which it leaves at once: with the largest request an entry has twice as many at most."""
WAITING: Final = 5_000
"""Requests without an answer beyond which others are refused."""

Ids = dict[int, str]
"""Shard -> id of its entry."""
Told = Callable[[Ids | RedisAway | PipeFull], None]
"""Called once, with the ids of the entries of a wave or with why nobody knows that they are written."""


class _Wave:
    """What leaves together."""

    def __init__(self, shards: int) -> None:
        self.sheaves = Sheaves(shards)
        self.events = 0
        self.letters: list[Command] = []
        self.told: list[Told] = []


class Waves:
    """Gathers requests and writes them."""

    def __init__(self, pipe: Pipe, shards: int) -> None:
        self._pipe = pipe
        self._shards = shards
        self._wave: _Wave | None = None
        self._zstd = zstandard.ZstdCompressor(level=1)
        self._under_way: set[asyncio.Task[None]] = set()
        self._waiting = 0

    def full(self) -> bool:
        """Tell whether so many requests wait that another would be refused."""
        return self._waiting >= WAITING

    def join(self, sheaves: Sheaves, letters: list[Command], told: Told) -> None:
        """Write what a request accepted, and its dead letters, with the wave of this turn; tell when it is there.

        Raises:
            PipeFull: if too many requests wait already; then nothing is written.
        """
        if self.full():
            msg = f"{self._waiting} requests wait for redis already"
            raise PipeFull(msg)
        wave = self._wave
        if wave is None:
            wave = self._wave = _Wave(self._shards)
            asyncio.get_running_loop().call_soon(self._leave, wave)
        gathered = wave.sheaves
        for shard, hot in enumerate(sheaves.hot):
            gathered.hot[shard] += hot
            gathered.cold[shard] += sheaves.cold[shard]
            wave.events += len(hot)
        wave.letters += letters
        wave.told.append(told)
        self._waiting += 1
        if wave.events >= FULL:
            self._leave(wave)

    def _leave(self, wave: _Wave) -> None:
        if wave is self._wave:
            self._wave = None
            task = asyncio.get_running_loop().create_task(self._write(wave))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _write(self, wave: _Wave) -> None:
        shards = [shard for shard, hot in enumerate(wave.sheaves.hot) if hot]
        commands = [self._entry(shard, wave.sheaves) for shard in shards]
        outcome: Ids | RedisAway | PipeFull
        try:
            replies = await self._pipe.send([*commands, *wave.letters])
            outcome = _ids(shards, replies)
            _check_clock(outcome)
        except (RedisAway, PipeFull) as error:
            outcome = error
        self._waiting -= len(wave.told)
        for told in wave.told:
            told(outcome)

    def _entry(self, shard: int, sheaves: Sheaves) -> Command:
        hot = sheaves.hot[shard]
        cold = self._zstd.compress(pack_cold(sheaves.cold[shard]))
        return ("XADD", keys.events(shard), "*", "v", VERSION, "n", len(hot), "h", b"".join(hot), "d", cold)


def _ids(shards: list[int], replies: list[Any]) -> Ids:
    for reply in replies:
        if isinstance(reply, hiredis.ReplyError):
            msg = f"redis refused to write: {reply}"
            raise RedisAway(msg)
    return {shard: reply.decode() for shard, reply in zip(shards, replies, strict=False)}


def _check_clock(ids: Ids) -> None:
    """Acknowledge nothing whose entry lies so far behind that readers take its events for broken.

    Raises:
        RedisAway: naming both clocks; sent again when they are right, the events count once.
    """
    now = time.time_ns() // 1_000_000
    for entry_id in ids.values():
        if now - ms_of(entry_id) > CLOCK_SLACK_MS:
            msg = (
                f"redis accepted the events at {iso(ms_of(entry_id))}, but it is {iso(now)}: a clock is wrong"
            )
            raise RedisAway(msg)
