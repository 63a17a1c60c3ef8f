"""Covers: every moment of a range is answered for once, by the coarsest rows that hold it whole."""

from hypothesis import given
from hypothesis import strategies as st

from streakline.history.cover import all_raw, cover, without_days
from streakline.history.ranges import between
from streakline.times import DAY_MS, QUARTER_MS

BASE = 1_400_000_000_000 // DAY_MS * DAY_MS
EDGES = st.builds(
    lambda days, quarters, ms: BASE + days * DAY_MS + quarters * QUARTER_MS + ms,
    st.integers(0, 3),
    st.integers(0, 95),
    st.sampled_from([0, 1, QUARTER_MS - 1]),
)


def source(moment: int, start: int, end: int, first_open: int) -> str:
    """Return what must answer for a moment: the slow, obvious way."""
    for name, step in (("days", DAY_MS), ("quarters", QUARTER_MS)):
        first = moment // step * step
        if start <= first and first + step <= (min(end, first_open) if name == "days" else end):
            return name
    return "raw"


@given(
    ends=st.lists(EDGES, min_size=2, max_size=2, unique=True),
    offset=st.integers(0, 3 * DAY_MS),
    first_open=st.integers(-1, 6 * 96),
)
def test_every_moment_is_answered_for_by_the_coarsest_rows_that_hold_it_whole_and_closed(
    ends: list[int], offset: int, first_open: int
):
    start, end = sorted(ends)
    first_open = BASE + first_open * QUARTER_MS
    found = cover(between(start, end), first_open)
    at = start + offset % (end - start)
    pieces = [getattr(found, name) for name in found.__struct_fields__]
    assert pieces == sorted(pieces)
    assert (found.start, found.end) == (start, end)
    for moment in {at, start, end - 1, *pieces} - {end}:
        if moment < found.quarters or moment >= found.quarters_end:
            by = "raw"
        else:
            by = "days" if found.days <= moment < found.days_end else "quarters"
            assert (moment < found.closed_end) == (moment < first_open)
        assert by == source(moment, start, end, first_open)
    assert found.has_ends == (found.start < found.quarters or found.quarters_end < found.end)
    assert without_days(found).has_days is False


def test_less_than_a_quarter_hour_is_raw():
    found = cover(between(BASE + 1, BASE + QUARTER_MS), BASE)
    assert found.quarters == found.quarters_end == BASE + 1
    assert found == all_raw(between(BASE + 1, BASE + QUARTER_MS))


def test_a_range_of_whole_days_needs_nothing_else():
    found = cover(between(BASE, BASE + 2 * DAY_MS), BASE + 2 * DAY_MS)
    assert (found.quarters, found.days) == (BASE, BASE)
    assert (found.days_end, found.quarters_end) == (BASE + 2 * DAY_MS, BASE + 2 * DAY_MS)
    assert not (found.has_ends)
    assert not (found.has_quarters)
    assert not (found.has_open)
