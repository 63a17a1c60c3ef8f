"""What can be revoked: what keepers know is put together in any order, and a revocation is never lost in it."""

from hypothesis import given
from hypothesis import strategies as st

from streakline.door.api_keys import ApiKey
from streakline.door.revocable import Known

IDS = st.sampled_from(["a", "b", "c", "d"])
KNOWN = st.builds(
    Known,
    st.dictionaries(IDS, st.none()).map(lambda ids: {id_: ApiKey(id_, f"digest {id_}", ()) for id_ in ids}),
    st.dictionaries(IDS, st.integers(0, 9)),
)


@given(KNOWN, KNOWN, KNOWN)
def test_what_keepers_know_is_put_together_in_any_order_and_as_often_as_one_likes(
    one: Known[ApiKey], two: Known[ApiKey], three: Known[ApiKey]
) -> None:
    together = one.joined(two).joined(three)
    assert together == three.joined(one.joined(two)) == two.joined(three.joined(one))
    assert together == together.joined(two) == together.joined(together)


@given(KNOWN, KNOWN)
def test_nothing_that_either_knows_is_lost_and_nothing_is_made_up(
    one: Known[ApiKey], two: Known[ApiKey]
) -> None:
    together = one.joined(two)
    assert set(together.kept) == set(one.kept) | set(two.kept)
    for id_, at in together.revoked.items():
        assert at == min(known.revoked[id_] for known in (one, two) if id_ in known.revoked)
    assert set(together.revoked) == set(one.revoked) | set(two.revoked)


@given(KNOWN, KNOWN)
def test_what_is_missing_makes_the_other_whole(one: Known[ApiKey], two: Known[ApiKey]) -> None:
    missing = one.missing_in(two)
    assert set(two.joined(missing).kept) == set(one.joined(two).kept)
    assert set(two.joined(missing).revoked) == set(one.joined(two).revoked)
    assert not missing.kept.keys() & two.kept.keys()
    assert not missing.revoked.keys() & two.revoked.keys()
