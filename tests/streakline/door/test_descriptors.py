from hypothesis import given
from hypothesis import strategies as st

from streakline.door.descriptors import BURST, MOST, OWN, backlog, bound, kept, wanted


@given(st.integers(1, MOST))
def test_what_waits_to_be_accepted_fits_into_what_is_kept(limit: int) -> None:
    assert bound(limit) + kept(limit) == limit
    assert 0 <= kept(limit) <= limit // 4
    assert 1 <= backlog(limit) <= max(1, kept(limit))


def test_a_large_limit_keeps_room_for_all_browsers_at_once() -> None:
    assert kept(MOST) == BURST + OWN
    assert backlog(MOST) == BURST
    assert kept(1_024) == 256


def test_the_hard_limit_is_asked_for_where_there_is_one() -> None:
    assert wanted(4_096) == 4_096
    assert wanted(None) == MOST
