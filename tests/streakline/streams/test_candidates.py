"""Candidates: none is missed, few are repeated, none leave the window."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streakline.live_windows import WINDOW_MINUTES
from streakline.streams.candidates import SEEN, SeenMinutes
from streakline.streams.records import RECORD
from streakline.times import MINUTE_MS

NOW = 29_400_000 * MINUTE_MS


def events(*pairs):
    """Events of (listener, minutes before NOW)."""
    made = np.zeros(len(pairs), RECORD)
    made["listener64"] = [listener for listener, _ in pairs]
    made["at"] = [NOW - back * MINUTE_MS for _, back in pairs]
    return made, np.full(len(pairs), NOW)


@given(
    st.lists(
        st.lists(st.tuples(st.integers(1, 9), st.integers(-3, WINDOW_MINUTES + 3)), max_size=8), max_size=8
    )
)
def test_every_listener_and_minute_of_the_window_is_told_once(batches):
    seen = SeenMinutes()
    told = []
    for batch in batches:
        seen.add(*events(*batch))
        told += seen.taken().tolist()
    expected = {
        (listener, NOW // MINUTE_MS - back)
        for batch in batches
        for listener, back in batch
        if back <= WINDOW_MINUTES
    }
    assert set(told) == expected
    assert len(told) == len(expected)  # so few never share a slot


def test_what_waits_survives_a_snapshot():
    seen = SeenMinutes()
    assert not seen
    seen.add(*events((1, 0), (2, 5)))
    again = SeenMinutes()
    again.restore(np.frombuffer(seen.waiting().tobytes(), SEEN))
    assert again
    assert again.taken().tolist() == seen.taken().tolist()
    again.restore(again.waiting())
    assert not again


def test_listeners_who_share_a_slot_are_all_told():
    seen = SeenMinutes()
    made, accepted = events(*((listener, 0) for listener in range(1, 600_000)))  # twice as many as slots
    seen.add(made, accepted)
    assert len({listener for listener, _ in seen.taken().tolist()}) == len(made)
