"""Trimming: up to where a stream may be cut.

A reader may have to read again from two snapshots ago, so a stream is never cut beyond the least such id of
its fixed readers. While memory is plenty the last 90 minutes stay as well: a reader that lost its state then
loses nothing that is open.
"""

from __future__ import annotations

from collections.abc import Iterable

from streakline.times import MINUTE_MS, SEQ_BITS, dec, enc

KEPT_MS = 90 * MINUTE_MS
"""What stays of a stream while Redis is under half of its memory limit."""


def trim_to(two_ago: Iterable[str | None], now_ms: int, *, roomy: bool, kept_ms: int = KEPT_MS) -> str | None:
    """Return the first entry id to keep, or None if nothing may go.

    Args:
        two_ago: of every fixed reader the id it had two snapshots ago; None or "" if it has not said.
        now_ms: the stream's clock.
        roomy: whether Redis is under half of its memory limit.
        kept_ms: what stays of the stream while it is.
    """
    ids = list(two_ago)
    if not ids or not all(ids):
        return None
    least = min(enc(entry_id) for entry_id in ids if entry_id)
    if roomy:
        least = min(least, max(now_ms - kept_ms, 0) << SEQ_BITS)
    return dec(least) if least > 0 else None
