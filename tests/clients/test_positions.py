"""Positions as a client merges them: in any order, and never less than any of them."""

from hypothesis import given
from hypothesis import strategies as st

from streakline_client.positions import merged

IDS = st.tuples(st.integers(0, 10**13 - 1), st.integers(0, 4_000_000))
VECTORS = st.lists(st.dictionaries(st.integers(0, 40), IDS), max_size=6)


def text(vector: dict[int, tuple[int, int]]) -> str:
    return ",".join(f"{shard}:{ms}-{seq}" for shard, (ms, seq) in vector.items())


@given(VECTORS)
def test_of_each_shard_the_greatest_stands(vectors):
    greatest: dict[int, tuple[int, int]] = {}
    for vector in vectors:
        for shard, at in vector.items():
            greatest[shard] = max(greatest.get(shard, at), at)
    assert merged(map(text, vectors)) == text(dict(sorted(greatest.items())))
    assert merged([",".join(map(text, vectors))]) == merged(map(text, reversed(vectors)))


def test_what_has_another_form_is_left_to_the_server():
    assert merged(["0:1-0,gA", "gA,0:2-0", ""]) == "0:2-0,gA"
    assert merged([]) == ""
