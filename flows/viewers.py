"""The viewers flow: candidates in, presence out. It knows only Redis."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import bytewax.operators as op
import msgspec
import numpy as np
import redis
import structlog
from bytewax.dataflow import Dataflow

from flows.bridge import keep
from flows.process.faults import AGAIN, report
from flows.process.gauges import Gauges
from flows.streams.connection import Command
from flows.streams.cursors import lost_text
from flows.streams.live_updates import update
from flows.streams.reader import Item, StreamReader, first_entry, newest_ms
from flows.streams.sink import RedisWrites, Write, retry
from flows.streams.source import RedisStreams, key_of
from streakline.health.faults import STATE_TOO_OLD, WENT_BACK
from streakline.people.presence import PresenceTracker
from streakline.streams import keys, progress
from streakline.streams.candidates import SEEN, Seen
from streakline.streams.dead_letters import dead_letter, stream_entry
from streakline.streams.records import CLOCK_SLACK_MS
from streakline.times import AHEAD_MS, HOUR_MS, MINUTE_MS, SEQ_BITS, dec, enc, named_position

log = structlog.get_logger()

LIVE_EVERY: Final = 0.25
MAX_DIGITS: Final = 4
"""Digits of the greatest shard's number."""


def topology(reader: StreamReader, makers: ViewerShells, sink: RedisWrites) -> Dataflow:
    """Return the viewers flow."""
    flow = Dataflow("viewers")
    replies = op.input("replies", flow, RedisStreams(reader))
    by_part = op.key_on("by_part", replies, key_of)
    writes = keep("present", by_part, makers)
    op.output("redis", writes, sink)
    return flow


class ViewerShells:
    """Makes the shells of the parts of one process."""

    def __init__(self, client: redis.Redis, reader: StreamReader, gauges: Gauges) -> None:
        self.client, self.reader, self.gauges = client, reader, gauges

    def fresh(self, part: int) -> ViewerShell:
        """Return a shell that counts from the first candidate of the stream."""
        tracker = PresenceTracker(part)
        # Until there are snapshots again, nothing may be trimmed on behalf of the lost ones.
        self.ask(
            "trimming stands still", lambda: self.client.hdel(keys.progress(part), progress.VIEWERS.two_ago)
        )
        trimmed = self.ask("trimmed", lambda: self.client.get(keys.trimmed_candidates(part)))
        first = self.ask("first candidate", lambda: first_entry(self.client, keys.candidates(part)))
        if first is not None and trimmed:
            tracker.since = (first >> SEQ_BITS) + HOUR_MS
            log.warning("state_missing", part=part, counted_again_from=dec(first))
        return ViewerShell(self, tracker)

    def needed(self, own: bytes) -> set[str]:
        """Return the chunks that a snapshot speaks of."""
        return PresenceTracker.needed(own)

    def thawed(self, part: int, own: bytes, chunks: dict[str, bytes]) -> ViewerShell:
        """Return the shell of a snapshot; of one that the stream cannot be read on from, a fresh one."""
        tracker = PresenceTracker.thaw(own, chunks)
        stream, where = keys.candidates(part), f"viewers {part}"
        returned = self.reader.cursors.returned.get(stream)
        if returned is not None:
            tracker.since = max(tracker.since, tracker.minute * MINUTE_MS + HOUR_MS)
            report(self.client, self.reader.stop, WENT_BACK, where, lost_text(returned))
        if stream in self.reader.cursors.too_old:
            text = f"its folder ends before what the stream holds; {AGAIN}"
            log.warning("state_too_old", part=part)
            report(self.client, self.reader.stop, STATE_TOO_OLD, where, text)
            return self.fresh(part)
        return ViewerShell(self, tracker)

    def newest_ms(self, shard: int) -> int:
        """Return the ms of the newest entry of a shard's events stream, 0 if it is empty."""
        return int(self.ask("newest entry", lambda: newest_ms(self.client, keys.events(shard))))

    def ask(self, what: str, question: Callable[[], Any]) -> Any:
        """Return an answer of Redis, however long it is away."""
        return retry(what, self.reader.stop, question)


