"""Ids made by the client: they are what makes sending again safe."""

from __future__ import annotations

import secrets
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def uuid7() -> str:
    """Return a new UUIDv7: 48 bits of Unix time in ms, then random; rising within this process.

    RFC 9562, method 1 of 6.2: the 12 bits after the version count within a millisecond, and run over into the
    next one when more are made.
    """
    global _last  # noqa: PLW0603 - one rising sequence for the whole process is the point
    with _lock:
        _last = max(_last + 1, (time.time_ns() // 1_000_000) << 12)
        stamp, count = _last >> 12, _last & 0xFFF
    tail = secrets.randbits(62)
    return str(UUID(int=(stamp << 80) | (0x7 << 76) | (count << 64) | (0b10 << 62) | tail))
