"""Snapshots of the content tracker: its own part, and the chunks of its buckets."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np

from streakline.counting import bucket_chunks
from streakline.counting.names import Opened
from streakline.counting.person_plays import Waiting
from streakline.counting.tracker import ContentTracker
from streakline.streams.candidates import MARKED, PLAYED, SEEN

FORMAT: Final = 2
"""Format 1 is read too: the listeners and zones of its log are unknown."""


def freeze(tracker: ContentTracker) -> bytes:
    """Return the tracker's own part: sizes of the buckets, names, running plays, candidates not yet sent."""
    seen, plays = tracker.seen.waiting(), tracker.plays.waiting()
    return msgspec.msgpack.encode(
        {
            "format": FORMAT,
            "shard": tracker.shard,
            "position": tracker.position,
            "told": tracker.reported,
            "floor": tracker.floor,
            "since": tracker.since,
            "buckets": {start: bucket_chunks.sizes(bucket) for start, bucket in tracker.buckets.items()},
            "closing": tracker.closing,
            "names": [(content, *name) for content, name in tracker.names.held.items()],
            "playing": tracker.playing.freeze(),
            "seen": seen.tobytes(),
            "played": plays.played.tobytes(),
            "marked": plays.marked.tobytes(),
        }
    )


def dirty(tracker: ContentTracker) -> set[str]:
    """Return the names of the chunks that changed since `clean`."""
    return {
        f"{start}:{part}:{chunk}" for start, bucket in tracker.buckets.items() for part, chunk in bucket.dirty
    }


def dropped(tracker: ContentTracker) -> set[str]:
    """Return, once, the names of the chunks that are no more."""
    names, tracker.dropped = tracker.dropped, set()
    return names


def clean(tracker: ContentTracker) -> None:
    """Forget which chunks changed: a snapshot holds them."""
    for bucket in tracker.buckets.values():
        bucket.dirty.clear()


def chunk(tracker: ContentTracker, name: str) -> bytes | None:
    """Return a chunk's bytes, None if its bucket is gone."""
    start, part, number = name.split(":")
    bucket = tracker.buckets.get(int(start))
    return None if bucket is None else bucket_chunks.freeze_chunk(bucket, part, int(number))


def needed(own: bytes) -> set[str]:
    """Return the names of the chunks that a tracker's own part speaks of."""
    facts = msgspec.msgpack.decode(own, strict=False)
    return {
        f"{start}:{part}:{number}"
        for start, sizes in facts["buckets"].items()
        for part, number in bucket_chunks.chunk_names(sizes)
    }


def thaw(own: bytes, chunks: dict[str, bytes], max_ids: int) -> ContentTracker:
    """Return the tracker of a snapshot; `chunks` holds at least what `needed` names.

    Raises:
        ValueError: if the snapshot has another format.
    """
    facts: dict[str, Any] = msgspec.msgpack.decode(own, strict=False)
    if facts["format"] not in (1, FORMAT):
        msg = f"snapshot format {facts['format']!r} is not 1 or {FORMAT}; start without the recovery folder"
        raise ValueError(msg)
    tracker = ContentTracker(facts["shard"], max_ids)
    tracker.position, tracker.floor, tracker.since = facts["position"], facts["floor"], facts["since"]
    tracker.reported = facts.get("told", 0)  # a snapshot of before knows nothing of it
    for start, sizes in facts["buckets"].items():
        names = bucket_chunks.chunk_names(sizes)
        parts = {(part, number): chunks[f"{start}:{part}:{number}"] for part, number in names}
        tracker.buckets[start] = bucket_chunks.thaw(start, sizes, parts)
    tracker.closing = facts["closing"]
    tracker.names.held = {content: Opened(name, title) for content, name, title in facts["names"]}
    tracker.playing.thaw([tuple(row) for row in facts["playing"]])
    tracker.seen.restore(np.frombuffer(facts["seen"], SEEN))
    # An older build has none of these.
    played = np.frombuffer(facts.get("played", b""), PLAYED)
    tracker.plays.restore(Waiting(played, np.frombuffer(facts.get("marked", b""), MARKED)))
    return tracker
