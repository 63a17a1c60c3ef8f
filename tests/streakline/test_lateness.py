"""Lateness: a quarter hour is over when everything for it is late."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streakline import lateness
from streakline.times import EARLIEST_MS, bucket_of

moments = st.integers(EARLIEST_MS, 4_102_444_800_000)


@given(moments, st.integers(0, 10_000_000))
def test_a_bucket_is_closed_exactly_when_everything_for_it_is_late(accepted, back):
    bucket = bucket_of(accepted - back)
    assert lateness.is_late(accepted, bucket) == (bucket <= lateness.newest_closed(accepted))
    assert lateness.is_late(accepted, bucket) == (accepted >= bucket + 75 * 60_000)
    assert lateness.closes_at(bucket) == bucket + 75 * 60_000


@given(st.lists(st.tuples(moments, st.integers(0, 10_000_000)), min_size=1))
def test_many_at_once_are_late_as_each_alone_is(pairs):
    accepted = np.array([at for at, _ in pairs], np.int64)
    buckets = np.array([bucket_of(at - back) for at, back in pairs], np.int64)
    alone = [lateness.is_late(at, bucket_of(at - back)) for at, back in pairs]
    assert lateness.is_late(accepted, buckets).tolist() == alone
