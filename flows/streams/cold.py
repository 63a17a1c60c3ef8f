"""The cold part of an entry, opened by a decompressor of each thread."""

from __future__ import annotations

import threading
from typing import Final

import zstandard

from streakline.streams import entries
from streakline.streams.entries import Cold, Entry

MAX_COLD: Final = 64_000_000
"""Bytes of unpacked rows that are read: a thousand events of the largest kind take a tenth of it."""


class _Own(threading.local):
    """A decompressor of each thread: it lets go of the interpreter's lock while it works, and holds a buffer."""

    def __init__(self) -> None:
        self.decompressor = zstandard.ZstdDecompressor()


_OWN: Final = _Own()


def open_cold(entry: Entry) -> list[Cold]:
    """Return the cold rows of an entry, one a record.

    Raises:
        Poison: if they cannot be read, are too large, or are not as many as the records.
    """
    return entries.open_cold(entry, _OWN.decompressor, MAX_COLD)
