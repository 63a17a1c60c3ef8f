"""The hash `sl:{S}:progress`: how far every reader of a shard is. All of its fields are named here and nowhere else.

The fields of viewers stand in the hash of the part of the persons, which has the number of a shard by chance alone.

Values are entry ids, except where a field says otherwise. Every reader writes its own fields alone: content and viewers
with the outputs of a batch (`flows/streams/sink.py`), archive after its rows are stored (`flows/archive/ledger.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from streakline.streams import keys


class Reader(NamedTuple):
    """A flow as the reader of one stream of each shard, or of each part of the persons."""

    flow: str
    stream: Callable[[int], str]
    """Key of the stream by shard or part."""
    field: str
    """Id of the last entry that it passed."""
    two_ago: str
    """Id that its snapshot before the last one stood at. The stream is not trimmed beyond it."""
    trimmed: Callable[[int], str]
    """Key by shard or part of the id up to which the stream was trimmed."""
    exact: bool
    """True if `field` is never behind a snapshot. Then a snapshot ahead of it proves that Redis lost data."""


CONTENT: Final = Reader("content", keys.events, "content", "content:two", keys.trimmed, exact=False)
VIEWERS: Final = Reader(
    "viewers", keys.candidates, "viewers:cand", "viewers:cand:two", keys.trimmed_candidates, exact=False
)
ARCHIVE: Final = Reader("archive", keys.events, "archive", "archive:two", keys.trimmed, exact=True)
ARCHIVE_OUT: Final = Reader(
    "archive", keys.out, "archive:out:id", "archive:out:two", keys.trimmed_out, exact=True
)
READERS: Final = (CONTENT, VIEWERS, ARCHIVE, ARCHIVE_OUT)
FLOWS: Final = ("content", "viewers", "archive")
"""Names of the flows, in the order in which they start."""

VIEWERS_PEOPLE: Final = "viewers:people"
"""The same id as `VIEWERS.field`, written by builds that keep live rows of persons: it tells when older ones wrote."""
CONTENT_FLOOR: Final = "content:floor"
"""Start in ms of the first bucket that content counts from its first event. Older open buckets stand as they stood."""
CONTENT_OFF: Final = "content:off"
ARCHIVE_OFF: Final = "archive:off"
"""Start in ms of the last open bucket whose counts may be wrong because Redis went back; one field a writer."""
ARCHIVE_COVERED: Final = "archive:out"
"""Id of the events up to which the open counts that archive stored are complete."""
ARCHIVE_OWED: Final = "archive:mark"
"""Least position, as a number (`times.enc`), that a recount is owed for; empty if none is."""
ARCHIVE_DIFFERENCES: Final = "archive:differences"
"""Number of values that recounts of just closed buckets found different from the live counts."""


def readers(flow: str) -> tuple[Reader, ...]:
    """Return a flow as the reader of each of its streams."""
    return tuple(reader for reader in READERS if reader.flow == flow)


def viewers_covered(source: int) -> str:
    """Return the field of a part of the persons: id of the events of shard `source` that viewers has covered."""
    return f"viewers:u:{source}"


def back(field: str) -> str:
    """Return the field that holds `LOST RESTORED` while the reader of `field` reads again what Redis lost."""
    return f"{field}:back"
