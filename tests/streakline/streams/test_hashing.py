"""Hashes: 64 bits, by the installation's seed."""

from hypothesis import given
from hypothesis import strategies as st

from streakline.streams.hashing import hash64, identity64

TEXTS, SEEDS = st.text(), st.integers(0, 2**64 - 1)


@given(text=TEXTS, seed=SEEDS)
def test_a_hash_is_a_number_of_64_bits_and_the_same_every_time(text: str, seed: int):
    assert 0 <= hash64(text, seed) < 2**64
    assert hash64(text, seed) == hash64(text, seed)


def test_another_seed_gives_other_hashes():
    assert hash64("a", 1) != hash64("a", 2)


def test_content_start_and_id_make_an_identity():
    one = identity64("c", 1_000, "e", 7)
    assert (
        len(
            {
                one,
                identity64("d", 1_000, "e", 7),
                identity64("c", 1_001, "e", 7),
                identity64("c", 1_000, "f", 7),
            }
        )
        == 4
    )
    assert identity64("c", 1_000, "e", 7) == one
