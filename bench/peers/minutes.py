"""The job as a tracker: the product's buckets, one minute long, and the different users of each content.

Plain columns in, plain rows out; no clock but that of the events.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
from xxhash import xxh3_64_intdigest

from streakline.counting import bucket_chunks
from streakline.counting.bucket import Bucket
from streakline.index import HashIndex
from streakline.kinds import KINDS
from streakline.measures import INDEX
from streakline.streams.records import COUNTED, NO_OFFSET, RECORD, TIMED, UNKNOWN_COMPLETION, Records
from streakline.times import MINUTE_MS

WAIT_MS: Final = 30_000
"""How long after its end a minute still takes events, by the newest event's time."""
_GOLD: Final = np.uint64(0x9E3779B97F4A7C15)

U64 = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]


class Play(msgspec.Struct, gc=False):
    """What the job needs of a line."""

    event_id: str
    trackId: str  # noqa: N815 - the wire's own spelling
    userId: str  # noqa: N815
    timestamp: int
    duration: int
    skipped: bool


_LINES: Final[msgspec.json.Decoder[Play]] = msgspec.json.Decoder(Play)


class Distinct:
    """How many different users each row of a bucket has. Memory: about 24 bytes a pair of row and user."""

    def __init__(self) -> None:
        self.pairs = HashIndex(1024)
        self.owners: npt.NDArray[np.uint32] = np.zeros(1024, np.uint32)
        """Row of each pair."""

    def add(self, rows: Ints, users: U64) -> None:
        """Add users (64-bit hashes) of rows."""
        held = self.pairs.size
        # Hashes of users are evenly spread, so two pairs are as unlikely to meet as two users.
        positions = self.pairs.find_or_insert(users ^ (rows.astype(np.uint64) * _GOLD))
        if self.pairs.room > len(self.owners):
            longer = np.zeros(self.pairs.room, np.uint32)
            longer[:held] = self.owners[:held]
            self.owners = longer
        self.owners[positions] = rows

    def counts(self, rows: int) -> Ints:
        """Return the number of different users of each of so many rows."""
        return np.bincount(self.owners[: self.pairs.size], minlength=rows)

    def freeze(self) -> list[bytes]:
        """Return the state as plain bytes."""
        return [self.pairs.keys.tobytes(), self.owners[: self.pairs.size].tobytes()]

    def thaw(self, state: list[bytes]) -> None:
        """Take over a state."""
        positions = self.pairs.insert(np.frombuffer(state[0], np.uint64))
        self.owners = np.zeros(self.pairs.room, np.uint32)
        self.owners[positions] = np.frombuffer(state[1], np.uint32)


