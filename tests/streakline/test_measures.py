"""Measures, breakdowns and their packed form."""

from hypothesis import given
from hypothesis import strategies as st

from streakline import kinds
from streakline.measures import (
    BREAKDOWN_DIMENSIONS,
    BREAKDOWNS,
    INDEX,
    MEASURE_OF_KIND,
    MEASURES,
    SHARES_BY_PLATFORM,
    ZERO,
    Counts,
    pack_counts,
    summed,
    summed_packed,
    unpack_counts,
)

numbers = st.integers(-(2**63), 2**63 - 1)
small = st.integers(-(2**50), 2**50)
cells = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 65_535)), small, max_size=8)
rows = st.builds(Counts, st.tuples(*[small] * len(MEASURES)), cells)


@given(st.tuples(*[numbers] * len(MEASURES)), cells, st.integers(0, 255))
def test_packed_counts_unpack_to_the_same(measures, held, ctype):
    packed = pack_counts(measures, held, ctype)
    assert unpack_counts(packed) == Counts(measures, held, ctype)
    assert len(packed) == 1 + 8 * len(MEASURES) + 11 * len(held)


@given(st.lists(rows, max_size=5))
def test_a_sum_is_the_sum_of_every_measure_and_cell(held):
    total = summed(held)
    assert total.measures == tuple(sum(row.measures[n] for row in held) for n in range(len(MEASURES)))
    for cell in {cell for row in held for cell in row.cells}:
        assert total.cells[cell] == sum(row.cells.get(cell, 0) for row in held)


@given(rows)
def test_zero_changes_no_sum(row):
    assert summed([row, ZERO]) == Counts(row.measures, row.cells)


def test_every_countable_kind_but_plays_has_its_own_measure():
    assert set(MEASURE_OF_KIND) == kinds.COUNTABLE - kinds.PLAYS
    assert len(set(MEASURE_OF_KIND.values())) == len(MEASURE_OF_KIND)
    for kind, measure in MEASURE_OF_KIND.items():
        assert MEASURES[measure] == kinds.NAMES[kind].rstrip("e") + "es" or MEASURES[measure].startswith(
            kinds.NAMES[kind]
        )


def test_breakdowns_name_their_dimension():
    assert len(BREAKDOWNS) == len(BREAKDOWN_DIMENSIONS)
    assert BREAKDOWNS[SHARES_BY_PLATFORM] == "shares_by_platform"
    assert [INDEX[name] for name in MEASURES] == list(range(24))


@given(st.lists(rows, max_size=5))
def test_a_sum_of_packed_rows_is_the_packed_sum_of_rows(held):
    total = summed(held)
    nonzero = {cell: count for cell, count in total.cells.items() if count}
    assert summed_packed([pack_counts(row.measures, row.cells) for row in held]) == (
        total.measures,
        nonzero,
        0,
    )
