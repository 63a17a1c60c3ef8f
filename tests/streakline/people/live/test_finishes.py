"""Finishes as bytes: the earliest of each content, whatever the order, and never more than a thousand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.people.live.finishes import MOST, Finishes

LONGEST = 2**64 - 1
CONTENTS = st.one_of(
    st.integers(0, 12), st.sampled_from([1 << 8, 1 << 32, 1 << 56, LONGEST]), st.integers(0, LONGEST)
)
MOMENTS = st.one_of(st.integers(-3, 3), st.integers(946_684_800_000, 4_102_444_800_000))


def of(plays: list[tuple[int, int]]) -> Finishes:
    found = Finishes()
    for content, at in plays:
        found = found.with_(content, at)
    return found


@given(st.lists(st.tuples(CONTENTS, MOMENTS), max_size=60), st.randoms())
def test_each_content_has_its_earliest_moment_in_any_order_and_with_repeats(plays, random):
    first: dict[int, int] = {}
    for content, at in plays:
        first[content] = min(at, first.get(content, at))
    again = [*plays, *plays[: len(plays) // 2]]
    random.shuffle(again)
    found = of(again)
    assert found == of(plays)
    assert found.moments == sorted(first.values())
    assert len(found) == len(first)


def test_of_more_than_a_thousand_the_earliest_are_kept():
    plays = [(number, number) for number in range(MOST + 100)]
    assert of(plays) == of(plays[::-1]) == of(plays[:MOST])
    assert len(of(plays)) == MOST


def test_what_tells_nothing_new_is_the_same_object():
    found = of([(5, 10), (7, 20)])
    assert found.with_(5, 10) is found
    assert found.with_(7, 21) is found
    assert found.with_(7, 19).moments == [10, 19]


def test_an_id_is_not_found_between_two_others():
    low, high = 0x1122334455667788, 0x99AABBCCDDEEFF00
    packed = low.to_bytes(8, "little") + high.to_bytes(8, "little")
    between = int.from_bytes(packed[3:11], "little")
    found = of([(low, 1), (high, 2)])
    assert len(found.with_(between, 3)) == 3


@pytest.mark.parametrize(("ids", "first"), [(b"12345678", b""), (b"1234", b"1234"), (b"", b"12345678")])
def test_what_is_no_finishes_is_refused(ids, first):
    with pytest.raises(ValueError, match="no finishes"):
        Finishes(ids, first).checked()
