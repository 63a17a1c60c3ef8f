"""The record of 64 bytes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from record_facts import Fact, hot
from streakline.streams import records
from streakline.times import EARLIEST_MS

T = 1_763_700_300_000
SLACK = (24 * 60 + 15) * 60_000


def test_struct_and_numpy_agree_field_by_field():
    values = (2**64 - 1, 2, 3, 4, 5, 6, 65_535, -7, 8, 2**32 - 1, 10, -11, 12, 13, 14, 15, 65_535)
    [record] = records.records_of([records.PACK.pack(*values)])
    assert [record[name] for name in ("id64", "content64", "listener64")] == [2**64 - 1, 2, 3]
    assert record["dims"].tolist() == [4, 5, 6, 65_535]
    names = ("at", "start", "dur", "length", "off", "kind", "flags", "profile", "ctype", "completion")
    assert tuple(int(record[name]) for name in names) == values[7:]


@given(st.lists(st.integers(0, 4)))
def test_records_of_many_entries_are_one_array(sizes):
    chunks = [b"".join(hot(Fact(1, n, 1, T, T, T)) for n in range(size)) for size in sizes]
    assert len(records.records_of(chunks)) == sum(sizes)


times = st.sampled_from([0, EARLIEST_MS - 1, EARLIEST_MS, T, T + SLACK, T + SLACK + 1])


@given(st.lists(st.tuples(st.integers(0, 255), times, times), max_size=20))
def test_a_record_is_broken_iff_its_kind_is_unknown_or_a_time_out_of_bounds(drawn):
    facts = [Fact(1, 1, kind, start, T, at) for kind, start, at in drawn]
    got = records.broken(records.records_of([hot(f) for f in facts]), np.full(len(facts), T))
    assert got.tolist() == [not fact.readable for fact in facts]
