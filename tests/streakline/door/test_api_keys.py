"""API keys: what keepers know is put together in any order, and a revocation is never lost in it."""

from hypothesis import given
from hypothesis import strategies as st

from streakline.door.api_keys import ApiKey, KnownKeys, digest_of, id_of, key_text

IDS = st.sampled_from(["a", "b", "c", "d"])
KNOWN = st.builds(
    KnownKeys,
    st.dictionaries(IDS, st.none()).map(lambda ids: {id_: ApiKey(id_, f"digest {id_}", ()) for id_ in ids}),
    st.dictionaries(IDS, st.integers(0, 9)),
)


@given(KNOWN, KNOWN, KNOWN)
def test_what_keepers_know_is_put_together_in_any_order_and_as_often_as_one_likes(
    one: KnownKeys, two: KnownKeys, three: KnownKeys
) -> None:
    together = one.joined(two).joined(three)
    assert together == three.joined(one.joined(two)) == two.joined(three.joined(one))
    assert together == together.joined(two) == together.joined(together)


@given(KNOWN, KNOWN)
def test_nothing_that_either_knows_is_lost_and_nothing_is_made_up(one: KnownKeys, two: KnownKeys) -> None:
    together = one.joined(two)
    assert set(together.keys) == set(one.keys) | set(two.keys)
    for id_, at in together.revoked.items():
        assert at == min(known.revoked[id_] for known in (one, two) if id_ in known.revoked)
    assert set(together.revoked) == set(one.revoked) | set(two.revoked)


@given(KNOWN, KNOWN)
def test_what_is_missing_makes_the_other_whole(one: KnownKeys, two: KnownKeys) -> None:
    missing = one.missing_in(two)
    assert set(two.joined(missing).keys) == set(one.joined(two).keys)
    assert set(two.joined(missing).revoked) == set(one.joined(two).revoked)
    assert not missing.keys.keys() & two.keys.keys()
    assert not missing.revoked.keys() & two.revoked.keys()


def test_a_key_says_its_id_and_only_a_key_does() -> None:
    assert id_of(key_text("abcdefgh23", "secret_with_more_underscores")) == "abcdefgh23"
    for text in (
        "",
        "slk_",
        "slk_abc_x",
        "slk_ABCDEFGH23_x",
        "eyJhbGciOiJIUzI1NiJ9.e30.sig",
        "slk_abcdefgh23",
    ):
        assert id_of(text) is None


def test_a_digest_is_of_the_whole_key_and_any_text_has_one() -> None:
    assert digest_of("slk_abcdefgh23_x") != digest_of("slk_abcdefgh23_y")
    assert len(digest_of("\ud800 no character")) == 64
