"""The content flow: events in, live numbers, open buckets, outbox and candidates out. It knows only Redis."""

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
from flows.streams.cold import open_cold
from flows.streams.connection import Command
from flows.streams.cursors import lost_text
from flows.streams.live_updates import update
from flows.streams.reader import Item, StreamReader, first_entry
from flows.streams.sink import RedisWrites, Write, retry
from flows.streams.source import RedisStreams, key_of
from streakline.counting import snapshot as content_snapshot
from streakline.counting.live_view import live
from streakline.counting.tracker import ContentTracker, Written
from streakline.health.faults import STATE_TOO_OLD, WENT_BACK
from streakline.live.followed import U64, followed
from streakline.measures import summed, unpack_counts
from streakline.streams import keys, progress
from streakline.streams.entries import Entry, Poison, read_entry
from streakline.streams.hashing import hash64
from streakline.streams.partitions import Partitions
from streakline.times import (
    AHEAD_MS,
    QUARTER_MS,
    SEQ_BITS,
    bucket_of,
    dec,
    enc,
    iso,
    ms_of,
    ms_of_time,
    named_moment,
)

log = structlog.get_logger()

CANDIDATES_EVERY: Final = 0.1
LIVE_EVERY: Final = 0.25
WRITE_OUT_EVERY: Final = 1.0
"""Seconds between two writes of each kind; a wait for Redis' fsync is paid once for what gathered."""


def topology(reader: StreamReader, makers: ContentShells, sink: RedisWrites) -> Dataflow:
    """Return the content flow."""
    flow = Dataflow(progress.CONTENT.flow)
    replies = op.input("replies", flow, RedisStreams(reader))
    by_shard = op.key_on("by_shard", replies, key_of)
    writes = keep("counted", by_shard, makers)
    op.output("redis", writes, sink)
    return flow


