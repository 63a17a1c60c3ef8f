"""The viewers flow: candidates in, presence and live rows of persons out. It knows only Redis."""

from __future__ import annotations

import itertools
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
from streakline.kinds import CONTENT_TYPES
from streakline.people.live.keeper import Keeper
from streakline.people.live.places import place_of
from streakline.people.presence import PresenceTracker
from streakline.streams import keys, progress
from streakline.streams.candidates import MARKED, PLAYED, SEEN, Marked, Played, Seen
from streakline.streams.dead_letters import dead_letter, stream_entry
from streakline.streams.records import CLOCK_SLACK_MS
from streakline.times import AHEAD_MS, EARLIEST_MS, HOUR_MS, MINUTE_MS, SEQ_BITS, dec, enc, named_position

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

    def __init__(self, client: redis.Redis, reader: StreamReader, parts: int, gauges: Gauges) -> None:
        self.client, self.reader, self.parts, self.gauges = client, reader, parts, gauges
        self._is_whole = True

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
        return ViewerShell(self, tracker, Keeper())

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
        beside = msgspec.msgpack.decode(own, strict=False).get("people", {})
        return ViewerShell(self, tracker, Keeper.thaw(beside))

    def rows(self, persons: list[int]) -> dict[int, bytes | None]:
        """Return the live rows of persons, None of who has none."""
        by_key: dict[str, list[tuple[int, bytes]]] = {}
        for person in persons:
            part, slot, field = place_of(person, self.parts)
            by_key.setdefault(keys.streaks(part, slot), []).append((person, field))
        if not by_key:
            return {}
        return dict(self.ask("rows of persons", lambda: self._rows(by_key)))

    def _rows(self, by_key: dict[str, list[tuple[int, bytes]]]) -> dict[int, bytes | None]:
        pipe = self.client.pipeline(transaction=False)
        for key, some in by_key.items():
            pipe.hmget(key, [field for _, field in some])
        persons = [person for some in by_key.values() for person, _ in some]
        return dict(zip(persons, itertools.chain.from_iterable(pipe.execute()), strict=True))

    def not_whole(self, part: int, why: str) -> None:
        """Let history answer for persons: their live rows miss something."""
        if self._is_whole and self.ask(
            "live rows are not whole", lambda: self.client.delete(keys.PEOPLE_WHOLE)
        ):
            log.warning("live_rows_not_whole", part=part, why=why)
        self._is_whole = False

    def newest_ms(self, shard: int) -> int:
        """Return the ms of the newest entry of a shard's events stream, 0 if it is empty."""
        return int(self.ask("newest entry", lambda: newest_ms(self.client, keys.events(shard))))

    def ask(self, what: str, question: Callable[[], Any]) -> Any:
        """Return an answer of Redis, however long it is away."""
        return retry(what, self.reader.stop, question)


class ViewerShell:
    """One part's tracker: reads candidates for it and words what it says for Redis."""

    def __init__(self, makers: ViewerShells, tracker: PresenceTracker, keeper: Keeper) -> None:
        self._makers, self._tracker, self._keeper = makers, tracker, keeper
        stream = keys.candidates(tracker.part)
        written = [progress.VIEWERS.field, progress.VIEWERS_PEOPLE]
        passed, people = makers.ask(
            "progress", lambda: makers.client.hmget(keys.progress(tracker.part), written)
        )
        if passed != people:
            makers.not_whole(tracker.part, "an older build has read candidates")
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
        known = self._makers.rows(self._keeper.unknown(clock >> SEQ_BITS))
        changes = self._keeper.changed(clock >> SEQ_BITS, known)
        commands: list[Command] = [
            *self._hashes(changes.rows),
            *_owed(part, changes.owed),
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
        return self._tracker.freeze(people=self._keeper.freeze())

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
            played, marked = _read_people(fields, position)
        except (KeyError, ValueError) as error:
            self._tracker.tally["broken"] += 1
            if self._position > self._silent_until:  # else it was written before a restart
                self._dead.append(
                    dead_letter("viewers", f"no candidates: {error!r}", entry_id, stream_entry(fields))
                )
            return
        if b"p" not in fields:
            self._makers.not_whole(self._tracker.part, f"candidates of shard {shard} came without plays")
        self._tracker.take(seen, shard, position)
        self._keeper.take(played, marked)

    def _hashes(self, rows: dict[int, bytes]) -> list[Command]:
        by_key: dict[str, list[bytes]] = {}
        for person, row in rows.items():
            part, slot, field = place_of(person, self._makers.parts)
            by_key.setdefault(keys.streaks(part, slot), []).extend((field, row))
        return [("HSET", key, *flat) for key, flat in by_key.items()]

    def _progress(self) -> Command:
        stream = keys.candidates(self._tracker.part)
        position = dec(self._position)
        fields = [progress.VIEWERS.field, position, progress.VIEWERS_PEOPLE, position]
        two_ago = self._makers.reader.two_ago(stream)
        if two_ago:
            fields += [progress.VIEWERS.two_ago, two_ago]
        for shard, covered in self._tracker.clocks.items():
            fields += [progress.viewers_covered(shard), dec(covered)]
        return ("HSET", keys.progress(self._tracker.part), *fields)


def _owed(part: int, persons: list[int]) -> list[Command]:
    packed = (person.to_bytes(8, "little") for person in persons)
    return [("SADD", keys.people(part), *packed)] if persons else []


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


def _read_people(fields: dict[bytes, bytes], position: int) -> tuple[Played, Marked]:
    """Return the plays and the marks of a message that covers the events up to a position.

    Raises:
        ValueError: if they cannot be read, or hold what no content flow writes.
    """
    played = np.frombuffer(fields.get(b"p", b""), PLAYED)
    marked = np.frombuffer(fields.get(b"m", b""), MARKED)
    if not played.size:
        return played, marked
    first, last = int(played["start"].min()), int(played["start"].max())
    latest = (position >> SEQ_BITS) + AHEAD_MS + CLOCK_SLACK_MS
    if first < EARLIEST_MS or last > latest:
        msg = f"p names plays from {first} to {last}; none is before {EARLIEST_MS} or after {latest}"
        raise ValueError(msg)
    if int(played["ctype"].max()) >= len(CONTENT_TYPES):
        msg = f"p names content type {int(played['ctype'].max())}; there are {len(CONTENT_TYPES)}"
        raise ValueError(msg)
    return played, marked
