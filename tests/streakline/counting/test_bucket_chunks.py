"""Snapshots of a bucket go by chunks; only those that changed are frozen again."""

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from record_facts import COUNTED, ENDED, QUARTER, TIMED, Fact, hot
from streakline.counting import bucket_chunks
from streakline.counting.bucket import LOG_BITS, Bucket
from streakline.counting.bucket_log import LOG, LOG_1
from streakline.streams.records import NO_OFFSET, records_of

START = 1_763_700_300_000 // QUARTER * QUARTER


def play(number: int, dur: int = 30_000) -> Fact:
    """A play of one of 600 contents, in one of 3,000 sources."""
    dims = (number % 3_000 + 2, 0, 0, 0)
    return Fact(number % 600, number, 1, START, START, START, dur, TIMED | COUNTED | ENDED, dims=dims)


def same(one: Bucket, other: Bucket) -> bool:
    """Tell whether two buckets hold the same, position by position."""
    rows = one.contents.size
    columns = ("measures", "windows", "ctype", "unwritten")
    return (
        bucket_chunks.sizes(one) == bucket_chunks.sizes(other)
        and np.array_equal(one.ids.keys, other.ids.keys)
        and np.array_equal(one.log[: one.ids.size], other.log[: one.ids.size])
        and np.array_equal(one.contents.keys, other.contents.keys)
        and all(np.array_equal(getattr(one, c)[:rows], getattr(other, c)[:rows]) for c in columns)
        and one.packed(np.arange(rows)) == other.packed(np.arange(rows))
        and np.array_equal(one.site, other.site)
        and np.array_equal(one.minutes, other.minutes)
    )


@given(st.lists(st.tuples(st.integers(0, 9_000), st.integers(1, 5_000)), min_size=1, max_size=4))
def test_chunks_kept_over_epochs_give_the_bucket_again(epochs):
    """An epoch is a run of plays; a snapshot holds the chunks that changed in it and the older ones."""
    bucket, store = Bucket(START), {}
    for epoch, (first, number) in enumerate(epochs):
        bucket.add(records_of([hot(play(n, 30_000 + epoch)) for n in range(first, first + number, 7)]))
        for name in bucket.dirty:
            store[name] = bucket_chunks.freeze_chunk(bucket, *name)
        bucket.dirty.clear()
        sizes = bucket_chunks.sizes(bucket)
        assert same(bucket_chunks.thaw(START, sizes, store), bucket)


def test_a_bucket_has_as_many_chunks_as_its_sizes_need():
    assert bucket_chunks.chunk_names([0, 0, 0]) == []
    assert bucket_chunks.chunk_names([4_096, 256, 2_048]) == [("log", 0), ("rows", 0), ("cells", 0)]
    assert bucket_chunks.chunk_names([4_097, 257, 2_049]) == [
        (part, number) for part in ("log", "rows", "cells") for number in (0, 1)
    ]


def test_an_empty_bucket_thaws_empty():
    assert same(bucket_chunks.thaw(START, [0, 0, 0], {}), Bucket(START))


def as_format_1(chunk: bytes) -> bytes:
    """Return a chunk of the log as a build of snapshot format 1 froze it."""
    ids, log = msgspec.msgpack.decode(chunk)
    entries = np.frombuffer(log, LOG)
    older = np.empty(len(entries), LOG_1)
    for name in LOG_1.names:
        older[name] = entries[name]
    assert (LOG_1.itemsize, LOG.itemsize) == (21, 31)
    return msgspec.msgpack.encode([ids, older.tobytes()])


def test_chunks_of_format_1_that_did_not_change_are_read_beside_newer_ones():
    """A folder keeps a chunk as the older build wrote it for as long as nothing in it changes."""
    bucket = Bucket(START)
    bucket.add(records_of([hot(play(n)) for n in range(6_000)]))
    sizes = bucket_chunks.sizes(bucket)
    store = {name: bucket_chunks.freeze_chunk(bucket, *name) for name in bucket_chunks.chunk_names(sizes)}
    store["log", 0] = as_format_1(store["log", 0])
    thawed = bucket_chunks.thaw(START, sizes, store)
    held, border = thawed.log[:6_000], 1 << LOG_BITS
    for name in LOG_1.names:
        assert np.array_equal(held[name], bucket.log[name][:6_000])
    assert (set(held["listener64"][:border]), set(held["off"][:border])) == ({0}, {NO_OFFSET})
    assert np.array_equal(held[border:], bucket.log[border:6_000])
    assert set(held["listener64"][border:]) == {1}
