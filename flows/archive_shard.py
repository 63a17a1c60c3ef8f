"""Archive, one shard: raw rows in, provisional rows of open buckets, and the recount that has the last word.

Each step writes to ClickHouse first and then, in one MULTI, to Redis what follows from it; a crash between
the two repeats the step, which changes nothing. Positions are `enc` of entry ids, buckets their start in ms.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import redis
import structlog

from flows.archive_codes import Codes
from flows.archive_facts import Facts
from flows.archive_notes import CONTENT, WHOLE, Base, Marks, base_commands, dead_command, text_of
from flows.archive_rows import (
    Batch,
    Dead,
    Entries,
    event_columns,
    folded,
    late_marks,
    parts,
    provisional_columns,
    sane,
)
from flows.archive_store import Store, open_day
from flows.reader import first_entry
from flows.sinks import Command, retry
from streakline import keys
from streakline.counts import ZERO, unpack_counts
from streakline.times import (
    DAY_MS,
    EARLIEST_MS,
    QUARTER_MS,
    SEQ_BITS,
    bucket_of,
    dec,
    enc,
    newest_closed,
)

log = structlog.get_logger()

T = TypeVar("T")

RECOUNT_SECONDS: Final = 30.0
"""How seldom marks are recounted while nobody waits for it."""
WANTED_SECONDS: Final = 0.25
"""How seldom they are while somebody does."""
MANY_MARKS: Final = 100_000
"""So many marks are not kept waiting."""
KEYS_AT_ONCE: Final = 5_000
"""Keys of one recount."""
ASKED_AT_ONCE: Final = 10_000
"""Contents of one question to Redis."""


class ShardArchive:
    """The history of one shard. One thread calls `take_events`, `take_outbox` and `settle` in turn."""

    def __init__(
        self,
        shard: int,
        client: redis.Redis,
        store: Store,
        codes: Codes,
        stop: threading.Event,
        two_ago: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        """Prepare a shard; nothing is read or written before its first entry.

        Args:
            shard: its number.
            client: of Redis.
            store: of the history.
            codes: of the dimensions' values.
            stop: set when the process shall end.
            two_ago: answers the id that a stream was at two snapshots ago.
        """
        self._shard, self._redis, self._store, self._codes, self._stop = shard, client, store, codes, stop
        self._two_ago = two_ago
        self._closed: int | None = None
        """The newest closed bucket; None until the shard is opened."""
        self._raw = self._out = 0
        """Positions of the raw rows inserted, and of the outbox."""
        self._marks = Marks()
        self._recounted_at = float("-inf")
        self._span = DAY_MS
        """How much of a range is recounted at once, ms."""
        self._facts = Facts()
        self._stood: dict[int, dict[bytes, bytes]] = {}
        """Of each open bucket the packed counts that were last written as provisional rows."""
        self.tally = dict.fromkeys(
            ("events", "late", "dead", "recounted_keys", "closed_buckets", "differences"), 0
        )

    @property
    def clock(self) -> int:
        """The stream time in ms up to which history is complete."""
        return min(self._raw, self._out) >> SEQ_BITS

    @property
    def owing(self) -> int:
        """How many recounts are owed."""
        return len(self._marks.keys) + len(self._marks.ranges)

    # --- what comes in -------------------------------------------------------------------------------

    def take_events(self, entries: Entries) -> None:
        """Insert the raw rows of entries of the events stream; then note position, marks and dead letters."""
        if self._opened() is None:
            return
        for part in parts(entries):
            dead = list(part.dead)
            marks = {} if part.batch is None else self._insert(part.batch, dead)
            added = self._marks.add(marks)
            position = enc(part.last)
            if part.control is not None:
                added |= self._controlled(part.control, position, dead)
            # What was read before a crash is read again: its dead letters have been written.
            commands = [dead_command(letter) for letter in dead if enc(letter.entry) > self._raw]
            self.tally["dead"] += len(commands)
            if added:
                commands.append(("HSET", keys.marks(self._shard), *_flat(added)))
            self._raw = max(self._raw, position)
            notes = {"archive": dec(self._raw), "archive:mark": self._owed()}
            self._write([*commands, self._progress(notes, "archive:two", keys.events(self._shard))])

    def take_outbox(self, entries: Entries) -> None:
        """Write provisional rows of the open buckets that the content flow says have changed."""
        closed = self._opened()
        if closed is None:
            return
        changed: set[int] = set()
        covered = 0
        commands: list[Command] = []
        for entry_id, fields in entries:
            try:
                buckets = {int(bucket) for bucket in fields[b"b"].split(b",") if bucket}
                covered = max(covered, enc(fields[b"u"]))
            except (KeyError, ValueError) as error:
                dead = Dead(entry_id.decode(), f"no message of the outbox: {error!r}", repr(fields).encode())
                commands.append(dead_command(dead))
            else:
                changed |= buckets
        self._provide(sorted(bucket for bucket in changed if bucket > closed), covered)
        # A message for a closed bucket is a repeat: its hash has nothing more to say.
        gone = [keys.open_bucket(self._shard, bucket) for bucket in changed if bucket <= closed]
        if gone:
            commands.append(("DEL", *gone))
        self._out = max(self._out, covered)
        notes = {"archive:out:id": entries[-1][0].decode(), "archive:out": dec(self._out)}
        self._write([*commands, self._progress(notes, "archive:out:two", keys.out(self._shard))])

    def settle(self, now: float) -> None:
        """Close what can be closed and recount what is marked, if it is time. `now` in seconds, monotonic."""
        closed = self._opened()
        if closed is None:
            return
        closable = newest_closed(self.clock)
        while closed < closable:
            # By UTC days: a day's rows are counted as soon as its last quarter hour is.
            first = closed + QUARTER_MS
            closed = self._close(first, min(closable, first - first % DAY_MS + DAY_MS - QUARTER_MS))
        if self._marks.ranges:
            self._recount_of_range(closed)
        if self._marks.keys and self._due(now):
            self._recount_of_marks(closed)
            self._recounted_at = now

    # --- opening -------------------------------------------------------------------------------------

    def _opened(self) -> int | None:
        """Return the newest closed bucket, None before the first entry; first take up what Redis says."""
        if self._closed is not None:
            return self._closed
        raw, out, upto, whole, marks, first = retry("progress", self._stop, self._stored)
        if upto is None and first is None:
            return None
        self._raw, self._out = raw, out
        self._marks = Marks.of(marks)
        if upto is None:
            upto = self._store.closed().get(self._shard)
        if upto is None:
            assert first is not None
            upto = newest_closed(first >> SEQ_BITS)
        if not whole:
            self._rebuild(upto)
        self._closed = upto
        return upto

    def _stored(self) -> tuple[int, int, int | None, bool, Mapping[bytes, bytes], int | None]:
        pipe = self._redis.pipeline(transaction=True)
        pipe.hmget(keys.progress(self._shard), ["archive", "archive:out"])
        pipe.hmget(keys.base(self._shard), ["upto", WHOLE])
        pipe.hgetall(keys.marks(self._shard))
        progress, (upto, whole), marks = pipe.execute()
        raw, out = (enc(entry_id) if entry_id else 0 for entry_id in progress)
        first = first_entry(self._redis, keys.events(self._shard))
        return raw, out, None if upto is None else int(upto), None not in (upto, whole), marks, first

    def _rebuild(self, upto: int) -> None:
        """Write the base from `rollup`: at first start, or when Redis has lost it."""
        self._store.close(self._shard, upto)
        rows = self._store.lifetime(self._shard, upto)
        log.info("base_rebuilt", shard=self._shard, upto=upto, contents=len(rows))
        fresh = base_commands(self._shard, upto, Base(ZERO, {}), rows, self._codes)
        self._write([("DEL", keys.base(self._shard)), *fresh])

    # --- raw rows ------------------------------------------------------------------------------------

    def _insert(self, batch: Batch, dead: list[Dead]) -> Mapping[tuple[int, str], int]:
        """Insert the events of a batch; add what cannot be kept to `dead`; return the marks of late ones."""
        batch, broken = sane(batch)
        dead += broken
        if not len(batch.records):
            return {}
        marks = late_marks(batch)
        standing = folded(batch)
        refused = self._store.insert_events(event_columns(standing, self._shard))
        for place, error in refused.items():
            entry, row = dec(int(standing.entry[place])), standing.rows[place]
            dead.append(Dead(entry, f"clickhouse refused event {row.id!r}: {error}", repr(row).encode()))
        columns, lines = self._facts.new(standing)
        for place, error in self._store.insert_facts(columns).items():
            about = {"id": columns[1][place], "fact": columns[2][place]}
            log.warning("fact_refused", shard=self._shard, error=error, **about)
        self._facts.remember(lines)
        self.tally["events"] += len(batch.records)
        self.tally["late"] += len(marks)
        return marks

    def _controlled(self, control: Mapping[str, Any], position: int, dead: list[Dead]) -> dict[str, int]:
        """Do what a control entry says; return the fields of `marks` that it changes."""
        first, last = control.get("from"), control.get("to")
        whole = isinstance(first, int | None) and isinstance(last, int | None)
        if control.get("kind") != "recount" or not whole:
            dead.append(
                Dead(dec(position), f"control entry {dict(control)!r} is none that archive knows", b"")
            )
            return {}
        begin = bucket_of(EARLIEST_MS if first is None else max(first, EARLIEST_MS))
        # What is not closed yet will be counted at its close.
        end = min(self._closed or 0, self._closed or 0 if last is None else bucket_of(last))
        log.info("recount_asked", shard=self._shard, first=begin, last=end)
        return self._marks.add_range(begin, end, position) if begin <= end else {}

    # --- open buckets --------------------------------------------------------------------------------

    def _provide(self, buckets: Sequence[int], covered: int) -> None:
        """Write provisional rows of what changed in some buckets, with the outbox's position as version."""
        hashes = retry("open buckets", self._stop, lambda: self._hashes(buckets))
        changed: list[tuple[int, bytes, bytes]] = []
        for bucket, counts in zip(buckets, hashes, strict=True):
            stood = self._stood.setdefault(bucket, {})
            changed += [(bucket, c, packed) for c, packed in counts.items() if stood.get(c) != packed]
        if not changed:
            return
        rows = [(bucket, content.decode(), packed) for bucket, content, packed in changed]
        columns = provisional_columns(rows, self._shard, covered, self._codes.name)
        for place, error in self._store.insert_provisional(columns).items():
            bucket, content, _ = rows[place]
            about = {"bucket": bucket, "content": content}
            log.warning("provisional_row_refused", shard=self._shard, error=error, **about)
        for bucket, name, packed in changed:
            self._stood[bucket][name] = packed

    def _hashes(self, buckets: Sequence[int]) -> list[dict[bytes, bytes]]:
        pipe = self._redis.pipeline(transaction=False)
        for bucket in buckets:
            pipe.hgetall(keys.open_bucket(self._shard, bucket))
        return pipe.execute() if buckets else []

    # --- closing and recounts ------------------------------------------------------------------------

    def _close(self, first: int, last: int) -> int:
        """Recount every bucket from `first` to `last`, all of one UTC day, and close them; return `last`."""
        run, size = self._store.name_range(self._shard, first, last)
        differing: list[tuple[int, str]] = []
        if size:
            self._store.recount(run, self._shard, first, last, self._raw)
            marked = set(self._marks.within(first, last))
            differing = [key for key in self._store.differing(self._shard, first, last) if key not in marked]
        if open_day(last) > first:
            day = first - first % DAY_MS
            days, size_of_day = self._store.name_range(self._shard, day, last, counted_before=True)
            if size_of_day:
                self._store.recount_days(days, self._shard, day, last, open_day(last), self._raw)
        self._store.close(self._shard, last)
        buckets = range(first, last + QUARTER_MS, QUARTER_MS)
        commands: list[Command] = [("DEL", *(keys.open_bucket(self._shard, bucket) for bucket in buckets))]
        if differing:
            log.error("recount_differs", shard=self._shard, keys=len(differing), first_keys=differing[:5])
            commands.append(("HINCRBY", keys.progress(self._shard), "archive:differences", len(differing)))
        self._have_recounted(
            run if size else None, last, self._marks.drop(self._marks.within(first, last)), commands
        )
        for bucket in buckets:
            self._stood.pop(bucket, None)
        self.tally["closed_buckets"] += len(buckets)
        self.tally["differences"] += len(differing)
        return last

    def _due(self, now: float) -> bool:
        """Tell whether marks are to be recounted now."""
        waited = now - self._recounted_at
        if waited >= RECOUNT_SECONDS or len(self._marks.keys) >= MANY_MARKS:
            return True
        if waited < WANTED_SECONDS:
            return False
        return bool(retry("wanted", self._stop, lambda: self._redis.exists(keys.wanted(self._shard))))

    def _recount_of_marks(self, closed: int) -> None:
        """Recount the marked keys of closed buckets, in order of time, and their days."""
        marked = sorted(key for key in self._marks.keys if key[0] <= closed)
        for begin in range(0, len(marked), KEYS_AT_ONCE):
            some = marked[begin : begin + KEYS_AT_ONCE]
            first, last = some[0][0], some[-1][0]
            run = self._store.name_keys(some)
            self._store.recount(run, self._shard, first, last, self._raw)
            self._store.recount_days(run, self._shard, first, last, open_day(closed), self._raw)
            self._have_recounted(run, closed, self._marks.drop(some), [])
            self.tally["recounted_keys"] += len(some)

    def _recount_of_range(self, closed: int) -> None:
        """Recount some thousand keys at the beginning of the first range that is marked."""
        (first, last), position = next(iter(self._marks.ranges.items()))
        at = self._store.next_bucket(self._shard, first, last)
        end = last if at is None else min(last, at + self._span - QUARTER_MS)
        run, size = (None, 0) if at is None else self._store.name_range(self._shard, at, end)
        if at is not None and run is not None:
            self._store.recount(run, self._shard, at, end, self._raw)
            self._store.recount_days(run, self._shard, at, end, open_day(closed), self._raw)
        # Old history is thin and young history is thick: the next step takes about as many keys.
        self._span = self._span * 2 if size < KEYS_AT_ONCE else max(QUARTER_MS, bucket_of(self._span // 2))
        commands: list[Command] = []
        if end < last:
            rest = self._marks.add_range(end + QUARTER_MS, last, position)
            commands.append(("HSET", keys.marks(self._shard), *_flat(rest)))
        done = [self._marks.drop_range(first, last), *self._marks.drop(self._marks.within(first, end))]
        self._have_recounted(run, closed, done, commands)
        self.tally["recounted_keys"] += size

    def _have_recounted(
        self, run: int | None, upto: int, done: Sequence[str], commands: list[Command]
    ) -> None:
        """Write the base of a run's contents with `upto`, and clear the marks recounted, in one MULTI."""
        rows = [] if run is None else self._store.lifetime(self._shard, upto, run)
        if rows or upto != self._closed:
            base = retry("base", self._stop, lambda: self._base_of([row.content for row in rows]))
            commands += base_commands(self._shard, upto, base, rows, self._codes)
        if done:
            commands.append(("HDEL", keys.marks(self._shard), *done))
        self._closed = upto
        notes = {"archive:mark": self._owed()}
        self._write([*commands, self._progress(notes, "archive:two", keys.events(self._shard))])

    def _base_of(self, contents: Sequence[str]) -> Base:
        whole: Any = self._redis.hget(keys.base(self._shard), WHOLE)
        held: list[Any] = []
        for begin in range(0, len(contents), ASKED_AT_ONCE):
            fields = [CONTENT + content for content in contents[begin : begin + ASKED_AT_ONCE]]
            held += self._redis.hmget(keys.base(self._shard), fields)
        known = {
            c: unpack_counts(packed) for c, packed in zip(contents, held, strict=True) if packed is not None
        }
        return Base(unpack_counts(whole) if whole else ZERO, known)

    # --- notes ---------------------------------------------------------------------------------------

    def _owed(self) -> str:
        return text_of(self._marks.owed(self._closed))

    def _progress(self, notes: Mapping[str, str], field: str, stream: str) -> Command:
        two_ago = self._two_ago(stream)
        both = dict(notes) if two_ago is None else {**notes, field: two_ago}
        return ("HSET", keys.progress(self._shard), *_flat(both))

    def _write(self, commands: Sequence[Command]) -> None:
        retry(f"shard {self._shard}", self._stop, lambda: self._execute(commands))

    def _execute(self, commands: Sequence[Command]) -> None:
        pipe = self._redis.pipeline(transaction=True)
        for command in commands:
            pipe.execute_command(*command)  # type: ignore[no-untyped-call]
        pipe.execute()


def _flat(fields: Mapping[str, Any]) -> list[Any]:
    return [text for item in fields.items() for text in item]
