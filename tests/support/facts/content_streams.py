"""Streams of facts for a content tracker, in any batches and with restarts, and what it writes of them."""

from collections.abc import Set as AbstractSet
from typing import Any

from hypothesis import strategies as st

from fact_strategies import START
from record_facts import COUNTED, ENDED, TIMED, Fact, counted, entry, names
from streakline.counting import snapshot as content_snapshot
from streakline.counting.tracker import ContentTracker
from streakline.measures import BREAKDOWNS, MEASURES, unpack_counts
from streakline.streams.entries import Entry

PLENTY = 1_000_000
Requests = list[tuple[int, list[Fact]]]


def play(
    content: int = 1,
    number: int = 1,
    *,
    start: int = START,
    accepted: int = START,
    dur: int = 30_000,
    listener: int = 1,
    **more: Any,
) -> Fact:
    """Return a play's report, counted unless `flags` says otherwise."""
    flags = more.pop("flags", TIMED | COUNTED | ENDED)
    return Fact(content, number, 1, start, accepted, start, dur, flags, listener, **more)


def beat(
    content: int = 1,
    number: int = 1,
    *,
    start: int = START,
    at: int = START,
    accepted: int = START,
    listener: int = 1,
) -> Fact:
    """Return a heartbeat of a play."""
    return Fact(content, number, 3, start, accepted, at, at - start, TIMED, listener)


def taken(
    stream: Requests, tracker: ContentTracker | None = None, borders: AbstractSet[int] = frozenset()
) -> ContentTracker:
    """Feed a stream; a batch ends before each request whose number is in `borders`."""
    tracker = tracker or ContentTracker(0, PLENTY)
    batch: list[tuple[int, Entry]] = []
    for number, (moment, facts) in enumerate(stream):
        if number in borders:
            tracker.take(batch, names)
            batch = []
        batch.append(((moment << 22) + number, entry(facts)))
    tracker.take(batch, names)
    return tracker


def restarted(tracker: ContentTracker) -> ContentTracker:
    own = content_snapshot.freeze(tracker)
    frozen = ((name, content_snapshot.chunk(tracker, name)) for name in content_snapshot.needed(own))
    chunks = {name: chunk for name, chunk in frozen if chunk is not None}
    again = content_snapshot.thaw(own, chunks, tracker.max_ids)
    again.tally = tracker.tally
    return again


def facts_of(stream: Requests) -> list[Fact]:
    return [fact for _, facts in stream for fact in facts]


def written(tracker: ContentTracker) -> dict[int, dict[str, tuple[Any, ...]]]:
    """What was written, but for rows of nothing: a robot took a play out of the counts."""
    rows: dict[int, dict[str, tuple[Any, ...]]] = {}
    for bucket, packed in tracker.write_out():
        counts = {name: unpack_counts(data) for name, data in packed.items()}
        counts = {name: row for name, row in counts.items() if any(row.measures)}
        if counts:
            rows.setdefault(bucket, {}).update(counts)
    return rows


def as_written(facts: list[Fact]) -> dict[int, dict[str, tuple[Any, ...]]]:
    """What a plain count of facts would write."""
    plain = counted(facts)
    return {
        bucket: {
            f"c{content}": (
                tuple(row.get(name, 0) for name in MEASURES),
                {(BREAKDOWNS.index(n), code): k for (n, code), k in plain.cells[bucket][content].items()},
                plain.ctypes[bucket][content],
            )
            for content, row in contents.items()
        }
        for bucket, contents in plain.measures.items()
    }


borders = st.frozensets(st.integers(1, 11))
