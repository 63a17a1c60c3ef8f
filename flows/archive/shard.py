"""Archive, one shard: raw rows in, provisional rows of open buckets, and the recount that has the last word.

Each step writes to ClickHouse first and then, in one MULTI, to Redis what follows from it; a crash between
the two repeats the step, which changes nothing. Positions are `enc` of entry ids, buckets their start in ms.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

import structlog

from flows.archive.codes import Codes
from flows.archive.control.entries import ControlEntries
from flows.archive.ledger import Ledger, Stored
from flows.archive.marks import Marks
from flows.archive.raw import RawRows
from flows.archive.recounts import Recounts
from flows.archive.rows import Dead, Entries, Part, dead_command, parts, provisional_columns
from flows.archive.store import Store
from flows.streams.connection import Command
from flows.streams.cursors import Returned
from streakline.lateness import newest_closed
from streakline.streams import keys, progress
from streakline.streams.dead_letters import control_entry, stream_entry
from streakline.times import (
    AHEAD_MS,
    DAY_MS,
    EARLIEST_MS,
    QUARTER_MS,
    SEQ_BITS,
    bucket_of,
    dec,
    enc,
    named_position,
)

log = structlog.get_logger()


class ShardArchive:
    """The history of one shard. One thread at a time calls `take_events`, `take_outbox` and `settle`."""

    def __init__(self, ledger: Ledger, store: Store, codes: Codes) -> None:
        """Prepare a shard; nothing is read or written before its first entry.

        Args:
            ledger: what Redis keeps of the shard.
            store: of the history.
            codes: of the dimensions' values.
        """
        self._ledger, self._store, self._codes, self._shard = ledger, store, codes, ledger.shard
        self._recounts: Recounts | None = None
        """None until the shard is opened."""
        self._server = b""
        """The redis-server that held what the recounts rest on."""
        self._raw = self._out = 0
        """Positions of the raw rows inserted, and of the outbox."""
        self._newest_written = 0
        """No provisional row that was written before this process began has a greater version."""
        self._rows = RawRows(self._shard, store)
        self._control = ControlEntries(ledger, store)
        self._provisional: dict[int, dict[bytes, bytes]] = {}
        """Of each open bucket the packed counts that were last written as provisional rows."""
        self.tally = dict.fromkeys(("events", "late", "dead", "marks"), 0)
        """Counters since the process began, and how many recounts are owed, for metrics."""

    @property
    def clock(self) -> int:
        """The stream time in ms up to which history is complete."""
        return min(self._raw, self._out) >> SEQ_BITS

    def _fields(self) -> dict[str, str]:
        """Return how far raw rows and outbox are: told together, since another owner of the shard tells its own."""
        return {
            field: dec(at)
            for field, at in ((progress.ARCHIVE.field, self._raw), (progress.ARCHIVE_COVERED, self._out))
            if at
        }

    # --- what comes in -------------------------------------------------------------------------------

    def take_events(self, entries: Entries) -> None:
        """Insert the raw rows of entries of the events stream; then write position, marks and dead letters."""
        recounts = self._opened()
        if recounts is None:
            return
        for part in self._store.one_by_one(self._opened_parts(entries)):
            if part.control is None and part.last != entries[-1][0]:
                continue
            inserted = self._rows.insert()
            dead = inserted.dead
            self.tally["events"] += inserted.events
            self.tally["late"] += len(inserted.marks)
            added = recounts.marks.add(inserted.marks)
            position = enc(part.last)
            if part.control is not None:
                try:
                    added |= self._control.apply(recounts, part.control, position)
                except ValueError as error:
                    dead.append(Dead(dec(position), str(error), control_entry(part.control)))
            # What was read before a crash is read again: its dead letters have been written.
            commands = [dead_command(letter) for letter in dead if enc(letter.entry) > self._raw]
            self.tally["dead"] += len(commands)
            commands += self._ledger.marked(added)
            self._raw = max(self._raw, position)
            fields = {**self._fields(), progress.ARCHIVE_OWED: recounts.owed(self._raw)}
            commands.append(self._ledger.changed(closed=inserted.facts or part.control is not None))
            commands.append(self._ledger.progress(fields, progress.ARCHIVE.two_ago, keys.events(self._shard)))
            self._ledger.write(commands)

    def _opened_parts(self, entries: Entries) -> Iterator[Part]:
        for part in parts(entries):
            self._rows.add(part)
            yield part

    def take_outbox(self, entries: Entries) -> None:
        """Write provisional rows of the open buckets that the content flow says have changed."""
        recounts = self._opened()
        if recounts is None:
            return
        closed = recounts.closed
        changed: set[int] = set()
        covered = 0
        commands: list[Command] = []
        for entry_id, fields in entries:
            try:
                buckets = {int(bucket) for bucket in fields[b"b"].split(b",") if bucket}
                covered = max(covered, named_position(fields[b"u"], entry_id, self._ledger.newest_ms))
            except (KeyError, ValueError) as error:
                reason = f"no message of the outbox: {error!r}"
                dead = Dead(entry_id.decode(), reason, stream_entry(fields))
                commands.append(dead_command(dead))
            else:
                changed |= buckets
        self._provide(sorted(bucket for bucket in changed if bucket > closed), covered)
        # A message for a closed bucket is a repeat: its hash has nothing more to say.
        gone = [keys.open_bucket(self._shard, bucket) for bucket in changed if bucket <= closed]
        if gone:
            commands.append(("DEL", *gone))
        self._out = max(self._out, covered)
        owed = {**self._fields(), progress.ARCHIVE_OWED: recounts.owed(self._raw)}
        reached = {progress.ARCHIVE_OUT.field: entries[-1][0].decode(), **owed}
        commands.append(self._ledger.changed(closed=False))
        commands.append(self._ledger.progress(reached, progress.ARCHIVE_OUT.two_ago, keys.out(self._shard)))
        self._ledger.write(commands)

    def settle(self, now: float) -> None:
        """Close what can be closed and recount what is marked, if it is time. `now` in seconds, monotonic."""
        recounts = self._opened()
        if recounts is not None:
            for bucket in recounts.settle(self.clock, self._raw, now, self._fields()):
                self._provisional.pop(bucket, None)
            owing = len(recounts.marks.keys) + len(recounts.marks.ranges)
            self.tally |= {**recounts.tally, "marks": owing}

    # --- opening -------------------------------------------------------------------------------------

    def _opened(self) -> Recounts | None:
        """Return the recounts of the shard, None before its first entry; first take up what Redis says."""
        server = self._ledger.server()
        if self._recounts is not None:
            if server != self._server:
                self._take_up(self._recounts)
                self._server = server
            return self._recounts
        stored = self._ledger.stored()
        upto = stored.upto
        if upto is None:
            if stored.first is None:
                return None
            closed = self._store.closed().get(self._shard)
            upto = newest_closed(stored.first >> SEQ_BITS) if closed is None else closed
        self._raw, self._out, self._newest_written = stored.raw, stored.out, stored.newest
        upto, returned = self._went_back(stored, upto)
        recounts = Recounts(
            self._ledger, self._store, self._codes, upto, Marks.of(stored.marks), stored.differences
        )
        if returned is not None or (stored.upto is not None and self._ledger.uncertain()):
            self._come_back(recounts, stored, returned)
        elif not stored.whole:
            recounts.rebuild()
        else:
            recounts.prove_base()
        self._ledger.certain()
        self._recounts, self._server = recounts, server
        return recounts

    def _take_up(self, recounts: Recounts) -> None:
        """Go on with another redis-server: it may lack a close or a recount, which no cursor tells of."""
        stored = self._ledger.stored()
        marks = Marks.of(stored.marks)
        recounts.take_up(recounts.closed if stored.upto is None else stored.upto, marks, stored.differences)
        if stored.whole:
            recounts.prove_base()
        else:
            recounts.rebuild()

    def _went_back(self, stored: Stored, upto: int) -> tuple[int, Returned | None]:
        """Return up to where the shard is closed and how far Redis went back, None if it did not.

        Where this process has no state to tell it by, history does: it holds provisional rows of positions that no
        message of the outbox has come to, or anything at all while Redis has not heard that the shard was opened.
        """
        returned, newest = self._ledger.went_back(), self._store.newest_provisional(self._shard, upto)
        forgotten = (
            stored.upto is None
            and self._store.next_bucket(self._shard, bucket_of(EARLIEST_MS), upto + DAY_MS) is not None
        )
        if returned is None and (forgotten or newest > stored.newest):
            # Redis was asked before history: another owner of the shard may have written between the two.
            now = self._ledger.stored()
            if (forgotten and now.upto is None) or newest > now.newest:
                log.error("redis_went_back", shard=self._shard, history=dec(newest), redis=dec(now.newest))
                returned = Returned(newest, stored.raw)
            else:
                log.warning(
                    "shard_has_another_owner", shard=self._shard, note="it wrote while this one started"
                )
        if returned is not None:
            upto = max(upto, self._store.closed().get(self._shard, upto))
        return upto, returned

    def _come_back(self, recounts: Recounts, stored: Stored, returned: Returned | None) -> None:
        """Bring Redis, which went back or may have, up to what history knows.

        What was inserted after the restored position may be marked nowhere: all its keys are, so that they are
        counted again when they are closed. The base is that of history, and so is how far it is closed.
        """
        first = bucket_of(EARLIEST_MS)
        fields: list[tuple[str, int]] = []
        if not stored.raw:  # redis knows nothing: all of history is counted again, by and by
            fields += recounts.marks.add_range(first, recounts.closed, 1).items()
            first = recounts.closed + QUARTER_MS
        fields += recounts.marks.add(self._store.keys_above(self._shard, stored.raw, first)).items()
        recounts.write(fields)
        newest = self._store.newest_provisional(self._shard, recounts.closed)
        self._newest_written = max(self._newest_written, newest)
        before = range(
            (stored.upto or recounts.closed) + QUARTER_MS, recounts.closed + QUARTER_MS, QUARTER_MS
        )
        commands: list[Command] = [("DEL", keys.open_bucket(self._shard, bucket)) for bucket in before]
        if returned is not None:
            off = bucket_of((max(returned.lost, newest) >> SEQ_BITS) + AHEAD_MS)
            commands.append(("HSET", keys.progress(self._shard), progress.ARCHIVE_OFF, off))
        if commands:
            self._ledger.write(commands)
        recounts.rebuild()
        if returned is not None:
            self._ledger.report(returned)
        # After any start of Redis it is looked for what nobody marked: most often there is nothing.
        level = logging.WARNING if fields or returned is not None else logging.INFO
        log.log(level, "history_marked_again", shard=self._shard, marks=len(fields), above=dec(stored.raw))

    # --- open buckets --------------------------------------------------------------------------------

    def _provide(self, buckets: Sequence[int], covered: int) -> None:
        """Write provisional rows of what changed in some buckets; the version is the position that the counts are of.

        That is the position of the outbox's newest message, not of the one that is dealt with: after a restart old
        messages come again, and another owner of the shard may have met this one with other counts. Rows of one
        version are equal, so it does not matter which of them was inserted last.
        """
        hashes, newest = self._ledger.open_hashes(buckets)
        changed: list[tuple[int, bytes, bytes]] = []
        for bucket, counts in zip(buckets, hashes, strict=True):
            written = self._provisional.setdefault(bucket, {})
            changed += [(bucket, c, packed) for c, packed in counts.items() if written.get(c) != packed]
        if not changed:
            return
        rows = [(bucket, content.decode(), packed) for bucket, content, packed in changed]
        columns = provisional_columns(
            rows, self._shard, max(covered, self._newest_written, newest), self._codes.name
        )
        for index, error in self._store.insert_provisional(columns).items():
            bucket, content, _ = rows[index]
            about = {"bucket": bucket, "content": content}
            log.warning("provisional_row_refused", shard=self._shard, error=error, **about)
        for bucket, name, packed in changed:
            self._provisional[bucket][name] = packed
