"""Closing and recounts of one shard: history is counted again from the raw rows and has the last word.

A recount is SQL over named keys; then their days, then the base of their contents. Only after that, in one MULTI,
Redis learns of it: a crash on the way repeats it, which changes nothing. All of it is done again, too, where another
owner of the shard has changed the base meanwhile: what stands in the end was counted after everything
written before, and a close is never followed by an older one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

import structlog

from flows.archive.base import Base, base_commands
from flows.archive.codes import Codes
from flows.archive.ledger import HeldBase, Ledger
from flows.archive.marks import Key, Marks, mark_field, text_of
from flows.archive.moments import open_day
from flows.archive.store import Store
from flows.streams.connection import Command
from streakline.lateness import newest_closed
from streakline.measures import ZERO
from streakline.streams import keys, progress
from streakline.times import DAY_MS, QUARTER_MS, SEQ_BITS, bucket_of

log = structlog.get_logger()

RECOUNT_SECONDS: Final = 30.0
"""How seldom marks are recounted while nobody waits for it."""
WANTED_SECONDS: Final = 0.25
"""How seldom they are while somebody does."""
MANY_MARKS: Final = 100_000
"""So many marks are not kept waiting."""
KEYS_AT_ONCE: Final = 5_000
"""Keys of one recount."""


class _Counted(NamedTuple):
    """What a recount has done in history."""

    run: int | None
    """Of the recount, None if it had no keys."""
    done: list[Key]
    """Whose marks it clears."""
    commands: list[Command]
    """What else there is to write of it."""


class Recounts:
    """What is closed, what is marked, and the recounts of both. Positions are `enc`, buckets their start in ms."""

    def __init__(
        self, ledger: Ledger, store: Store, codes: Codes, upto: int, marks: Marks, differences: int = 0
    ) -> None:
        """Take up where the shard stood: closed up to `upto`, with marks left and `differences` reported."""
        self._differences = differences
        self._ledger, self._store, self._codes, self._shard = ledger, store, codes, ledger.shard
        self.closed = upto
        """The newest closed bucket."""
        self.marks = marks
        self._fields: Mapping[str, str] = {}
        self._recounted_at = float("-inf")
        self._span = DAY_MS
        """How much of a range is recounted at once, ms."""
        self.tally = dict.fromkeys(("recounted_keys", "closed_buckets", "differences"), 0)

    def take_up(self, upto: int, marks: Marks, differences: int) -> None:
        """Go on from what Redis holds, which may be less than this process wrote."""
        self.closed, self.marks, self._differences = upto, marks, differences

    def write(self, fields: Sequence[tuple[str, int]]) -> None:
        """Write fields of `marks` by themselves, however many there are."""
        for begin in range(0, len(fields), KEYS_AT_ONCE):
            self._ledger.write(self._ledger.marked(dict(fields[begin : begin + KEYS_AT_ONCE])))

    def owed(self, raw: int) -> str:
        """Return `archive:mark`: the least position that a closed bucket owes a recount for.

        Closed is also what another owner of the shard may have closed, as far as `raw` tells.
        """
        return text_of(self.marks.owed(max(self.closed, newest_closed(raw >> SEQ_BITS))))

    def rebuild(self) -> None:
        """Write the base from `rollup`: at first start, when Redis has lost it, or where it is no sum."""
        self._ledger.rebase(self._rebuilt)

    def _rebuilt(self, held: HeldBase) -> list[Command]:
        self.closed = max(self.closed, held.upto or self.closed)
        self._store.close(self._shard, self.closed)
        rows = self._store.lifetime(self._shard, self.closed)
        self._store.insert_plays(rows)
        log.info("base_rebuilt", shard=self._shard, upto=self.closed, contents=len(rows))
        fresh = base_commands(self._shard, self.closed, Base(ZERO, {}), rows, self._codes)
        return [("DEL", keys.base(self._shard)), *fresh]

    def prove_base(self) -> None:
        """See to it that the whole of the base is the sum of its contents."""
        if not self._ledger.base_is_sum():
            log.error("base_is_no_sum", shard=self._shard, what_now="it is written again from history")
            self.rebuild()

    def settle(self, clock: int, raw: int, now: float, fields: Mapping[str, str]) -> range:
        """Close what can be closed and recount what is marked, if it is time; return the buckets closed.

        Args:
            clock: the stream time in ms that raw rows and outbox have both passed.
            raw: position of the raw rows inserted.
            now: seconds, monotonic.
            fields: how far this owner is. It is written together with what the same owner owes, or a second one's
                position would stand beside marks that it knows nothing of.
        """
        self._fields = fields
        before, closable = self.closed, newest_closed(clock)
        while self.closed < closable:
            # By UTC days: a day's rows are counted as soon as its last quarter hour is.
            first = self.closed + QUARTER_MS
            self._close(first, min(closable, first - first % DAY_MS + DAY_MS - QUARTER_MS), raw)
        if self.marks.ranges:
            self._recount_of_range(raw)
        if self.marks.keys and self._due(now):
            self._recount_of_marks(raw)
            self._recounted_at = now
        return range(before + QUARTER_MS, self.closed + QUARTER_MS, QUARTER_MS)

    def _close(self, first: int, last: int, raw: int) -> None:
        """Recount every bucket from `first` to `last`, all of one UTC day, and close them."""
        day, day_was_open = first - first % DAY_MS, open_day(self.closed)
        buckets = range(first, last + QUARTER_MS, QUARTER_MS)
        hashes: Command = ("DEL", *(keys.open_bucket(self._shard, bucket) for bucket in buckets))
        differing: list[Key] = []

        def count(upto: int, closed: int) -> _Counted:
            differing.clear()
            if closed >= last:  # by another owner, who had the same rows
                return _Counted(None, [], [hashes])
            run, size = self._store.name_range(self._shard, first, last)
            if size:
                self._store.recount(run, self._shard, first, last, raw)
                differing.extend(self._differing(first, last))
                self._store.add_up(run, self._shard, first, last)
            if open_day(last) > first:
                days, size_of_day = self._store.name_range(self._shard, day, last, counted_before=True)
                if size_of_day:
                    self._store.recount_days(days, self._shard, day, last, open_day(last), raw)
                    self._store.add_up_days(days, self._shard, day, last, open_day(last))
            self._store.close(self._shard, upto)
            commands = [hashes]
            if differing:
                # Not HINCRBY: a MULTI whose answer was lost is sent again.
                differences = self._differences + len(differing)
                commands.append(
                    ("HSET", keys.progress(self._shard), progress.ARCHIVE_DIFFERENCES, differences)
                )
            return _Counted(run if size else None, self.marks.within(first, last), commands)

        self._commit(last, raw, count)
        if differing:
            log.error("recount_differs", shard=self._shard, keys=len(differing), first_keys=differing[:5])
        self._differences += len(differing)
        self.tally["closed_buckets"] += len(buckets)
        self.tally["differences"] += len(differing)
        if open_day(self.closed) > day_was_open:
            self.prove_base()

    def _differing(self, first: int, last: int) -> list[Key]:
        """Return the keys whose recount differs from what stood, without a reason."""
        differing = self._store.differing(self._shard, first, last)
        if not differing:
            return []
        marked = set(self.marks.within(first, last))
        floor, off = self._ledger.left_alone_before(), self._ledger.off_until()
        return [key for key in differing if key not in marked and key[0] >= floor and key[0] > off]

    def _due(self, now: float) -> bool:
        """Tell whether marks are to be recounted now."""
        waited = now - self._recounted_at
        if waited >= RECOUNT_SECONDS or len(self.marks.keys) >= MANY_MARKS:
            return True
        if waited < WANTED_SECONDS:
            return False
        return self._ledger.wanted()

    def _recount_of_marks(self, raw: int) -> None:
        """Recount the marked keys of closed buckets, in order of time, and their days."""
        marked = sorted(key for key in self.marks.keys if key[0] <= self.closed)
        for begin in range(0, len(marked), KEYS_AT_ONCE):
            some = marked[begin : begin + KEYS_AT_ONCE]
            self._commit(self.closed, raw, partial(self._recount_keys, some, raw))
            self.tally["recounted_keys"] += len(some)

    def _recount_keys(self, some: list[Key], raw: int, upto: int, _closed: int) -> _Counted:
        first, last = some[0][0], some[-1][0]
        run = self._store.name_keys(some)
        self._recount(run, first, last, raw, upto)
        return _Counted(run, some, [])

    def _recount(self, run: int, first: int, last: int, raw: int, upto: int) -> None:
        """Recount the quarter hours and the closed days of a run, and add both up for the whole site."""
        self._store.recount(run, self._shard, first, last, raw)
        self._store.add_up(run, self._shard, first, last)
        self._store.recount_days(run, self._shard, first, last, open_day(upto), raw)
        self._store.add_up_days(run, self._shard, first, last, open_day(upto))

    def _recount_of_range(self, raw: int) -> None:
        """Recount some thousand keys at the beginning of the first range that is marked."""
        (first, last), position = next(iter(self.marks.ranges.items()))
        at = self._store.next_bucket(self._shard, first, last)
        end, size = last, 0

        def count(upto: int, _closed: int) -> _Counted:
            nonlocal end, size
            run: int | None = None
            self.marks.drop_range(end + QUARTER_MS, last)  # of a count that came to nothing
            if at is not None:
                end, run, size = self._some_of_range(at, last)
                self._recount(run, at, end, raw, upto)
            commands: list[Command] = [("HDEL", keys.marks(self._shard), self.marks.drop_range(first, last))]
            if end < last:
                commands += self._ledger.marked(self.marks.add_range(end + QUARTER_MS, last, position))
            return _Counted(run, self.marks.within(first, end), commands)

        self._commit(self.closed, raw, count)
        # Old history is thin and young history is thick: the next step takes about as many keys.
        self._span = self._span * 2 if size < KEYS_AT_ONCE else max(QUARTER_MS, bucket_of(self._span // 2))
        self.tally["recounted_keys"] += size

    def _some_of_range(self, first: int, last: int) -> tuple[int, int, int]:
        """Name the keys from `first` to some bucket up to `last`; return that bucket, the run and its size."""
        while True:
            end = min(last, first + self._span - QUARTER_MS)
            run, size = self._store.name_range(self._shard, first, end)
            if size <= 2 * KEYS_AT_ONCE or end == first:
                return end, run, size
            # Here the history is so much thicker that ClickHouse might never be done in time.
            self._span = max(QUARTER_MS, bucket_of((end - first) // 2))

    def _commit(self, upto: int, raw: int, count: Callable[[int, int], _Counted]) -> None:
        """Count, then write the base of what was counted with `upto`, and clear its marks, in one MULTI.

        `count` is given up to where the shard is then closed, which is further where another owner of it closed
        more, and up to where it was.
        """
        dropped: dict[Key, int] = {}

        def commands_of(held: HeldBase) -> list[Command]:
            self.marks.add(dropped)  # by a count that came to nothing
            closed = self.closed if held.upto is None else held.upto
            newest = max(upto, closed)
            counted = count(newest, closed)
            commands = [*counted.commands, *self._base(held, newest, counted.run)]
            dropped.update(self.marks.drop(counted.done))
            if counted.done:
                commands.append(("HDEL", keys.marks(self._shard), *map(mark_field, counted.done)))
            self.closed = newest
            fields = {**self._fields, progress.ARCHIVE_OWED: self.owed(raw)}
            return [
                *commands,
                self._ledger.changed(closed=True),
                self._ledger.progress(fields, progress.ARCHIVE.two_ago, keys.events(self._shard)),
            ]

        self._ledger.rebase(commands_of)

    def _base(self, held: HeldBase, upto: int, run: int | None) -> list[Command]:
        if held.upto is None:  # somebody took it away
            return self._rebuilt(held)
        rows = [] if run is None else self._store.lifetime(self._shard, upto, run)
        self._store.insert_plays(rows)
        if not rows and upto == held.upto:
            return []
        return base_commands(self._shard, upto, held.of([row.content for row in rows]), rows, self._codes)
