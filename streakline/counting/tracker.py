"""The content tracker: one shard's events in, absolute counts and live numbers out.

It keeps the open quarter hours (`streakline.counting.bucket`), what plays now (`streakline.counting.playing`) and what
is not yet written. Its clock is the position of the last entry; lateness is a function of entry and event alone, so the
borders of batches decide nothing.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from streakline import kinds
from streakline.counting import bucket_chunks
from streakline.counting.bucket import Bucket
from streakline.counting.handovers import Handovers
from streakline.counting.names import Names, OpenCold, Taken
from streakline.counting.person_plays import PersonPlays, finished_episodes
from streakline.counting.playing import Playing
from streakline.hash_index import Positions
from streakline.lateness import closes_at, is_late, newest_closed
from streakline.streams.candidates import ERASED, MOVED, ROBOT, RULED, SeenMinutes
from streakline.streams.entries import ERASE
from streakline.streams.hashing import hash64
from streakline.streams.records import BOT, NAMED, Records, broken, records_of
from streakline.times import HOUR_MS, QUARTER_MS, SEQ_BITS

_COUNTABLE: Final = np.zeros(256, np.bool_)
_COUNTABLE[list(kinds.COUNTABLE)] = True
_PERSONAL: Final = np.zeros(256, np.bool_)
_PERSONAL[list(kinds.PERSONAL)] = True
_FACT: Final = kinds.KINDS["content"]


class Written(NamedTuple):
    """The rows of one bucket that changed: content -> packed counts."""

    bucket: int
    rows: dict[str, bytes]


class ContentTracker:
    """Counts of the open quarter hours of one shard. Memory: see `Bucket`; ids are bounded by `max_ids`."""

    def __init__(self, shard: int, max_ids: int) -> None:
        self.shard = shard
        self.max_ids = max_ids
        self.position = 0
        """The last entry taken."""
        self.reported = 0
        """Position last written to Redis as progress. Saved in snapshots."""
        self.floor = 0
        """Buckets that began before it are left alone: the stream no longer holds all of them."""
        self.since = 0
        """Live windows are complete since this moment in ms; 0: always."""
        self.buckets: dict[int, Bucket] = {}
        self.closing: dict[int, list[int]] = {}
        """Site measures of buckets that are over here, until archive has closed them."""
        self.playing = Playing()
        self.names = Names()
        self.handovers: list[Handovers] = []
        """The plays that the last `take` gave to another person or day; late ones are left to archive."""
        self.tally = dict.fromkeys(("events", "late", "bots", "broken", "repeats", "untold", "handovers"), 0)
        """Counters since the process began, for metrics."""
        self.dropped: set[str] = set()
        """Names of the chunks of buckets that are over, until a snapshot's keeper has taken note."""
        self.seen = SeenMinutes()  # candidates for presence that are not yet sent
        self.plays = PersonPlays()  # those for streaks and milestones

    # --- what happens -------------------------------------------------------------------------------------

    def take(
        self,
        entries: Taken,
        open_cold: OpenCold,
        *,
        silent: bool = False,
    ) -> None:
        """Count entries (position, entry), in the order of the stream.

        `open_cold` gives the cold rows of an entry; it is called for an entry that names an unknown content.
        While `silent`, no candidates are kept: they were sent before a restart.
        """
        self.handovers = []
        if not entries:
            return
        if not silent:
            self._erase(entries)
        full = [(position, entry) for position, entry in entries if entry.n]
        if full:
            self._take_events(full, open_cold, silent=silent)
        self.position = entries[-1][0]
        self.playing.expire(self.clock)
        self._release()

    @property
    def has_candidates(self) -> bool:
        """Tell whether candidates are not yet sent."""
        return bool(self.seen or self.plays)

    @property
    def clock(self) -> int:
        """Return the stream time in ms."""
        return self.position >> SEQ_BITS

    @property
    def ids(self) -> int:
        """Return how many identities are held."""
        return sum(bucket.ids.size for bucket in self.buckets.values())

    def _take_events(self, entries: Taken, open_cold: OpenCold, *, silent: bool) -> None:
        records = records_of([entry.hot for _, entry in entries])
        numbers = np.array([entry.n for _, entry in entries])
        accepted = np.repeat(np.array([position >> SEQ_BITS for position, _ in entries]), numbers)
        which = np.repeat(np.arange(len(entries)), numbers)
        kind, bots = records["kind"].copy(), (records["flags"] & BOT) != 0
        # Robots count nothing, but of all events of a play the longest stands, also where a robot sent it.
        bad, good = broken(records, accepted), _COUNTABLE.take(kind)
        self.tally["events"] += len(records)
        self.tally["bots"] += int(np.count_nonzero(bots))
        if bad.any():
            self.tally["broken"] += int(np.count_nonzero(bad))
            good &= ~bad
        facts = np.flatnonzero((kind == _FACT) & ~bad)
        for number in sorted(set(which.take(facts).tolist())):
            self.names.open(entries[number][1], open_cold)
        self._mark(records, _PERSONAL.take(kind) & ~bad, RULED, silent=silent)
        if not good.all():
            records, kind, accepted = records[good], kind[good], accepted[good]
            which, bots = which[good], bots[good]
        if not records.size:
            return
        bucket = records["start"] // QUARTER_MS
        late = is_late(accepted, bucket * QUARTER_MS)
        running = (kind == kinds.PLAY_START) | (kind == kinds.HEARTBEAT)
        named = np.flatnonzero((~late | running) & ~bots)
        lost = self.names.learn(records["content64"].take(named), which.take(named), entries, open_cold)
        if lost:  # nothing is counted of an entry that archive cannot read
            kept = ~np.isin(which, list(lost))
            self.tally["broken"] += int(np.count_nonzero(~kept))
            records, accepted, bucket = records[kept], accepted[kept], bucket[kept]
            late, bots, which = late[kept], bots[kept], which[kept]
        self._count(records, bucket, late, silent=silent)
        if bots.any():
            self._mark(records, bots & (records["kind"] <= kinds.HEARTBEAT), ROBOT, silent=silent)
            records, accepted, late, which = records[~bots], accepted[~bots], late[~bots], which[~bots]
        self.tally["late"] += int(np.count_nonzero(late))
        self.playing.add(records, accepted)
        if not silent:
            self.seen.add(records, accepted)
            chosen = self.plays.chosen(records, accepted, self.buckets, late)
            if chosen.size:
                self._played(records.take(chosen), which.take(chosen), entries, open_cold)

    def _played(self, records: Records, which: Positions, entries: Taken, open_cold: OpenCold) -> None:
        """Keep candidates until they are sent; of finished episodes with their shows."""
        contents = records["content64"]
        shows = {
            at: self.names.parent(int(contents[at]), entries[int(which[at])][1], open_cold)
            for at in finished_episodes(records).tolist()
        }
        self.plays.add(records, shows)

    def _erase(self, entries: Taken) -> None:
        for _, entry in entries:
            if entry.control is not None and entry.control.get("kind") == ERASE:
                person = hash64(str(entry.control.get("userId", "")), self.names.seed)
                self.plays.mark(np.array([person], np.uint64), ERASED)

    def _mark(self, records: Records, which: npt.NDArray[np.bool_], why: int, *, silent: bool) -> None:
        if not silent and which.any():
            self.plays.mark(records["listener64"][which & ((records["flags"] & NAMED) != 0)], why)

    def _count(
        self, records: Records, bucket: Positions, late: npt.NDArray[np.bool_], *, silent: bool
    ) -> None:
        bucket = np.where(late, -1, bucket)
        while (number := int(bucket.max(initial=-1))) >= 0:
            own = np.flatnonzero(bucket == number)
            bucket[own] = -1
            start = number * QUARTER_MS
            held = self.buckets.get(start)
            if held is None:
                like = max(self.buckets.values(), key=lambda bucket: bucket.ids.size, default=None)
                held = self.buckets[start] = Bucket(start, like)
            before = held.repeats
            remember = self.ids < self.max_ids
            moved = held.add(records if own.size == len(records) else records.take(own), remember=remember)
            self.handovers += [moved] if moved.size else []
            self.tally["handovers"] += len(moved)
            if held.bereft.size and not silent:
                self.plays.mark(held.bereft, MOVED)
            self.tally["repeats"] += held.repeats - before
            self.tally["untold"] += 0 if remember else own.size

    # --- what is written ----------------------------------------------------------------------------------

    def write_out(self) -> list[Written]:
        """Return the rows that changed since the last call, and let go of buckets that are over."""
        written = []
        for start, bucket in sorted(self.buckets.items()):
            changed = np.flatnonzero(bucket.unwritten[: bucket.contents.size])
            if changed.size and start >= self.floor:
                written.append(Written(start, self._packed(bucket, changed)))
            bucket.unwritten[:] = False
            if self.clock >= closes_at(start):
                self._drop(bucket)
        if len(self.names.held) > 4 * (sum(b.contents.size for b in self.buckets.values()) + 1024):
            self._forget_names()
        return written

    def _release(self) -> None:
        """Forget the identities of buckets that are over: nothing is counted there again.

        Their counts stay until they are written, which may be long after: a flow that counts again is silent.
        """
        for start, bucket in self.buckets.items():
            if bucket.ids.size and self.clock >= closes_at(start):
                self.dropped.update(f"{start}:log:{number}" for number in bucket.forget_ids())

    def _drop(self, bucket: Bucket) -> None:
        if bucket.start >= self.floor:
            self.closing[bucket.start] = bucket.site.tolist()
        names = bucket_chunks.chunk_names(bucket_chunks.sizes(bucket))
        self.dropped.update(f"{bucket.start}:{part}:{number}" for part, number in names)
        del self.buckets[bucket.start]

    def went_back(self, position: int) -> None:
        """Go on from an earlier position: Redis lost what came after it, and what was written since.

        What was counted stays counted, and is written again. A bucket that is over is left alone: its identities
        are forgotten, and what is read again would count twice.
        """
        lost = self.clock
        over = [bucket for start, bucket in self.buckets.items() if start <= newest_closed(lost)]
        for bucket in over:
            self._drop(bucket)
        self.floor = max(self.floor, newest_closed(lost) + QUARTER_MS)
        self.since = max(self.since, lost + HOUR_MS)
        self.position = self.reported = position
        for bucket in self.buckets.values():
            # A content that only robots touched counts nothing, and nobody learnt its name.
            named = [content in self.names.held for content in bucket.contents.keys.tolist()]
            bucket.write_again(np.flatnonzero(named))

    def closed(self, upto: int) -> None:
        """Take over how far archive has closed: those buckets are part of the base from now on."""
        self.closing = {start: site for start, site in self.closing.items() if start > upto}

    def leave_alone(self, bucket: int, site: list[int]) -> None:
        """Leave a bucket alone that the stream no longer holds whole: its sums stand as they stood."""
        self.closing[bucket] = site

    def _packed(self, bucket: Bucket, rows: Positions) -> dict[str, bytes]:
        contents = bucket.contents.keys[rows].tolist()
        return {self.names.held[c].content: row for c, row in zip(contents, bucket.packed(rows), strict=True)}

    def _forget_names(self) -> None:
        held: set[int] = set(self.playing.by_content())
        for bucket in self.buckets.values():
            held.update(bucket.contents.keys.tolist())
        self.names.forget_all_but(held)

    # --- what is shown ------------------------------------------------------------------------------------

    def open(self) -> dict[int, list[int]]:
        """Return start of bucket -> site measures, of every bucket that archive has not closed."""
        counted = {s: b.site.tolist() for s, b in self.buckets.items() if s >= self.floor and b.site.any()}
        return {**counted, **self.closing}

    def began_late(self, first_ms: int) -> None:
        """Say that counting began at a stream time because older entries are gone."""
        self.since = first_ms + HOUR_MS
