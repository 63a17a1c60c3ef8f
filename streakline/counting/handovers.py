"""Handovers: plays that grew, and are now another person's or another day's.

A play may begin as nobody's and go on as somebody's who signed in, or be told by its player in another zone. What kept
the play for a person's day has to take it back there, and keep it for the new one.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from streakline.counting.bucket_log import Ints, Log
from streakline.streams.persons import NO_DAY, NOBODY, U64, local_days, persons
from streakline.streams.records import BOT, COUNTED, FINISHED, NAMED, Records
from streakline.times import MINUTE_MS

HANDOVER: Final = np.dtype(
    [
        ("content64", "<u8"),
        ("start", "<i8"),  # when the play began, ms UTC
        ("was", "<u8"),  # the person it stood for, NOBODY if none is known
        ("was_day", "<i4"),  # that person's local day, NO_DAY if no zone came with it or it was nobody's
        ("person", "<u8"),  # the person it stands for now
        ("day", "<i4"),
        ("was_flags", "u1"),  # of the record that stood, and of that which stands: COUNTED, FINISHED
        ("flags", "u1"),
    ]
)
Handovers = npt.NDArray[np.void]
NONE: Final = np.empty(0, HANDOVER)
_NOBODY: Final = np.empty(0, np.uint64)


def handovers(events: Records, grown: Ints, before: Log, after: Log, start: int) -> Handovers:
    """Return, of plays that grew, those whose person or local day changed.

    `grown` are the places in `events` of the records that stand now, `before` and `after` the log entries of what stood
    and what stands, in the same order; `start` is that of their bucket in ms.
    """
    was, now = (persons(log["listener64"], log["flags"]) for log in (before, after))
    moved = np.flatnonzero((was != now) | ((now != NOBODY) & (before["off"] != after["off"])))
    if not moved.size:  # the rule
        return NONE
    was, now, before, after = was.take(moved), now.take(moved), before.take(moved), after.take(moved)
    # Zones are whole quarter hours: the minute of its start decides on the day of a play.
    began = start + after["minute"].astype(np.int64) * MINUTE_MS
    was_day = np.where(was == NOBODY, NO_DAY, local_days(began, before["off"]))
    day = np.where(now == NOBODY, NO_DAY, local_days(began, after["off"]))
    found = np.empty(moved.size, HANDOVER)
    events = events.take(grown.take(moved))
    found["content64"], found["start"] = events["content64"], events["start"]
    found["was"], found["was_day"], found["was_flags"] = was, was_day, before["flags"]
    found["person"], found["day"], found["flags"] = now, day, after["flags"]
    return found.compress((was != now) | (was_day != day))


def bereft(before: Log, after: Log) -> U64:
    """Return the persons whom plays that grew took something from.

    What was a counted or finished play of theirs is now somebody else's, of another zone, or neither.
    `before` and `after` are the log entries of what stood and what stands, in the same order.
    """
    gone = (before["flags"] & ~after["flags"] & np.uint8(COUNTED | FINISHED)) != 0
    gone |= (before["listener64"] != after["listener64"]) | (before["off"] != after["off"])
    gone |= ((before["flags"] ^ after["flags"]) & np.uint8(BOT | NAMED)) != 0
    some = np.flatnonzero(gone & ((before["flags"] & COUNTED) != 0))
    if not some.size:  # the rule
        return _NOBODY
    was = persons(before["listener64"].take(some), before["flags"].take(some))
    return np.unique(was[was != NOBODY])