class ContentShells:
    """Makes the shells of the shards of one process."""

    def __init__(
        self, client: redis.Redis, reader: StreamReader, partitions: Partitions, max_ids: int, gauges: Gauges
    ) -> None:
        self.client, self.reader, self.gauges = client, reader, gauges
        self.parts, self._max_ids = partitions.parts, max_ids // partitions.shards
        self._seed = int(self.ask("seed", lambda: client.get(keys.SEED)) or 0)
        self._watched: list[int] = []
        self.followed: dict[str, U64] = {}
        """Creator that somebody watches -> hashes of contents, as of the last `watched`."""
        self._watched_at = 0.0

    def fresh(self, shard: int) -> ContentShell:
        """Return a shell that counts from the first entry of the stream."""
        tracker = ContentTracker(shard, self._max_ids)
        tracker.names.seed = self._seed
        self.ask("trimmed", lambda: self._leave_alone(tracker))
        return ContentShell(self, tracker)

    def needed(self, own: bytes) -> set[str]:
        """Return the chunks that a snapshot speaks of."""
        return content_snapshot.needed(own)

    def thawed(self, shard: int, own: bytes, chunks: dict[str, bytes]) -> ContentShell:
        """Return the shell of a snapshot; of one that the stream cannot be read on from, a fresh one."""
        tracker = content_snapshot.thaw(own, chunks, self._max_ids)
        tracker.names.seed = self._seed
        returned = self.ask(
            "progress",
            lambda: self.reader.cursors.went_back(
                self.client, keys.events(shard), tracker.position, tracker.reported
            ),
        )
        if returned is not None:
            tracker.went_back(returned.restored)
            off = bucket_of((returned.lost >> SEQ_BITS) + AHEAD_MS)
            facts: list[str | int] = [progress.CONTENT_OFF, off, progress.CONTENT_FLOOR, tracker.floor]
            self.ask("off", lambda: self.client.hset(keys.progress(shard), items=facts))
            report(self.client, self.reader.stop, WENT_BACK, f"content {shard}", lost_text(returned))
        trimmed = self.ask("trimmed", lambda: self.client.get(keys.trimmed(shard)))
        if trimmed and enc(trimmed) > tracker.position:  # the folder is older than its successor's snapshots
            log.warning("state_too_old", shard=shard, at=dec(tracker.position), trimmed=trimmed.decode())
            text = f"its folder ends at {dec(tracker.position)}, the stream begins at {trimmed.decode()}; {AGAIN}"
            report(self.client, self.reader.stop, STATE_TOO_OLD, f"content {shard}", text)
            return self.fresh(shard)
        return ContentShell(self, tracker)

    def ask(self, what: str, question: Callable[[], Any]) -> Any:
        """Return an answer of Redis, however long it is away."""
        return retry(what, self.reader.stop, question)

    def watched(self, now: float) -> list[int]:
        """Return the hashes of the contents that somebody watches, asked for at most once a second."""
        if now >= self._watched_at + 1:
            self._watched_at = now
            limit, held, creators = self.ask("watched contents", self._subscribed)
            self._watched = [
                hash64(content.decode(errors="replace"), self._seed)
                for content, until in held.items()
                if named_moment(until) > limit
            ]
            self.followed = followed(creators, limit)
        return self._watched

    def _subscribed(self) -> tuple[int, dict[bytes, bytes], dict[bytes, bytes]]:
        """Return the time by Redis' clock, which servers name contents by, and what they named."""
        pipe = self.client.pipeline(transaction=False)
        pipe.time()
        pipe.hgetall(keys.SUBSCRIBED)
        pipe.hgetall(keys.FOLLOWED)
        redis_time, held, creators = pipe.execute()
        return ms_of_time(redis_time), held, creators

    def _leave_alone(self, tracker: ContentTracker) -> None:
        """Find out what the stream no longer holds: those buckets stand as they stood until their close."""
        # Until there are snapshots again, nothing may be trimmed on behalf of the lost ones.
        self.client.hdel(keys.progress(tracker.shard), progress.CONTENT.two_ago)
        trimmed = self.client.get(keys.trimmed(tracker.shard))
        first = first_entry(self.client, keys.events(tracker.shard))
        if not trimmed or first is None:
            return
        tracker.floor = bucket_of(ms_of(trimmed) + QUARTER_MS + QUARTER_MS - 1)
        tracker.began_late(first >> 22)
        self.client.hset(keys.progress(tracker.shard), progress.CONTENT_FLOOR, tracker.floor)
        prefix = keys.open_bucket(tracker.shard, 0)[:-1]
        for key in self.client.scan_iter(match=prefix.replace("[", "\\[") + "*", count=1000):
            bucket = int(key.decode()[len(prefix) :])
            if bucket < tracker.floor:
                rows: Any = self.client.hvals(key)
                tracker.leave_alone(bucket, list(summed(unpack_counts(row) for row in rows).measures))
        log.warning(
            "state_missing",
            shard=tracker.shard,
            counted_again_from=dec(first),
            left_alone_before=iso(tracker.floor),
        )


