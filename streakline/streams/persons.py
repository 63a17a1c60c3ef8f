"""Who is a person, and on which day of his own an event lies.

Only a `userId` names a person. The hash of a listener has no namespace: an `anonymousId` that equals somebody's
`userId` has the same one, and is nobody all the same.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from streakline.streams.records import BOT, NAMED, NO_OFFSET
from streakline.times import DAY_MS, QUARTER_MS

NOBODY: Final = 0
"""In place of a person: an event that names none, or a robot's."""
NO_DAY: Final = -(1 << 31)
"""In place of a day: the event came without a zone, so that the day is the person's own zone's."""

U64 = npt.NDArray[np.uint64]


def persons(listeners: U64, flags: npt.NDArray[np.uint8]) -> U64:
    """Return the person of each event by its listener and flags, `NOBODY` where there is none.

    What an older build stamped has no flag that names somebody: its listener is unknown, so it is nobody's.
    """
    return np.where((flags & (NAMED | BOT)) == NAMED, listeners, np.uint64(NOBODY))


def local_days(start: npt.NDArray[np.int64], offset: npt.NDArray[np.int16]) -> npt.NDArray[np.int64]:
    """Return the local day of each event, as a number since 1970-01-01, `NO_DAY` where no zone is known.

    `start` is the event's moment in ms UTC (of a play when it began), `offset` that of its zone in quarter hours.
    """
    days = (start + offset.astype(np.int64) * QUARTER_MS) // DAY_MS
    return np.where(offset == NO_OFFSET, NO_DAY, days)