class MinutesTracker:
    """Plays by track and minute; a minute is said once, when nothing of it is awaited any more."""

    def __init__(self) -> None:
        self.newest = 0
        """Greatest time of an event, in ms."""
        self.late = 0
        """Events of minutes that had been said already: they are left out."""
        self._buckets: dict[int, tuple[Bucket, Distinct]] = {}
        self._sizes = [0, 0, 0]
        """Of the indexes of the minute that was said last."""
        self._tracks = HashIndex(1024)
        self._names: list[str] = []

    def take(self, lines: bytes) -> list[str]:
        """Count whole lines; return the rows `track,minute,plays,ms,skips,users` of the minutes that are over."""
        plays = _LINES.decode_lines(lines)
        if not plays:
            return []
        events = self._records(plays)
        number = events["start"] // MINUTE_MS
        over = (self.newest - WAIT_MS) // MINUTE_MS
        for at in range(int(number.min()), int(number.max()) + 1):
            own = np.flatnonzero(number == at)
            if at < over:
                self.late += own.size
            elif own.size:
                self._add(at * MINUTE_MS, events.take(own))
        self.newest = max(self.newest, int(events["start"].max()))
        return self.rows(self.newest - WAIT_MS)

    def _add(self, minute: int, events: Records) -> None:
        held = self._buckets.get(minute)
        if held is None:
            held = self._buckets[minute] = Bucket(minute), Distinct()
            # A minute is like the one before: its indexes need not grow from nothing.
            for index, size in zip(_indexes(*held), self._sizes, strict=True):
                index.reserve(size)
        bucket, distinct = held
        bucket.add(events)
        distinct.add(bucket.contents.find(events["content64"].copy()), events["listener64"])

    def rows(self, until: int | None = None) -> list[str]:
        """Return the rows of the minutes that end by a time in ms, or of all, and forget those minutes."""
        ended = [minute for minute in sorted(self._buckets) if until is None or minute + MINUTE_MS <= until]
        return [row for minute in ended for row in self._rows(minute, *self._buckets.pop(minute))]

    def freeze(self) -> bytes:
        """Return the state as plain bytes."""
        buckets = {
            minute: (
                sizes := bucket_chunks.sizes(bucket),
                [
                    (*name, bucket_chunks.freeze_chunk(bucket, *name))
                    for name in bucket_chunks.chunk_names(sizes)
                ],
                distinct.freeze(),
            )
            for minute, (bucket, distinct) in self._buckets.items()
        }
        return msgspec.msgpack.encode(
            [self.newest, self.late, self._names, self._tracks.keys.tobytes(), buckets]
        )

    @staticmethod
    def thaw(state: bytes) -> MinutesTracker:
        """Return the tracker of a state."""
        tracker = MinutesTracker()
        tracker.newest, tracker.late, tracker._names, tracks, buckets = msgspec.msgpack.decode(state)
        tracker._tracks.insert(np.frombuffer(tracks, np.uint64))
        for minute, (sizes, chunks, distinct) in buckets.items():
            parts = {(part, number): data for part, number, data in chunks}
            held = tracker._buckets[minute] = bucket_chunks.thaw(minute, sizes, parts), Distinct()
            held[1].thaw(distinct)
        return tracker

    def _records(self, plays: list[Play]) -> Records:
        events = np.zeros(len(plays), RECORD)
        tracks = [play.trackId for play in plays]
        events["content64"] = contents = _hashes(tracks)
        events["listener64"] = _hashes([play.userId for play in plays])
        events["id64"] = _hashes([play.event_id for play in plays])
        events["start"] = events["at"] = [play.timestamp for play in plays]
        events["dur"] = [play.duration for play in plays]
        skipped = np.array([play.skipped for play in plays])
        events["flags"] = np.where(skipped, TIMED, TIMED | COUNTED)
        events["kind"] = KINDS["play"]
        events["completion"], events["off"] = UNKNOWN_COMPLETION, NO_OFFSET
        self._learn(contents, tracks)
        return events

    def _learn(self, contents: U64, tracks: list[str]) -> None:
        held = self._tracks.size
        positions = self._tracks.find_or_insert(contents)
        self._names += [""] * (self._tracks.size - held)
        for at in np.flatnonzero(positions >= held).tolist():
            self._names[positions[at]] = tracks[at]

    def _rows(self, minute: int, bucket: Bucket, distinct: Distinct) -> list[str]:
        self._sizes = [index.size for index in _indexes(bucket, distinct)]
        size = bucket.contents.size
        names = self._tracks.find(bucket.contents.keys).tolist()
        starts, plays, time_ms = (
            bucket.measures[:size, INDEX[measure]] for measure in ("starts", "plays", "time_ms")
        )
        columns = (starts, time_ms, starts - plays, distinct.counts(size))
        return [
            f"{self._names[name]},{minute},{number},{ms},{skips},{users}"
            for name, number, ms, skips, users in zip(names, *(c.tolist() for c in columns), strict=True)
        ]


def _indexes(bucket: Bucket, distinct: Distinct) -> list[HashIndex]:
    return [bucket.ids, bucket.contents, distinct.pairs]


def _hashes(texts: list[str]) -> U64:
    return np.fromiter(map(xxh3_64_intdigest, map(str.encode, texts)), np.uint64, len(texts))
