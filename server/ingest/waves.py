"""Waves: what requests accepted goes to Redis together, one entry a shard.

While one wave is under way the next gathers, and leaves when the first is answered: Redis syncs its file before it
reads on, so what is sent meanwhile would wait there. With nothing under way a wave leaves at the end of the loop's
turn. Entries of several requests cost no time, and a fraction of the compressing and of everybody's work on entries.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import hiredis
import structlog
import zstandard

from server.resources.pipe import Command, Pipe, PipeFull, RedisAway
from streakline.ingest.stamping import Sheaves
from streakline.streams import keys
from streakline.streams.entries import VERSION, pack_cold
from streakline.streams.positions import Acknowledged
from streakline.streams.records import CLOCK_SLACK_MS
from streakline.times import iso, ms_of

FULL: Final = 1_000
"""Events and dead letters of a wave from which it leaves at once: the largest request at most doubles them."""
WAITING: Final = 5_000
"""Requests without an answer beyond which others are refused."""
_log = structlog.get_logger()

Ids = dict[int, str]
"""Shard -> id of its entry."""
Done = Callable[[str | RedisAway | PipeFull], None]
"""Called once, with the position that covers a wave and all before it, or with why nobody knows that it is written."""


class _Wave:
    """What leaves together."""

    def __init__(self, shards: int) -> None:
        self.sheaves = Sheaves(shards)
        self.size = 0
        self.letters: list[Command] = []
        self.done: list[Done] = []


class Waves:
    """Gathers requests and writes them.

    Attributes:
        acknowledged: how far all that was written has been acknowledged.
    """

    def __init__(self, pipe: Pipe, shards: int) -> None:
        self.acknowledged = Acknowledged(shards)
        self._pipe = pipe
        self._shards = shards
        self._wave: _Wave | None = None
        self._zstd = zstandard.ZstdCompressor(level=1)
        self._under_way: set[asyncio.Task[None]] = set()
        self._waiting = 0

    def full(self) -> bool:
        """Tell whether so many requests wait that another would be refused."""
        return self._waiting >= WAITING

    async def refusal(self) -> str | None:
        """Return what Redis has against writing, None if nothing.

        Raises:
            RedisAway, PipeFull: if it cannot be asked.
        """
        [reply] = await self._pipe.send([("PING",)])
        return f"redis refuses to write: {reply}" if isinstance(reply, hiredis.ReplyError) else None

    def join(self, sheaves: Sheaves, letters: list[Command], done: Done) -> None:
        """Write what a request accepted, and its dead letters, with the next wave; tell when it is there.

        Raises:
            PipeFull: if too many requests wait already; then nothing is written.
        """
        if self.full():
            msg = f"{self._waiting} requests wait for redis already"
            raise PipeFull(msg)
        wave = self._wave
        if wave is None:
            wave = self._wave = _Wave(self._shards)
            if not self._under_way:
                asyncio.get_running_loop().call_soon(self._leave, wave)
        gathered = wave.sheaves
        for shard, hot in enumerate(sheaves.hot):
            gathered.hot[shard] += hot
            gathered.cold[shard] += sheaves.cold[shard]
            wave.size += len(hot)
        wave.letters += letters
        wave.size += len(letters)
        wave.done.append(done)
        self._waiting += 1
        if wave.size >= FULL:
            self._leave(wave)

    async def control(self, fields: Mapping[str, bytes]) -> str:
        """Put a control entry into every stream; return the position that covers it and all before it.

        Raises:
            RedisAway, PipeFull: if nobody can say that all of them are written.
        """
        flat = [part for field in fields.items() for part in field]
        commands: list[Command] = [("XADD", keys.events(shard), "*", *flat) for shard in range(self._shards)]
        ids = _ids(list(range(self._shards)), await self._pipe.send(commands))
        _check_clock(ids)
        self.acknowledged.take(ids)
        return self.acknowledged.position

    def _leave(self, wave: _Wave) -> None:
        if wave is self._wave:
            self._wave = None
            task = asyncio.get_running_loop().create_task(self._write(wave))
            self._under_way.add(task)
            task.add_done_callback(self._arrived)

    def _arrived(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if self._wave is not None:
            self._leave(self._wave)

    async def _write(self, wave: _Wave) -> None:
        outcome = await self._outcome(wave)
        self._waiting -= len(wave.done)
        for done in wave.done:
            try:
                done(outcome)
            except Exception:  # noqa: BLE001 - one sender's trouble must not keep the others waiting for ever
                _log.exception("answer_failed")

    async def _outcome(self, wave: _Wave) -> str | RedisAway | PipeFull:
        shards = [shard for shard, hot in enumerate(wave.sheaves.hot) if hot]
        try:
            commands = [self._entry(shard, wave.sheaves) for shard in shards]
            ids = _ids(shards, await self._sent(wave, [*commands, *wave.letters]))
            _check_clock(ids)
        except (RedisAway, PipeFull) as error:
            return error
        except Exception:  # noqa: BLE001 - nobody else would tell those who wait
            _log.exception("wave_failed")
            return RedisAway("the server failed to write; its log says why")
        self.acknowledged.take(ids)
        return self.acknowledged.position

    async def _sent(self, wave: _Wave, commands: list[Command]) -> list[Any]:
        try:
            return await self._pipe.send(commands)
        except RedisAway:
            if self._wave is not None:
                # Who gathered behind it has waited as long, and would only wait as long again.
                wave.done += self._wave.done
                self._wave = None
            raise

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
