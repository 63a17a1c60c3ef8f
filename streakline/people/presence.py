"""Presence: how many different persons were here, in a window that slides by the minute.

No sketch and no union: remember each person's last minute and keep one counter a minute. When a person shows
again, the counter of his last minute gives him to the new one. The sum over the last N counters is the exact
number of different persons in N minutes.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from streakline.hash_index import EMPTY, HashIndex
from streakline.live_windows import ACTIVE_MINUTES, WINDOW_MINUTES
from streakline.streams.candidates import Seen
from streakline.streams.states import Viewers
from streakline.times import MINUTE_MS, SEQ_BITS

FORMAT: Final = 1
CHUNK_BITS: Final = 13
_NEVER: Final = -1


class PresenceTracker:
    """The persons of one part and when each was last here.

    Memory: about 28 bytes a person of the last hour, twice that before a clearing.
    """

    def __init__(self, part: int) -> None:
        self.part = part
        self.minute = 0
        """The running minute (since the epoch), by the clock of the streams."""
        self.clocks: dict[int, int] = {}
        """Events shard -> position covered by what was taken."""
        self.since = 0
        """Windows are complete since this moment in ms; 0: always."""
        self.tally = {"candidates": 0, "broken": 0}
        """Counters since the process began, for metrics."""
        self._persons = HashIndex(1024)
        self._last: npt.NDArray[np.int32] = np.full(1024, _NEVER, np.int32)
        self._counters: dict[int, int] = {}
        self._ahead: dict[int, list[npt.NDArray[np.uint64]]] = {}
        self.dirty: set[int] = set()
        self.dropped: set[int] = set()
        """Numbers of the chunks that changed, and that are no more, for the keeper of snapshots."""

    def take(self, seen: Seen, shard: int, position: int) -> None:
        """Take candidates that cover an events shard up to a position, and move the clock there."""
        self.tally["candidates"] += len(seen)
        if position > self.clocks.get(shard, 0):
            self.clocks[shard] = position
        self._move((position >> SEQ_BITS) // MINUTE_MS)
        minutes = seen["minute"].astype(np.int64)
        for minute in np.unique(minutes[minutes >= self.minute - WINDOW_MINUTES]).tolist():
            persons = seen["listener64"][minutes == minute]
            if minute > self.minute:
                self._ahead.setdefault(minute, []).append(persons)
            else:
                self._show(np.unique(persons), minute)

    def live(self) -> Viewers:
        """Return the numbers of this part at its clock."""
        return Viewers(
            minute=self.minute * MINUTE_MS,
            active=self.distinct(ACTIVE_MINUTES),
            hour=self.distinct(WINDOW_MINUTES),
            since=self.since,
            minutes={at * MINUTE_MS: number for at, number in self._counters.items() if number},
        )

    def distinct(self, minutes: int) -> int:
        """Return the number of different persons in the running minute and so many whole minutes before it."""
        return sum(self._counters.get(self.minute - back, 0) for back in range(minutes + 1))

    @property
    def clock(self) -> int:
        """Return the stream time in ms: of the least covered of its sources."""
        return min(self.clocks.values(), default=0) >> SEQ_BITS

    @property
    def persons(self) -> int:
        """Return how many persons are held."""
        return self._persons.size

    def _move(self, minute: int) -> None:
        if minute <= self.minute:
            return
        self.minute = minute
        for ahead in sorted(at for at in self._ahead if at <= minute):
            persons = np.unique(np.concatenate(self._ahead.pop(ahead)))
            if ahead >= minute - WINDOW_MINUTES:
                self._show(persons, ahead)
        gone = [at for at in self._counters if at < minute - WINDOW_MINUTES]
        for at in gone:
            del self._counters[at]
        if gone and self._persons.size > 2 * (sum(self._counters.values()) + 4096):
            self._clear()

    def _show(self, persons: npt.NDArray[np.uint64], minute: int) -> None:
        positions = self._persons.find(persons)
        new = positions == EMPTY
        known = positions[~new]
        moved = known[self._last[known] < minute]
        left, numbers = np.unique(self._last[moved], return_counts=True)
        for at, number in zip(left.tolist(), numbers.tolist(), strict=True):
            if at in self._counters:
                self._counters[at] -= number
        if new.any():
            added = self._persons.insert(persons[new])
            if self._persons.room > len(self._last):
                longer = np.full(self._persons.room, _NEVER, np.int32)
                longer[: len(self._last)] = self._last
                self._last = longer
            moved = np.concatenate((moved, added))
        self._last[moved] = minute
        if moved.size:
            self._counters[minute] = self._counters.get(minute, 0) + len(moved)
            self.dirty.update(np.unique(moved >> CHUNK_BITS).tolist())

    def _clear(self) -> None:
        """Forget the persons whose last minute left the window."""
        here = self._last[: self._persons.size] >= self.minute - WINDOW_MINUTES
        before = _chunks(self._persons.size)
        keys, last = self._persons.keys[here].copy(), self._last[: self._persons.size][here].copy()
        self._persons = HashIndex(max(1024, len(keys)))
        self._persons.insert(keys)
        self._last = np.full(self._persons.room, _NEVER, np.int32)
        self._last[: len(last)] = last
        self.dirty = set(range(_chunks(len(keys))))
        self.dropped |= set(range(_chunks(len(keys)), before))

    # --- snapshots ----------------------------------------------------------------------------------------

    def freeze(self, **beside: Any) -> bytes:
        """Return the tracker's own part as plain data, with what else is to be kept."""
        ahead = [(at, np.concatenate(lists).tobytes()) for at, lists in self._ahead.items()]
        return msgspec.msgpack.encode(
            {
                "format": FORMAT,
                "part": self.part,
                "minute": self.minute,
                "clocks": self.clocks,
                "since": self.since,
                "size": self._persons.size,
                "ahead": ahead,
                **beside,
            }
        )

    def chunk(self, number: int) -> bytes:
        """Return one chunk of persons and their last minutes: an empty one if there are not so many (any more)."""
        at = slice(number << CHUNK_BITS, min((number + 1) << CHUNK_BITS, self._persons.size))
        return msgspec.msgpack.encode([self._persons.keys[at].tobytes(), self._last[at].tobytes()])

    @staticmethod
    def needed(own: bytes) -> set[str]:
        """Return the names of the chunks that a tracker's own part speaks of."""
        size = msgspec.msgpack.decode(own, strict=False)["size"]
        return {str(number) for number in range(_chunks(size))}

    @staticmethod
    def thaw(own: bytes, chunks: dict[str, bytes]) -> PresenceTracker:
        """Return the tracker of a snapshot; `chunks` holds at least what `needed` names."""
        facts: dict[str, Any] = msgspec.msgpack.decode(own, strict=False)
        if facts["format"] != FORMAT:
            msg = f"snapshot format {facts['format']!r} is not {FORMAT}; start without the recovery folder"
            raise ValueError(msg)
        tracker = PresenceTracker(facts["part"])
        tracker.minute, tracker.since, tracker.clocks = facts["minute"], facts["since"], facts["clocks"]
        for number in sorted(int(name) for name in PresenceTracker.needed(own)):
            keys, last = msgspec.msgpack.decode(chunks[str(number)], type=list[bytes])
            tracker._restore(np.frombuffer(keys, np.uint64), np.frombuffer(last, np.int32))
        for at, persons in facts["ahead"]:
            tracker._ahead[at] = [np.frombuffer(persons, np.uint64)]
        return tracker

    def _restore(self, keys: npt.NDArray[np.uint64], last: npt.NDArray[np.int32]) -> None:
        positions = self._persons.insert(keys)
        if self._persons.room > len(self._last):
            longer = np.full(self._persons.room, _NEVER, np.int32)
            longer[: len(self._last)] = self._last
            self._last = longer
        self._last[positions] = last
        for at, number in zip(*(c.tolist() for c in np.unique(last, return_counts=True)), strict=True):
            if at >= self.minute - WINDOW_MINUTES:
                self._counters[at] = self._counters.get(at, 0) + number


def _chunks(size: int) -> int:
    return (size + (1 << CHUNK_BITS) - 1) >> CHUNK_BITS
