"""The cold part of an entry: decompressed, with a bound, and checked against its records."""

from __future__ import annotations

import threading
from typing import Final

import zstandard

from streakline.streams.entries import Cold, Entry, Poison, unpack_cold

MAX_COLD: Final = 64_000_000
"""Bytes of unpacked rows that are read: a thousand events of the largest kind take a tenth of it."""


class _Own(threading.local):
    """A decompressor of each thread: it lets go of the interpreter's lock while it works, and holds a buffer."""

    def __init__(self) -> None:
        self.unpack = zstandard.ZstdDecompressor()


_OWN: Final = _Own()


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