class ViewerShell:
    """One part's tracker: reads candidates for it and words what it says for Redis."""

    def __init__(self, makers: ViewerShells, tracker: PresenceTracker) -> None:
        self._makers, self._tracker = makers, tracker
        stream = keys.candidates(tracker.part)
        passed = makers.ask(
            "progress", lambda: makers.client.hget(keys.progress(tracker.part), progress.VIEWERS.field)
        )
        self._silent_until = enc(passed) if passed else 0
        self._position = enc(makers.reader.positions[stream])
        self._live_at = 0.0
        self._moved = True
        self._dead: list[Command] = []

    def take(self, items: list[Item], now: float) -> list[Write]:
        """Take the candidates of some replies."""
        started = time.perf_counter()
        for item in items:
            for entry_id, fields in item.entries:
                self._position = enc(entry_id)
                self._take_entry(entry_id, fields)
        self._moved = True
        self._makers.gauges.took(self._tracker, time.perf_counter() - started)
        return self.wake(now)

    def wake(self, now: float) -> list[Write]:
        """Write what is due."""
        if not self._moved or self._position <= self._silent_until or now < self._live_at + LIVE_EVERY:
            return []
        self._moved, self._live_at = False, now
        part = self._tracker.part
        payload = msgspec.msgpack.encode(self._tracker.live())
        clock = max(self._tracker.clocks.values(), default=0)
        commands: list[Command] = [
            *update("viewers", part, dec(clock), payload),
            self._progress(),
            *self._dead,
        ]
        self._dead = []
        return [Write(commands)]

    def due(self) -> float | None:
        """Return when something is to be written."""
        if not self._moved or self._position <= self._silent_until:
            return None
        return self._live_at + LIVE_EVERY

    def freeze(self) -> bytes:
        """Return the tracker's own part."""
        return self._tracker.freeze()

    def dirty(self) -> set[str]:
        """Return the chunks that changed."""
        return {str(number) for number in self._tracker.dirty}

    def dropped(self) -> set[str]:
        """Return, once, the chunks that are no more: persons were forgotten."""
        dropped, self._tracker.dropped = self._tracker.dropped - self._tracker.dirty, set()
        return {str(number) for number in dropped}

    def clean(self) -> None:
        """Forget what changed."""
        self._tracker.dirty.clear()

    def chunk(self, name: str) -> bytes | None:
        """Return a chunk."""
        return self._tracker.chunk(int(name))

    def _take_entry(self, entry_id: bytes, fields: dict[bytes, bytes]) -> None:
        try:
            shard, position, seen = _read(entry_id, fields, self._makers.newest_ms)
        except (KeyError, ValueError) as error:
            self._tracker.tally["broken"] += 1
            if self._position > self._silent_until:  # else it was written before a restart
                self._dead.append(
                    dead_letter("viewers", f"no candidates: {error!r}", entry_id, stream_entry(fields))
                )
            return
        self._tracker.take(seen, shard, position)

    def _progress(self) -> Command:
        stream = keys.candidates(self._tracker.part)
        fields: list[str] = [progress.VIEWERS.field, dec(self._position)]
        two_ago = self._makers.reader.two_ago(stream)
        if two_ago:
            fields += [progress.VIEWERS.two_ago, two_ago]
        for shard, position in self._tracker.clocks.items():
            fields += [progress.viewers_covered(shard), dec(position)]
        return ("HSET", keys.progress(self._tracker.part), *fields)


def _read(entry_id: bytes, fields: dict[bytes, bytes], newest: Callable[[int], int]) -> tuple[int, int, Seen]:
    """Return the shard, the position and the candidates of a message; `newest` answers a shard's newest ms.

    Raises:
        KeyError: if a field is missing.
        ValueError: if one cannot be read, or names a moment that nobody has come to.
    """
    shard = fields[b"s"]
    if not shard.isdigit() or len(shard) > MAX_DIGITS:
        msg = f"s {shard[:40]!r} is no shard"
        raise ValueError(msg)
    position = named_position(fields[b"u"], entry_id, lambda: newest(int(shard)))
    seen = np.frombuffer(fields.get(b"c", b""), SEEN)
    latest = ((position >> SEQ_BITS) + AHEAD_MS + CLOCK_SLACK_MS) // MINUTE_MS
    if seen.size and int(seen["minute"].max()) > latest:
        msg = f"c names minute {int(seen['minute'].max())}; none is later than {latest}"
        raise ValueError(msg)
    return int(shard), position, seen
