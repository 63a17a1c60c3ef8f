"""Cold rows read where they lie: the same as rows that were decoded, whatever is in them."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flows.archive.cold import read_rows, rows_of
from flows.archive.columns import Floats, Texts
from flows.archive.native import block, strings
from flows.archive.rows import parts
from streakline.streams.entries import VERSION, Cold, pack_cold
from streakline.streams.records import SIZE

TEXT = st.one_of(
    st.sampled_from(["", "ios", "web", "ü", "x" * 31, "x" * 32, "\x00\x19" * 110, "語" * 60]),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.text("ab", min_size=120, max_size=300),
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


@settings(deadline=None, max_examples=100)
@given(ENTRIES)
@example([[Cold("c", "i")] * 25, [Cold("c", "i")]])
@example([[Cold("c", "i")] * 0x1DC, [Cold("d", "j")]])
def test_rows_read_where_they_lie_are_the_rows_that_were_packed(entries: list[list[Cold]]) -> None:
    plain = [row for rows in entries for row in rows]
    read = read_rows([pack_cold(rows) for rows in entries], [len(rows) for rows in entries])
    assert list(rows_of(plain)) == plain
    # What only looks like the head of a row, within a text or a number, asks for a closer look; nothing else does.
    heads = sum(pack_cold([row]).count(b"\xdc\x00\x19") for row in plain)
    assert (list(read) if read is not None else None) == (plain if heads == len(plain) else None)


@settings(deadline=None, max_examples=60)
@given(st.lists(TEXT | st.just("z" * 20_000), min_size=1, max_size=60), st.data())
def test_texts_leave_as_they_would_from_a_list(texts: list[str], data: st.DataObject) -> None:
    column = rows_of([Cold("c", "i", title=text) for text in texts]).columns[22]
    assert isinstance(column, Texts)
    assert column.native() == strings(texts)
    places = data.draw(st.lists(st.integers(0, len(texts) - 1), min_size=1))
    assert list(column.take(np.array(places))) == [texts[place] for place in places]
    hashes = column.hashes().tolist()
    assert len(set(zip(hashes, texts, strict=True))) == len(set(hashes)) == len(set(texts))


@pytest.mark.parametrize("text", ["", "a", "x" * 63, "x" * 64, "z" * 200])
def test_a_text_has_one_hash_whatever_else_is_in_its_column(text: str) -> None:
    beside = (rows_of([Cold("c", "i", title=title) for title in titles]) for titles in ([text], [text, "b"]))
    alone, first = (rows.columns[22].hashes()[0] for rows in beside)  # type: ignore[union-attr]
    assert alone == first


@given(st.lists(st.none() | st.floats(allow_nan=False), min_size=1))
def test_numbers_leave_as_they_would_from_a_list(numbers: list[float | None]) -> None:
    column = rows_of([Cold("c", "i", position=number) for number in numbers]).columns[23]
    assert isinstance(column, Floats)
    declared = ["Nullable(Float64)"]
    assert block(["p"], declared, [column]) == block(["p"], declared, [numbers])


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
