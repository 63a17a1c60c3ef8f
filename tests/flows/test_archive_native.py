"""The bytes that archive sends: ClickHouse and its own client must read the same out of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from clickhouse_connect.datatypes.registry import get_from_name
from clickhouse_connect.driver.insert import InsertContext
from clickhouse_connect.driver.transform import NativeTransform
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.archive_native import UnknownType, block, strings

TEXT = st.one_of(
    st.text(max_size=5),
    st.sampled_from(["", "web", "ios"]),
    st.text("abc", min_size=3, max_size=3),
    st.integers(120, 135).map("x".__mul__),
    st.integers(60, 70).map("é".__mul__),
    st.just("x" * 20_000),
)


def by_the_client(type_name: str, values: list[Any]) -> bytes:
    context = InsertContext(
        "t", ["c"], [get_from_name(type_name)], data=[values], column_oriented=True, block_size=len(values)
    )
    made = b"".join(NativeTransform.build_insert(context))
    return made.partition(b"FORMAT Native\n")[2]


@settings(deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=200))
def test_texts_are_written_like_the_client_writes_them(values: list[str]) -> None:
    assert block(["c"], ["String"], [tuple(values)]) == by_the_client("String", values)


@pytest.mark.parametrize(
    "values",
    [
        ["one"] * 300,
        [f"user-{n % 7}" for n in range(300)],
        [f"{n:036d}" for n in range(300)],
        [f"{n:0127d}" for n in range(300)],
        [f"{n:0128d}" for n in range(300)],
        [f"user-{n}" for n in range(300)],
        [f"üser-{n}" for n in range(300)],
        [*(f"{n:036d}" for n in range(299)), "ü" * 36],
    ],
    ids=[
        "one value",
        "few",
        "one length",
        "127 bytes",
        "128 bytes",
        "lengths differ",
        "not ascii",
        "last not ascii",
    ],
)
def test_each_shape_of_texts_is_written_like_the_client_writes_it(values: list[str]) -> None:
    assert block(["c"], ["String"], [tuple(values)]) == by_the_client("String", values)


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=4), st.integers(0, 2**64 - 1), max_size=3), min_size=1))
def test_maps_are_written_like_the_client_writes_them(values: list[dict[str, int]]) -> None:
    ours = block(["c"], ["Map(String, UInt64)"], [values])
    assert ours == by_the_client("Map(String, UInt64)", values)


@settings(deadline=None)
@given(st.lists(st.none() | st.floats(allow_nan=False), min_size=1))
def test_floats_that_may_be_missing_are_written_like_the_client_writes_them(
    values: list[float | None],
) -> None:
    ours = block(["c"], ["Nullable(Float64)"], [values])
    assert ours == by_the_client("Nullable(Float64)", values)


def test_versions_keep_duration_above_position() -> None:
    words = np.array([[7, 3], [2**64 - 1, 2**32]], np.uint64)
    values = [3 << 64 | 7, 2**32 << 64 | 2**64 - 1]
    assert block(["c"], ["UInt128"], [words]) == by_the_client("UInt128", values)


def test_a_dictionary_column_is_sent_as_plain_texts() -> None:
    assert block(["c"], ["LowCardinality(String)"], [("a", "b")]) == by_the_client("String", ["a", "b"])


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        strings(("fine", "\ud800"))


def test_a_number_that_does_not_fit_is_refused() -> None:
    with pytest.raises(OverflowError):
        block(["c"], ["UInt8"], [[256]])


def test_a_type_nobody_wrote_before_is_named() -> None:
    with pytest.raises(UnknownType, match="Array"):
        block(["c"], ["Array(String)"], [[["a"]]])
