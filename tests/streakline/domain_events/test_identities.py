"""Identities: UUIDv5, the same for the same parts on any machine, and others for others."""

import json
import uuid

from hypothesis import given
from hypothesis import strategies as st

from streakline.domain_events.identities import NAMESPACE, identity

PARTS = st.lists(st.text() | st.integers(-(2**53), 2**53) | st.none() | st.booleans(), max_size=4)


@given(parts=PARTS)
def test_an_identity_is_the_uuid5_of_its_parts_as_a_list_of_json(parts: list[object]) -> None:
    plain = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    if plain.isascii() and "\x7f" not in plain:
        assert identity(*parts) == str(uuid.uuid5(NAMESPACE, plain))  # type: ignore[arg-type]
    assert uuid.UUID(identity(*parts)).version == 5  # type: ignore[arg-type]


@given(one=PARTS, other=PARTS)
def test_other_parts_and_another_order_have_another_identity(one: list[object], other: list[object]) -> None:
    alike = json.dumps(one) == json.dumps(other)
    assert (identity(*one) == identity(*other)) is alike  # type: ignore[arg-type]


def test_parts_do_not_run_into_each_other() -> None:
    assert len({identity("a", "b"), identity("ab"), identity("a", "b", ""), identity('a","b')}) == 4
    assert identity("streak", "ann") == "c88baec0-48bc-5f16-9e31-d624c6622450"
