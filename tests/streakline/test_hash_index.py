"""The hash index against a dict."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streakline.hash_index import EMPTY, HashIndex, Recent

# Multiples of a large power of two fall into one slot of a bad hash; neighbours into one run.
keys = st.one_of(st.integers(0, 40), st.integers(0, 40).map(lambda n: n << 58), st.integers(0, 2**64 - 1))
batches = st.lists(st.lists(keys, max_size=30), max_size=12)


def array(numbers: list[int]) -> np.ndarray:
    return np.array(numbers, np.uint64)


@given(batches, st.sampled_from([1, 2, 8, 256]))
def test_an_index_gives_every_key_the_position_of_its_first_insertion(lists, room):
    index, plain = HashIndex(room), {}
    for numbers in lists:
        found = index.find(array(numbers)).tolist()
        assert found == [plain.get(number, EMPTY) for number in numbers]
        positions = index.find_or_insert(array(numbers)).tolist()
        for number, position in zip(numbers, positions, strict=True):
            assert plain.setdefault(number, position) == position
        assert sorted(plain.values()) == list(range(len(plain)))
        assert index.size == len(plain) <= index.room
        assert {key: position for position, key in enumerate(index.keys.tolist())} == plain


@given(st.lists(keys, unique=True, max_size=200))
def test_distinct_keys_get_positions_in_the_order_given(numbers):
    index = HashIndex(4)
    half = len(numbers) // 2
    assert index.insert(array(numbers[:half])).tolist() == list(range(half))
    assert index.insert(array(numbers[half:])).tolist() == list(range(half, len(numbers)))
    assert index.keys.tolist() == numbers
    assert index.find(array(numbers)).tolist() == list(range(len(numbers)))


def test_an_empty_index_holds_nothing():
    assert HashIndex().find(array([1, 2])).tolist() == [EMPTY, EMPTY]
    assert HashIndex().find_or_insert(array([])).tolist() == []


def test_room_made_before_is_not_made_again():
    index = HashIndex(2)
    index.reserve(1_000)
    room = index.room
    index.insert(array(list(range(1_000))))
    assert index.room == room == 1_000


@given(batches)
def test_what_came_lately_tells_no_key_that_was_not_kept(lists):
    recent, kept = Recent(4), set()
    for numbers in lists:
        missed = set(array(numbers)[recent.misses(array(numbers))].tolist())
        assert missed >= set(numbers) - kept
        recent.keep(array(numbers))
        kept |= set(numbers)
        for number in numbers[-1:]:
            assert recent.misses(array([number])).size == 0


def test_key_nothing_is_a_key_like_any_other():
    recent = Recent(4)
    assert recent.misses(array([0, 1])).tolist() == [0, 1]
    recent.keep(array([0, 1]))
    assert recent.misses(array([0, 1])).size == 0
