"""The cold part of an entry: decompressed, with a bound, and checked against its records."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Final

import zstandard

from streakline.streams.entries import Cold, Entry, Poison, unpack_cold

MAX_COLD: Final = 64_000_000
"""Bytes of unpacked rows that are read: a thousand events of the largest kind take a tenth of it."""


class _Own(threading.local):
    """A decompressor of each thread: it lets go of the interpreter's lock while it works, and holds a buffer."""

    def __init__(self) -> None:
        self.unpack = zstandard.ZstdDecompressor()


_OWN: Final = _Own()


def unpacked_together(frames: Sequence[bytes]) -> Sequence[bytes] | None:
    """Return what is in some frames, None if one of them is broken or they are too large together.

    At once, because each call lets go of the interpreter's lock: to get it back costs more than a frame.
    """
    try:
        sizes = list(map(zstandard.frame_content_size, frames))
        # Room for all is taken before any is read: a frame of 18 bytes may say that it needs 64 MB.
        if min(sizes) <= 0 or sum(sizes) > MAX_COLD:
            return None
        found: Any = _OWN.unpack.multi_decompress_to_buffer(list(frames))
    except (zstandard.ZstdError, ValueError):
        return None
    return [found[place].tobytes() for place in range(len(found))]


def open_cold(entry: Entry) -> list[Cold]:
    """Return the cold rows of an entry, one a record.

    Raises:
        Poison: if they cannot be read, are too large, or are not as many as the records.
    """
    try:
        size = zstandard.frame_content_size(entry.cold)
        if not 0 < size <= MAX_COLD:
            msg = f"field d unpacks to {size} bytes; 1 to {MAX_COLD} are read"
            raise Poison(msg)
        data = _OWN.unpack.decompress(entry.cold)
    except zstandard.ZstdError as error:
        msg = f"field d is no zstd frame: {error}"
        raise Poison(msg) from error
    rows = unpack_cold(data)
    if len(rows) != entry.n:
        msg = f"field d holds {len(rows)} rows, but n = {entry.n}"
        raise Poison(msg)
    return rows
