"""The viewers flow: candidates in, presence and live rows of persons out. It knows only Redis."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import bytewax.operators as op
import msgspec
import redis
import structlog
from bytewax.dataflow import Dataflow

from flows.bridge import keep
from flows.process.faults import AGAIN, report
from flows.process.gauges import Gauges
from flows.streams.candidates import Limits, Message, Waiting, read, thawed
from flows.streams.connection import Command
from flows.streams.cursors import lost_text
from flows.streams.live_updates import update
from flows.streams.person_rows import owed, rows_of, stored
from flows.streams.reader import Item, StreamReader, first_entry, newest_ms
from flows.streams.sink import RedisWrites, Write, retry
from flows.streams.source import RedisStreams, key_of
from streakline.health.faults import STATE_TOO_OLD, WENT_BACK
from streakline.people.live.keeper import Keeper
from streakline.people.presence import PresenceTracker
from streakline.streams import keys, progress
from streakline.streams.candidates import PLAYED
from streakline.streams.dead_letters import dead_letter, stream_entry
from streakline.times import HOUR_MS, MINUTE_MS, SEQ_BITS, dec, enc

log = structlog.get_logger()

LIVE_EVERY: Final = 0.25
SOON: Final = 0.0
"""A moment that has come."""


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

    def __init__(
        self,
        client: redis.Redis,
        reader: StreamReader,
        parts: int,
        gauges: Gauges,
        limits: Limits = Limits(),  # noqa: B008 - it never changes
    ) -> None:
        self.client, self.reader, self.parts, self.gauges = client, reader, parts, gauges
        self.limits = limits.shared_by(len(reader.streams))
        self._shells: list[ViewerShell] = []
        self._is_whole = True
        reader.is_full = lambda: sum(shell.waiting.size for shell in self._shells) >= limits.waiting

    def keeper(self, people: dict[str, bytes]) -> Keeper:
        """Return the keeper of a part, with what a snapshot had of it."""
        return Keeper.thaw(people, self.parts, self.limits.held, self.limits.page)

    def shell(self, tracker: PresenceTracker, keeper: Keeper, waiting: Waiting, at: int) -> ViewerShell:
        """Return the shell of a part."""
        shell = ViewerShell(self, tracker, keeper, waiting, at)
        self._shells.append(shell)
        return shell

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
        return self.shell(tracker, self.keeper({}), Waiting(), 0)

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
        people, messages, at = thawed(own)
        if returned is None and at is not None:
            return self.shell(tracker, self.keeper(people), Waiting(messages), at)
        shell = self.shell(tracker, self.keeper(people), Waiting(), 0)
        shell.absorb(messages)
        return shell

    def rows(self, persons: list[int]) -> dict[int, bytes | None]:
        """Return the live rows of persons, None of who has none."""
        return dict(self.ask("rows of persons", lambda: rows_of(self.client, persons, self.parts)))

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
    """One part's tracker: reads candidates for it and words what it says for Redis.

    Candidates are taken in steps, each of whole messages: presence, rows and progress move together. What a step
    changes goes out in one write or more, the last of which has the progress. The next one is made when the one
    before is in Redis, so that a row is never read while a newer one is on its way.
    """

    def __init__(
        self, makers: ViewerShells, tracker: PresenceTracker, keeper: Keeper, waiting: Waiting, at: int
    ) -> None:
        self.waiting = waiting
        self._makers, self._tracker, self._keeper = makers, tracker, keeper
        written = [progress.VIEWERS.field, progress.VIEWERS_PEOPLE]
        passed, people = makers.ask(
            "progress", lambda: makers.client.hmget(keys.progress(tracker.part), written)
        )
        if passed != people:
            makers.not_whole(tracker.part, "an older build has read candidates")
        self._silent_until = enc(passed) if passed else 0
        self._stored_until = enc(people) if people else 0
        """The rows that candidates up to here change are in Redis: progress goes out with the last of them."""
        self._position = at
        self._live_at = 0.0
        self._moved = True
        self._step_bytes = makers.limits.plays * PLAYED.itemsize
        self._is_under_way = False
        """Whether a write of this shell has not been executed."""
        self._dead: list[Command] = []

    def take(self, items: list[Item], now: float) -> list[Write]:
        """Take the candidates of some replies."""
        for item in items:
            self.waiting.add(item.entries)
        return self.wake(now)

    def absorb(self, messages: list[Message]) -> None:
        """Take messages that a stream which went back does not have any more."""
        for entry_id, fields in messages:
            self._take_entry(entry_id, fields)

    def wake(self, now: float) -> list[Write]:
        """Write what is due."""
        due = self.due()
        if self._is_under_way or due is None or now < due:
            return []
        started = time.perf_counter()
        if not self._keeper.waits:
            self._step()
        commands = self._rows()
        if not self._keeper.waits and not self._is_silent:
            commands += self._live(now)
        self._makers.gauges.took(self._tracker, time.perf_counter() - started)
        if not commands:
            return []
        self._is_under_way = True
        return [Write(commands, self._written)]

    def due(self) -> float | None:
        """Return when something is to be written."""
        if self._keeper.waits or self.waiting.persons >= self._step_bytes:
            return SOON
        if self._is_silent:
            return SOON if self.waiting or self._is_under_way else None
        return self._live_at + LIVE_EVERY if self._moved or self.waiting else None

    def freeze(self) -> bytes:
        """Return the tracker's own part."""
        return self._tracker.freeze(
            people=self._keeper.freeze(), waiting=self.waiting.freeze(), at=self._position
        )

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

    @property
    def _is_silent(self) -> bool:
        """Whether all that was taken had been written before a restart."""
        return self._position <= self._silent_until

    def _step(self) -> None:
        for entry_id, fields in self.waiting.taken(self._step_bytes):
            self._position = enc(entry_id)
            self._take_entry(entry_id, fields)
            self._moved = True
        self._keeper.gather(self._clock >> SEQ_BITS)

    def _take_entry(self, entry_id: bytes, fields: dict[bytes, bytes]) -> None:
        try:
            found = read(entry_id, fields, self._makers.newest_ms)
        except (KeyError, ValueError) as error:
            self._tracker.tally["broken"] += 1
            if not self._is_silent:  # else it was written before a restart
                self._dead.append(
                    dead_letter("viewers", f"no candidates: {error!r}", entry_id, stream_entry(fields))
                )
            return
        if b"p" not in fields:
            self._makers.not_whole(
                self._tracker.part, f"candidates of shard {found.shard} came without plays"
            )
        self._tracker.take(found.seen, found.shard, found.position)
        played, marked = found.played, found.marked
        if self._position <= self._stored_until:  # but for plays that had not begun
            played, marked = played[played["start"] > self._clock >> SEQ_BITS], marked[:0]
        self._keeper.take(played, marked)

    @property
    def _clock(self) -> int:
        return max(self._tracker.clocks.values(), default=0)

    def _rows(self) -> list[Command]:
        """Return the rows that change, page by page, until they are enough for a write."""
        rows, whom, size, touched = dict[int, bytes](), list[int](), 0, 0
        limits = self._makers.limits
        while self._keeper.waits and size < limits.written and touched < limits.plays:
            page = self._keeper.page()
            changes = self._keeper.changed(self._makers.rows(self._keeper.unknown()))
            rows |= changes.rows
            whom += changes.owed
            size += sum(map(len, changes.rows.values()))
            touched += len(page)
        return [*stored(rows, self._makers.parts), *owed(self._tracker.part, whom)]

    def _live(self, now: float) -> list[Command]:
        """Return what is shown, how far it goes, and what could not be read."""
        payload = msgspec.msgpack.encode(self._tracker.live())
        shown = update("viewers", self._tracker.part, dec(self._clock), payload)
        commands = [*shown, self._progress(), *self._dead]
        self._moved, self._live_at, self._dead = False, now, []
        return commands

    def _written(self) -> None:
        self._is_under_way = False

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
