"""From entries to parts: rows as they were packed, odd ones with defaults, and poison spoils nothing beside it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.archive.rows import EVENT_COLUMNS, event_columns, parts
from streakline.streams.entries import VERSION, Cold, pack_cold
from streakline.streams.records import SIZE

TEXT = st.one_of(
    st.sampled_from(["", "ios", "web", "ü", "x" * 31, "x" * 32, "\x00\x19" * 110, "語" * 60]),
    st.text(st.characters(codec="utf-8"), max_size=12),
)
ROW = st.builds(
    Cold,
    contentId=st.text(st.characters(codec="utf-8"), max_size=40),
    id=st.text("0123456789abcdef-", min_size=36, max_size=36),
    **dict.fromkeys(("type", "userId", "source", "platform", "os", "userAgent", "title"), TEXT),
    sent=st.dictionaries(st.sampled_from(["source", "country"]), TEXT, max_size=2),
    position=st.none() | st.floats(allow_nan=False),
    properties=st.sampled_from(["", "{}", '{"a":"' + "y" * 4_000 + '"}', "z" * 70_000]),
)
ENTRIES = st.lists(st.lists(ROW, min_size=1, max_size=30), min_size=1, max_size=6)


@settings(deadline=None, max_examples=50)
@given(ENTRIES)
def test_every_field_of_a_row_is_a_column_under_its_own_name(entries: list[list[Cold]]) -> None:
    batch = [
        (f"{place}-0".encode(), fields(pack_cold(rows), len(rows))) for place, rows in enumerate(entries, 1)
    ]
    [part] = parts(batch)
    plain = [row for rows in entries for row in rows]
    assert part.batch is not None
    assert part.batch.rows == plain
    columns = dict(zip(EVENT_COLUMNS, event_columns(part.batch, 0), strict=True))
    for field in Cold.__struct_fields__:
        assert list(columns[field]) == [getattr(row, field) for row in plain]  # type: ignore[call-overload]


def broken() -> dict[str, bytes]:
    good = pack_cold([Cold("content", "id", title="title")] * 2)
    long = pack_cold([Cold("c" * 201, "id"), Cold("content", "id")])
    return {
        "a text that is no UTF-8": good.replace(b"title", b"ti\xfcle"),
        "a text cut within a character": good.replace(b"title", b"titl" + b"\xc3"),
        "bytes instead of a text": good.replace(b"\xa5title", b"\xc4\x04titl"),
        "an id of 201 characters": long,
        "an end that is missing": good[:-1],
        "a row too few": pack_cold([Cold("content", "id")]),
        "a row too many": pack_cold([Cold("content", "id")] * 3),
        "no list": b"\xa0",
        "a length beyond the end": good.replace(b"\xa5title", b"\xdb\xff\xff\xff\xff\xa0"),
        "a map as a text": good.replace(b"\xa5title", b"\x85title"),
    }


@pytest.mark.parametrize("name", broken())
def test_an_entry_that_is_none_spoils_no_other(name: str) -> None:
    good = [Cold("content", "id", title="ü")] * 2
    batch = [
        (f"{place}-0".encode(), fields(data))
        for place, data in enumerate([pack_cold(good), broken()[name], pack_cold(good)], 1)
    ]
    [part] = parts(batch)
    assert [letter.entry for letter in part.dead] == ["2-0"]
    assert part.batch is not None
    assert list(part.batch.rows) == good * 2
    assert [position >> 22 for position in part.batch.entry.tolist()] == [1, 1, 3, 3]


@pytest.mark.parametrize(
    "row",
    [
        ["content", "id"],
        ["content", "id", *[""] * 11, {"source": "x" * 300, **{str(n): "y" for n in range(20)}}],
        ["content", "id", *[""] * 11, {}, *[""] * 9, 7],
        [*["content", "id"], *[""] * 11, {}, *[""] * 9, None, "", "of a later version"],
    ],
    ids=["short", "many pairs", "a whole number", "long"],
)
def test_odd_rows_are_read_as_the_decoder_reads_them(row: list[Any]) -> None:
    packed = msgspec.msgpack.encode([row])
    [part] = parts([(b"1-0", fields(packed, 1))])
    assert part.batch is not None
    assert list(part.batch.rows) == msgspec.msgpack.decode(packed, type=list[Cold])


def fields(packed: bytes, events: int = 2) -> dict[bytes, bytes]:
    cold = zstandard.ZstdCompressor(level=1).compress(packed)
    return {b"v": VERSION, b"n": str(events).encode(), b"h": bytes(SIZE * events), b"d": cold}
