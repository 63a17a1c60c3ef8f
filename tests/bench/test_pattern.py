"""A pattern repeats one stretch of a stream, later each time and with identities of its own."""

from __future__ import annotations

from collections.abc import Iterator

import hiredis
import numpy as np
import pytest

from bench.looking.profile import FLOW, REST, parted
from bench.streams.pattern import START_MS, plain_pattern
from flows.streams.cold import open_cold
from streakline.streams import keys
from streakline.streams.entries import Entry, read_entry
from streakline.streams.hashing import hash64
from streakline.streams.records import records_of
from streakline.times import MINUTE_MS, enc

PATTERN = plain_pattern(
    2_000, 10 * MINUTE_MS, contents=300, listeners=200, shards=4, request=50, everybody=True
)


def entries(turn: int) -> Iterator[tuple[str, int, Entry]]:
    reader = hiredis.Reader()
    for batch in PATTERN.batches(turn):
        reader.feed(b"".join(batch.packed))
        for _ in range(sum(batch.commands)):
            _, stream, entry_id, *flat = reader.gets()
            yield stream.decode(), enc(entry_id), read_entry(dict(zip(flat[::2], flat[1::2], strict=True)))


def test_entries_are_read_as_ingest_wrote_them_in_the_order_of_each_stream() -> None:
    newest: dict[str, int] = {}
    for turn in range(2):
        for stream, position, entry in entries(turn):
            assert position > newest.get(stream, 0)
            newest[stream] = position
            hot = records_of([entry.hot])
            assert {f"sl:{{{shard}}}:events" for shard in (hot["content64"] % 4).tolist()} == {stream}
            for row, content in zip(open_cold(entry), hot["content64"].tolist(), strict=True):
                assert hash64(row.contentId, 7) == content
    assert newest == {keys.events(shard): last for shard, last in PATTERN.last(2).items()}


def test_turns_have_the_same_events_later_and_under_other_identities() -> None:
    turns = [records_of([entry.hot for _, _, entry in entries(turn)]) for turn in (0, 3)]
    first, later = turns
    assert len(first) == PATTERN.events == sum(batch.events for batch in PATTERN.batches(1))
    assert (later["at"] - first["at"] == 3 * PATTERN.span_ms).all()
    assert (later["content64"] == first["content64"]).all()
    assert not np.isin(later["id64"], first["id64"]).any()
    assert len(np.unique(first["id64"])) < len(first)  # heartbeats and repeats
    assert first["at"].max() < START_MS + PATTERN.span_ms


def test_everybody_comes_at_least_once() -> None:
    made = records_of([entry.hot for _, _, entry in entries(0)])
    assert (len(np.unique(made["content64"])), len(np.unique(made["listener64"]))) == (300, 200)


def test_samples_belong_to_the_first_part_that_fits() -> None:
    shares = parted(
        [
            "main (run.py:1);_Tracker.on_batch (b.py:1);ContentShell.take (c.py:2);ContentTracker.take (d.py:3) 6",
            "main (run.py:1);_Tracker.on_batch (b.py:1);ContentShell.take (c.py:2);read_entry (e.py:4) 3",
            "main (run.py:1) 1",
        ],
        FLOW,
    )
    assert (shares["count"], shares["decode"], shares[REST]) == (0.6, 0.3, 0.1)
    assert sum(shares.values()) == pytest.approx(1)
