"""Shards of the contents and parts of the persons: what an installation has, and what a setting may say of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.streams.partitions import DEFAULT, OtherPartitions, Partitions, decided, unit
from streakline.streams.progress import FLOWS

NUMBERS = st.integers(1, 64)
MAYBE = st.none() | NUMBERS


@given(NUMBERS, NUMBERS)
def test_an_installation_keeps_its_numbers_whatever_the_defaults_are(shards: int, parts: int) -> None:
    assert decided((shards, parts), (None, None)) == (shards, parts)
    assert (
        decided((shards, parts), (shards, None)) == decided((shards, parts), (None, parts)) == (shards, parts)
    )


@given(NUMBERS)
def test_one_made_when_both_were_one_number_has_as_many_parts_as_shards(number: int) -> None:
    assert decided((number, None), (None, None)) == (number, number)


@given(MAYBE, MAYBE)
def test_a_new_one_takes_what_is_asked_for_and_the_defaults_for_the_rest(
    shards: int | None, parts: int | None
) -> None:
    assert decided((None, None), (shards, parts)) == (shards or DEFAULT.shards, parts or DEFAULT.parts)


@given(NUMBERS, MAYBE, MAYBE, MAYBE)
def test_another_number_than_its_own_is_refused_by_name(
    shards: int, parts: int | None, asked: int | None, asked_parts: int | None
) -> None:
    has = (shards, parts or shards)
    wrong = [
        f"{has[place]} {name}, fixed at its first start, and {variable} is {number}"
        for place, (name, variable, number) in enumerate(
            (("shards", "STREAKLINE_SHARDS", asked), ("parts", "STREAKLINE_PARTS", asked_parts))
        )
        if number not in {None, has[place]}
    ]
    if not wrong:
        assert decided((shards, parts), (asked, asked_parts)) == has
        return
    with pytest.raises(OtherPartitions) as refused:
        decided((shards, parts), (asked, asked_parts))
    assert wrong[0] in str(refused.value)


def test_viewers_owns_parts_and_the_other_flows_own_shards() -> None:
    owned = {flow: (unit(flow), len(Partitions(shards=8, parts=3).of(flow))) for flow in FLOWS}
    assert owned == {"content": ("shards", 8), "viewers": ("parts", 3), "archive": ("shards", 8)}