class ContentShell:
    """One shard's tracker: reads entries for it and words what it says for Redis."""

    def __init__(self, makers: ContentShells, tracker: ContentTracker) -> None:
        self._makers, self._tracker = makers, tracker
        field, key = progress.CONTENT.field, keys.progress(tracker.shard)
        passed = makers.ask("progress", lambda: makers.client.hget(key, field))
        self._silent_until = enc(passed) if passed else 0
        """What came up to here was written before a restart."""
        self._candidates_at = self._live_at = self._written_at = 0.0
        self._live_moved = self._moved = True

    # --- what the bridge asks -----------------------------------------------------------------------------

    def take(self, items: list[Item], now: float) -> list[Write]:
        """Count the entries of some replies."""
        entries: list[tuple[int, Entry]] = []
        for item in items:
            for entry_id, fields in item.entries:
                try:
                    entries.append((enc(entry_id), read_entry(fields)))
                except (
                    Poison
                ):  # archive reads the same entry and puts it to the dead letters, with the reason
                    self._tracker.tally["broken"] += 1
                    entries.append((enc(entry_id), Entry()))
        started = time.perf_counter()
        self._tracker.take(entries, open_cold, silent=bool(entries) and entries[-1][0] <= self._silent_until)
        self._live_moved = self._moved = True
        self._makers.gauges.took(self._tracker, time.perf_counter() - started)
        return self.wake(now)

    def wake(self, now: float) -> list[Write]:
        """Write what is due."""
        if self._tracker.position <= self._silent_until:
            return []
        commands: list[Command] = []
        if self._moved and now >= self._written_at + WRITE_OUT_EVERY:
            commands += self._written_out(now)
        elif self._tracker.has_candidates and now >= self._candidates_at + CANDIDATES_EVERY:
            commands += self._candidates(now, everybody=False)
        # `settled` hears of a position from archive, so the live numbers go out with the message to archive.
        if self._live_moved and (self._written_at == now or now >= self._live_at + LIVE_EVERY):
            if not commands:  # what is shown is progress: a restarted flow must not show anything older
                commands += self._candidates(now, everybody=False)
            commands += self._live(now)
        return [Write(commands)] if commands else []

    def due(self) -> float | None:
        """Return when something is to be written."""
        if self._tracker.position <= self._silent_until:
            return None
        dues = []
        if self._moved:
            dues.append(self._written_at + WRITE_OUT_EVERY)
        if self._live_moved:
            dues.append(self._live_at + LIVE_EVERY)
        if self._tracker.has_candidates:
            dues.append(self._candidates_at + CANDIDATES_EVERY)
        return min(dues, default=None)

    def freeze(self) -> bytes:
        """Return the tracker's own part."""
        return content_snapshot.freeze(self._tracker)

    def dirty(self) -> set[str]:
        """Return the chunks that changed."""
        return content_snapshot.dirty(self._tracker)

    def dropped(self) -> set[str]:
        """Return the chunks that are no more."""
        return content_snapshot.dropped(self._tracker)

    def clean(self) -> None:
        """Forget what changed."""
        content_snapshot.clean(self._tracker)

    def chunk(self, name: str) -> bytes | None:
        """Return a chunk."""
        return content_snapshot.chunk(self._tracker, name)

    # --- what is written ----------------------------------------------------------------------------------

    def _written_out(self, now: float) -> list[Command]:
        """Return the open buckets that changed, the message to archive, and everything that belongs to it."""
        shard, position = self._tracker.shard, dec(self._tracker.position)
        written = self._tracker.write_out()
        commands = [_hash(shard, bucket) for bucket in written]
        changed = ",".join(str(bucket.bucket) for bucket in written)
        commands.append(("XADD", keys.out(shard), "*", "s", shard, "u", position, "b", changed))
        commands += self._candidates(now, everybody=True)
        upto = self._makers.ask("upto", lambda: self._makers.client.hget(keys.base(shard), "upto"))
        if upto:
            self._tracker.closed(int(upto))
        self._moved, self._written_at = False, now
        return commands

    def _candidates(self, now: float, *, everybody: bool) -> list[Command]:
        """Return the candidates by part of the persons, and how far this shard has come."""
        shard, position = self._tracker.shard, dec(self._tracker.position)
        self._tracker.reported = self._tracker.position
        seen, (played, marked) = self._tracker.seen.taken(), self._tracker.plays.taken()
        parts = self._makers.parts
        of = [seen["listener64"] % parts, played["person"] % parts, marked["person"] % parts]
        commands: list[Command] = []
        for part in range(parts):
            own, plays, marks = seen[of[0] == part], played[of[1] == part], marked[of[2] == part]
            if own.size or plays.size or marks.size or everybody:
                # `p` is there even if it is empty: it tells that plays of persons are among the candidates.
                fields = ("s", shard, "u", position, "c", own.tobytes(), "p", plays.tobytes())
                more = ("m", marks.tobytes()) if marks.size else ()
                commands.append(("XADD", keys.candidates(part), "*", *fields, *more))
        self._candidates_at = now
        return [*commands, self._progress(position)]

    def _progress(self, position: str) -> Command:
        two_ago = self._makers.reader.two_ago(keys.events(self._tracker.shard))
        fields = (progress.CONTENT.two_ago, two_ago) if two_ago else ()
        return ("HSET", keys.progress(self._tracker.shard), progress.CONTENT.field, position, *fields)

    def _live(self, now: float) -> list[Command]:
        shard = self._tracker.shard
        payload = msgspec.msgpack.encode(
            live(self._tracker, self._makers.watched(now), self._makers.followed)
        )
        self._live_moved, self._live_at = False, now
        return update("content", shard, dec(self._tracker.position), payload)


def _hash(shard: int, written: Written) -> Command:
    flat: list[str | bytes] = []
    for content, counts in written.rows.items():
        flat += (content, counts)
    return ("HSET", keys.open_bucket(shard, written.bucket), *flat)
