"""The log of a bucket: what each standing event counted, so that it can be taken back when its play grows."""

from __future__ import annotations

from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from streakline.streams.records import NO_OFFSET, RECORD, Records
from streakline.times import MINUTE_MS

LOG: Final = np.dtype(
    [
        ("dims", "<u2", (4,)),
        ("dur", "<u4"),
        ("row", "<u4"),
        ("completion", "<u2"),
        ("kind", "u1"),
        ("flags", "u1"),
        ("minute", "u1"),
        ("listener64", "<u8"),
        ("off", "<i2"),
    ]
)
"""What a standing event counted and for whom, so that it can be taken back: 31 bytes beside the 8 of its identity."""

LOG_1: Final = np.dtype([(name, LOG[name]) for name in (LOG.names or ())[:7]])
"""An entry of snapshot format 1: neither listener nor zone, 21 bytes."""

WIDE: Final = np.dtype({"names": ["dims"], "formats": ["<u8"], "offsets": [0], "itemsize": LOG.itemsize})
_WIDE_RECORD: Final = np.dtype(
    {"names": ["dims"], "formats": ["<u8"], "offsets": [24], "itemsize": RECORD.itemsize}
)
assert RECORD.fields is not None
assert RECORD.fields["dims"][1] == 24
"""The four codes of a log entry and of a record as one number."""
_RAW: Final = np.dtype((np.void, LOG.itemsize))

T = TypeVar("T", bound=np.generic)
Log = npt.NDArray[np.void]
Ints = npt.NDArray[np.int64]


def entries_of(events: Records, rows: Ints, start: int) -> Log:
    """Return the log entries of events of the bucket that begins at `start` ms; `rows` are those of their contents."""
    entries = np.empty(len(events), LOG)
    entries.view(WIDE)["dims"] = events.view(_WIDE_RECORD)["dims"]
    for name in ("dur", "completion", "kind", "flags", "listener64", "off"):
        entries[name] = events[name]
    entries["minute"] = (events["start"] - start) // MINUTE_MS
    entries["row"] = rows
    return entries


def firsts(positions: Ints, held: int) -> Ints:
    """Return the place of the first event of each position from `held` on, by position."""
    at = np.flatnonzero(positions >= held)[::-1]
    if not at.size:
        return at
    new = positions.take(at) - held
    firsts = np.empty(int(new.max()) + 1, np.int64)
    firsts[new] = at  # backwards: of several the last assignment, which is the first event, stands
    return firsts


def longest(events: Ints, identities: npt.NDArray[T], dur: npt.NDArray[np.uint32]) -> Ints:
    """Return one of the events an identity: the longest, of equals the first accepted."""
    ordered = np.sort(identities)
    if not (ordered[1:] == ordered[:-1]).any():  # the rule; the order of acceptance costs ten times as much
        return events
    order = np.lexsort((-dur.astype(np.int64), identities))  # stable: of equals the first accepted
    ordered = identities.take(order)
    first = np.ones(len(order), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return events.take(order[first])


def thawed(entries: bytes, number: int) -> Log:
    """Return the log entries of a chunk of so many, also of one that was frozen in format 1.

    Chunks that did not change since an older build stay as it wrote them: the size of an entry tells.
    """
    if len(entries) != number * LOG_1.itemsize:
        return np.frombuffer(entries, LOG)
    old = np.frombuffer(entries, LOG_1)
    log = np.zeros(number, LOG)
    for name in LOG_1.names or ():
        log[name] = old[name]
    log["off"] = NO_OFFSET
    return log


def raw(log: Log) -> Log:
    """Return log entries as bytes: numpy moves them whole, and not field by field."""
    return log.view(_RAW)
