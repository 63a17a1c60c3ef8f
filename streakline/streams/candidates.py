"""Candidates for presence: which listener was seen in which minute, each told once or a little more.

The memory of what was told is a direct-mapped table: it never misses a candidate and repeats a few, which viewers
do not mind. It is not part of a snapshot.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from streakline.live_windows import WINDOW_MINUTES
from streakline.streams.records import Records
from streakline.times import MINUTE_MS

SEEN: Final = np.dtype([("listener64", "<u8"), ("minute", "<u4")])
"""A candidate: a listener and a minute (since the epoch) in which something of his happened."""

Seen = npt.NDArray[np.void]

PLAYED: Final = np.dtype(
    [
        ("person", "<u8"),
        ("content64", "<u8"),
        ("parent64", "<u8"),  # of a finished episode its show, 0 where none is known
        ("start", "<i8"),  # when the play began, ms UTC
        ("off", "<i2"),  # zone offset in quarter hours, NO_OFFSET if none was given
        ("ctype", "u1"),
        ("flags", "u1"),  # of the record: COUNTED, FINISHED
    ]
)
"""A candidate: a counted play of a person, which may give a day or a finish that was not there before."""

MARKED: Final = np.dtype([("person", "<u8"), ("why", "u1")])
"""A candidate: a person of whom candidates of plays alone do not tell everything, and which of these is why."""
RULED, MOVED, ROBOT, ERASED = 1, 2, 4, 8
"""Freezes, pauses, repairs or settings are the person's own; a counted play was taken from the person; a play of the
person was a robot's, which may count one day; the person was erased."""

Played = npt.NDArray[np.void]
Marked = npt.NDArray[np.void]
_SLOT_BITS: Final = 18
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


class SeenMinutes:
    """Candidates that are not yet sent. Memory: 4 MB, and 12 bytes a candidate until it is taken."""

    def __init__(self) -> None:
        self._waiting: list[Seen] = []
        self._sent: npt.NDArray[np.uint64] = np.zeros(1 << _SLOT_BITS, np.uint64)
        self._by: npt.NDArray[np.int64] = np.zeros(1 << _SLOT_BITS, np.int64)

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, events: Records, accepted: npt.NDArray[np.int64]) -> None:
        """Add the listeners of events whose own time lies in the last hour before `accepted` (ms of each)."""
        minute = events["at"] // MINUTE_MS
        fresh = minute >= accepted // MINUTE_MS - WINDOW_MINUTES
        listener = events["listener64"]
        key = (listener ^ (minute.astype(np.uint64) << np.uint64(40))) * _MIX
        slot = (key >> np.uint64(64 - _SLOT_BITS)).astype(np.int64)
        fresh &= self._sent[slot] != key
        listener, minute, key, slot = listener[fresh], minute[fresh], key[fresh], slot[fresh]
        if not slot.size:
            return
        order = np.arange(len(slot))
        self._sent[slot], self._by[slot] = key, order
        # Of equals only the last is sent; what lost its slot to another is sent too.
        sent = (self._by[slot] == order) | (self._sent[slot] != key)
        seen = np.empty(int(np.count_nonzero(sent)), SEEN)
        seen["listener64"], seen["minute"] = listener[sent], minute[sent]
        self._waiting.append(seen)

    def waiting(self) -> Seen:
        """Return the candidates not yet sent, and keep them."""
        return np.concatenate(self._waiting) if self._waiting else np.empty(0, SEEN)

    def taken(self) -> Seen:
        """Return the candidates not yet sent, and forget them."""
        seen = self.waiting()
        self._waiting = []
        return seen

    def restore(self, seen: Seen) -> None:
        """Take over candidates that a snapshot held."""
        if seen.size:
            self._waiting.append(seen)
