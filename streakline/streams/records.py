"""The hot record: what counting needs of an event, in 64 bytes.

Ingest stamps it once and nobody derives any of it again. The records of an entry are concatenated in the
field `h`; those of many entries concatenate too, so that decoding a whole read is one `np.frombuffer`.
"""

from __future__ import annotations

import struct
from typing import Final

import numpy as np
import numpy.typing as npt

from streakline.kinds import NAMES
from streakline.times import AHEAD_MS, EARLIEST_MS

RECORD: Final = np.dtype(
    [
        ("id64", "<u8"),
        ("content64", "<u8"),
        ("listener64", "<u8"),
        ("dims", "<u2", (4,)),  # codes of source, platform, country, device
        ("at", "<i8"),  # the event's own timestamp, ms UTC
        ("start", "<i8"),  # of a play: when it began; else `at`
        ("dur", "<u4"),  # ms listened so far
        ("length", "<u4"),  # ms the content lasts, 0 if unknown
        ("off", "<i2"),  # zone offset in quarter hours, NO_OFFSET if none was given
        ("kind", "u1"),
        ("flags", "u1"),
        ("profile", "u1"),
        ("ctype", "u1"),
        ("completion", "<u2"),  # per mille, UNKNOWN_COMPLETION if not known
    ]
)
PACK: Final = struct.Struct("<QQQ4HqqIIhBBBBH")
SIZE: Final = 64
assert RECORD.itemsize == PACK.size == SIZE

BOT, TIMED, COUNTED, FINISHED, REPLAYED, ENDED, NAMED, DEVICE = 1, 2, 4, 8, 16, 32, 64, 128
"""Flags: made by a robot; gives a duration; counts as a play; heard to the end; a replay; the play is over; the
listener is a `userId`; the listener is an `anonymousId`.

Records of builds before ADR 24 have neither of the last two: who listened is then unknown, as with a bare session.
"""

CLOCK_SLACK_MS: Final = 86_400_000
"""How far the clock of an ingest process may be ahead of Redis' before a record looks broken: ingest acknowledges
nothing beyond it."""
NO_OFFSET: Final = 32767
UNKNOWN_COMPLETION: Final = 65535
DIMENSIONS: Final = ("source", "platform", "country", "device")

Records = npt.NDArray[np.void]


def records_of(chunks: list[bytes]) -> Records:
    """Return the records of the fields `h` of many entries as one array."""
    return np.frombuffer(b"".join(chunks), RECORD)


def broken(records: Records, accepted: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Tell which records no ingest of ours can have written: unknown kind or a time out of bounds.

    `accepted` is the ms of acceptance of each. They come only from a foreign writer; nothing counts them.
    """
    kind = records["kind"]
    broken_kind = (kind < 1) | (kind > max(NAMES))
    at, start = records["at"], records["start"]
    latest = accepted + AHEAD_MS + CLOCK_SLACK_MS
    early = (at < EARLIEST_MS) | (start < EARLIEST_MS)
    result: npt.NDArray[np.bool_] = broken_kind | early | (at > latest) | (start > latest)
    return result
