"""Rows that are remembered: the last ones used, within a number of bytes."""

from collections import OrderedDict

from hypothesis import given
from hypothesis import strategies as st

from streakline.people.live.held_rows import AROUND, HeldRows

MOST = 3 * AROUND


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(-1, 3 * AROUND))))
def test_what_was_used_last_is_held_within_the_bytes(acts):
    """An act holds a row of so many bytes, or with -1 looks at the one that is held."""
    held, plain = HeldRows(MOST), OrderedDict[int, bytes]()
    for person, size in acts:
        if size < 0:
            if person in held:
                assert held[person] == plain[person]
                plain.move_to_end(person)
        else:
            held.hold(person, bytes(size))
            plain[person] = bytes(size)
            plain.move_to_end(person)
            while sum(len(row) + AROUND for row in plain.values()) > MOST:
                plain.popitem(last=False)
        assert {person for person in range(1, 7) if person in held} == plain.keys()
        assert held.size == sum(len(row) + AROUND for row in plain.values()) <= MOST
        assert len(held) == len(plain)
