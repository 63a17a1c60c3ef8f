"""One open quarter hour: its own rows, cells and chunks. What it counts is tested in test_content."""

import numpy as np
import pytest

from record_facts import COUNTED, ENDED, QUARTER, TIMED, Fact, content64, hot
from streakline.counting.bucket import Bucket
from streakline.measures import MEASURES, pack_counts, unpack_counts
from streakline.streams.records import Records, records_of

START = 1_763_700_300_000 // QUARTER * QUARTER


def play(number: int, content: int = 1, dur: int = 30_000, source: int = 2) -> Fact:
    return Fact(content, number, 1, START, START, START, dur, TIMED | COUNTED | ENDED, dims=(source, 0, 0, 0))


def records(*facts: Fact) -> Records:
    return records_of([hot(fact) for fact in facts])


def test_packed_rows_hold_the_measures_and_the_cells_that_are_not_zero():
    bucket = Bucket(START)
    bucket.add(records(play(1, source=2), play(2, source=2), play(3, content=2, source=7)))
    bucket.add(records(play(1, dur=40_000, source=3)))
    one, two = (int(bucket.contents.find(np.array([content64(n)], np.uint64))[0]) for n in (1, 2))
    rows = sorted((one, two))
    held = dict(zip(rows, map(unpack_counts, bucket.packed(np.array(rows))), strict=True))
    first, second = held[one], held[two]
    assert first.cells == {(0, 2): 1, (0, 3): 1}
    assert second.cells == {(0, 7): 1}
    for row, counts in ((one, first), (two, second)):
        assert counts.measures == tuple(bucket.measures[row].tolist())
        assert pack_counts(counts.measures, counts.cells, counts.ctype) == bucket.packed(np.array([row]))[0]


def test_repeats_are_told():
    bucket = Bucket(START)
    bucket.add(records(play(1)))
    bucket.add(records(play(1), play(1, dur=10), play(2)))
    assert bucket.repeats == 1  # of the two in one batch only the longer is looked at
    assert bucket.ids.size == 2


def test_only_chunks_that_changed_are_dirty():
    bucket = Bucket(START)
    bucket.add(records(*(play(n, content=n) for n in range(5_000))))
    bucket.dirty.clear()
    bucket.add(records(play(0)))
    parts = {part for part, _ in bucket.dirty}
    assert parts == {"log", "rows", "cells"}
    assert len(bucket.dirty) == 3


def test_a_repeat_makes_nothing_dirty():
    bucket = Bucket(START)
    bucket.add(records(play(1)))
    bucket.dirty.clear()
    bucket.unwritten[:] = False
    bucket.add(records(play(1), play(1, dur=5)))
    assert bucket.dirty == set()
    assert not bucket.unwritten.any()


@pytest.mark.parametrize("kind", [5, 7, 11, 12, 13, 14, 15, 16, 24])
def test_kinds_without_a_minute_count_in_no_window(kind):
    bucket = Bucket(START)
    bucket.add(records(Fact(1, 1, kind, START, START, START)))
    assert bucket.site[MEASURES.index("events")] == 1
    assert not bucket.minutes.any()
