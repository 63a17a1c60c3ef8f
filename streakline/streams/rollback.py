"""What a reader finds when it comes back to a stream: its entry, a stream cut past it, or one that went back.

Redis that is started on an older append-only file holds the past: entries that somebody read are gone, and what
was written after them as well. Nobody deletes single entries, so a reader tells by its own: it is gone, and
trimming did not take it. `flows/streams/cursors.py` asks Redis for flows, `server/upkeep/watch.py` for the server.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final, NamedTuple

from streakline.times import SECOND_MS, dec, enc

MARGIN_MS: Final = 5 * SECOND_MS
"""How much of a stream may be missing in what is known of its newest id."""


class Found(Enum):
    """What became of the entry that a reader stands at."""

    THERE = "there"
    TRIMMED = "trimmed"
    """The stream was cut beyond it: the reader's state is older than a later one's."""
    GONE = "gone"
    """Redis went back."""


class Held(NamedTuple):
    """What Redis holds; positions by `enc`."""

    there: bool
    """Whether the entry at the reader's position is in the stream."""
    first: int | None
    """The stream's first entry, None if it is empty."""
    trimmed: int
    """Up to where the stream was cut, 0 for never."""
    progress: int
    """Progress that the reader has written, 0 for none."""


def find(position: int, written: int, held: Held) -> Found:
    """Return what became of the entry that a reader stands at.

    Args:
        position: of the last entry that it took, 0 for none.
        written: the progress that it knows was written, 0 for none.
        held: what Redis holds now.
    """
    if held.progress < written:
        return Found.GONE
    if not position or held.there:
        return Found.THERE
    older = held.first is not None and held.first < position
    return Found.GONE if older or held.trimmed <= position else Found.TRIMMED


def raised(known: Mapping[str, str], found: Mapping[str, str]) -> dict[str, str]:
    """Return the streams that went back, with the id that each is to go on after: none may be given twice.

    Args:
        known: stream -> the highest id that was ever seen of it.
        found: stream -> its last id now; a stream that is not named has none.
    """
    return {
        stream: dec(enc(highest) + enc(f"{MARGIN_MS}-0"))
        for stream, highest in known.items()
        if enc(highest) > enc(found.get(stream, "0-0"))
    }
