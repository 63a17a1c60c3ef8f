"""What keepers know of connections together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streakline.platforms.connectors.known import Connection, Grant, Known, is_later

IDS = st.sampled_from(["a", "b", "c"])
grants = st.dictionaries(
    IDS, st.tuples(st.integers(0, 3), st.sampled_from(["", "x", "y"]), st.integers(0, 2))
)


@st.composite
def known(draw: st.DrawFn) -> Known:
    there = draw(st.sets(IDS))
    return Known(
        {id_: Connection(id_, "ann", "youtube", "UC" + id_, id_, 1) for id_ in there},
        {id_: Grant(id_, generation, sealed, at) for id_, (generation, sealed, at) in draw(grants).items()},
        draw(st.dictionaries(IDS, st.integers(1, 3))),
    )


@given(known(), known(), known())
def test_what_is_known_together_is_so_in_any_order(one: Known, two: Known, three: Known) -> None:
    assert one.joined(two) == two.joined(one)
    assert one.joined(two).joined(three) == one.joined(two.joined(three))
    assert one.joined(two).joined(two) == one.joined(two)


@given(known(), known())
def test_nothing_that_was_removed_or_is_earlier_comes_back(one: Known, two: Known) -> None:
    both = one.joined(two)
    assert not both.removed.keys() & (both.connections.keys() | both.grants.keys())
    for id_, grant in both.grants.items():
        assert not any(id_ in known.grants and is_later(known.grants[id_], grant) for known in (one, two))


@given(known(), known())
def test_whoever_is_told_what_he_lacks_knows_all(one: Known, two: Known) -> None:
    one, two = one.joined(Known()), two.joined(Known())
    told = two.joined(one.missing_in(two))
    assert not one.joined(two).missing_in(told)


def test_connections_of_a_person_come_in_their_order() -> None:
    some = (("b", "ann", 2), ("a", "ann", 1), ("c", "bob", 0))
    made = [Connection(id_, owner, "youtube", id_, id_, at) for id_, owner, at in some]
    found = Known({one.id: one for one in made})
    assert [one.id for one in found.of("ann")] == ["a", "b"]
    assert found
    assert not Known()
