"""The bytes that archive sends: ClickHouse and its own client must read the same out of them."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from clickhouse_connect.datatypes.registry import get_from_name
from clickhouse_connect.driver.insert import InsertContext
from clickhouse_connect.driver.transform import NativeTransform
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.archive.native import Column, UnknownType, block, strings
from flows.archive.rows import EVENT_COLUMNS, PROVISIONAL_COLUMNS, QUARTER, Batch, event_columns
from flows.archive.store import Store
from real_servers import TestClickHouse
from sql.migrate import migrate
from streakline.measures import BREAKDOWNS, MEASURES
from streakline.streams.entries import Cold
from streakline.streams.records import RECORD, UNKNOWN_COMPLETION

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
        [*(f"user-{n}" for n in range(20)), "\u0671" * 9],
        [*(f"user-{n}" for n in range(20)), "x" * 0x161, "y" * 31, "z" * 32],
        [*(f"user-{n}" for n in range(20)), "x" * 0x10101],
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
        "bytes like a mark",
        "more than 255 bytes",
        "more than 65535 bytes",
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


# --- whole rows, stored by a real server ----------------------------------------------------------------------

ODD = [
    "", "\0", "a\0b", "é" * 80, "日本語", "👩\u200d👩\u200d👧", "\ufffd", "\u2028", "'\"\\`\t\n\r", "\\N", "NULL",
    "nan", "x" * 127, "x" * 128, "x" * 16_384, "ß" * 30_000, "\U0010ffff", "%s", "{x:String}",
]  # fmt: skip
"""Texts that somebody may send."""
FIRST_MS, LAST_MS = 946_684_800_000, 4_294_967_295_000
"""2000, before which nothing is taken, and the last second that a quarter hour can begin in (2106)."""


def some_events(draw: random.Random, size: int) -> Batch:
    texts = [field for field in Cold.__struct_fields__ if field not in {"sent", "position"}]
    rows = [
        Cold(
            **{field: draw.choice([*ODD, f"{field}-{draw.randrange(9)}"]) for field in texts},
            sent=dict(
                zip(draw.sample(ODD, n := draw.choice([0, 0, 1, 4])), draw.sample(ODD, n), strict=True)
            ),
            position=draw.choice([None, 0.0, -1.5, 1e308, 5e-324, draw.random()]),
        )
        for _ in range(size)
    ]
    records = np.zeros(size, RECORD)
    for at in range(size):
        records[at]["listener64"] = draw.choice([0, 2**64 - 1, draw.getrandbits(64)])
        records[at]["start"] = draw.choice([FIRST_MS, LAST_MS, 1_700_000_000_000 + at])
        records[at]["at"] = draw.choice([FIRST_MS, LAST_MS, 1_700_000_000_001])
        records[at]["dur"], records[at]["length"] = draw.choice([0, 2**32 - 1]), draw.getrandbits(32)
        records[at]["off"] = draw.choice([-56, 0, 56, 32_767, -32_768])
        records[at]["kind"], records[at]["flags"] = draw.randrange(1, 30), draw.getrandbits(8)
        records[at]["profile"], records[at]["completion"] = draw.getrandbits(8), UNKNOWN_COMPLETION
    return Batch(records, rows, np.array([draw.getrandbits(63) for _ in range(size)], np.uint64))


def some_counts(draw: random.Random, size: int) -> list[Sequence[Any]]:
    def count() -> int:
        return draw.choice([0, 1, 2**63, 2**64 - 1])

    rows = [
        [QUARTER, draw.choice([0, 1_700_000_100, 2**32 - 1]), draw.getrandbits(8), f"{at} {draw.choice(ODD)}"]
        + [draw.getrandbits(63), draw.choice(["track", ""]), *(count() for _ in MEASURES)]
        + [{draw.choice(ODD): count() for _ in range(draw.choice([0, 3]))} for _ in BREAKDOWNS]
        for at in range(size)
    ]
    return list(zip(*rows, strict=True))


def as_the_client_wants(name: str, column: Column) -> list[Any]:
    values = column.tolist() if isinstance(column, np.ndarray) else list(column)
    if name == "version" and isinstance(values[0], list):
        return [high << 64 | low for low, high in values]
    if name in {"ts", "at"}:
        scale = 1000 if max(values) > 2**32 else 1
        return [
            datetime.fromtimestamp(value // scale, UTC).replace(microsecond=value % scale * 1000)
            for value in values
        ]
    return ["quarter"] * len(values) if name == "grain" else values


@pytest.mark.parametrize("seed", range(3))
def test_any_rows_are_stored_as_if_the_client_had_inserted_them(
    clickhouse_server: TestClickHouse, seed: int
) -> None:
    migrate(clickhouse_server.url)
    draw = random.Random(seed)
    client = clickhouse_server.client()
    store = Store(lambda _: clickhouse_server.client(), threading.Event())
    events, counts = event_columns(some_events(draw, 70), 255), some_counts(draw, 70)
    assert store.insert_events(events) == {}
    assert store.insert_provisional(counts) == {}
    for table, names, columns in (
        ("events", EVENT_COLUMNS, events),
        ("rollup", PROVISIONAL_COLUMNS, counts),
    ):
        client.command(f"create or replace table by_client as {table}")
        client.insert(
            "by_client",
            [as_the_client_wants(name, column) for name, column in zip(names, columns, strict=True)],
            names,
            column_oriented=True,
        )
        ours, theirs = (
            client.raw_query(f"select {', '.join(names)} from {source} order by all", fmt="RowBinary")
            for source in (table, "by_client")
        )
        assert len(ours) > 1_000
        assert ours == theirs
        client.command("drop table by_client")
