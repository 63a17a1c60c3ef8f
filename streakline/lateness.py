"""Lateness: when a quarter hour is over, and which entries come too late for it. The one definition of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from streakline.times import HOUR_MS, QUARTER_MS, bucket_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Moments = npt.NDArray[np.int64]

LATENESS_MS = HOUR_MS
"""How long after its end a bucket still takes events from the content flow."""


def closes_at(bucket: int) -> int:
    """Return the stream time from which a bucket is over: its end and the lateness."""
    return bucket + QUARTER_MS + LATENESS_MS


@overload
def is_late(accepted_ms: int, bucket: int) -> bool: ...
@overload
def is_late(accepted_ms: Moments, bucket: Moments) -> npt.NDArray[np.bool_]: ...
def is_late(accepted_ms: int | Moments, bucket: int | Moments) -> bool | npt.NDArray[np.bool_]:
    """Tell whether an entry comes too late for a bucket, or of many each: a function of entry and event alone."""
    return accepted_ms >= bucket + (QUARTER_MS + LATENESS_MS)


def newest_closed(clock_ms: int) -> int:
    """Return the start of the newest bucket that is over at a stream time."""
    return bucket_of(clock_ms - LATENESS_MS) - QUARTER_MS
