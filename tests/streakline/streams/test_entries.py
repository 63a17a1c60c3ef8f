"""Stream entries: what travels, and what is refused as poison."""

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.streams.entries import (
    TICK,
    Cold,
    Entry,
    Poison,
    pack_cold,
    pack_control,
    read_entry,
    unpack_cold,
)

texts = st.text(max_size=20)
colds = st.builds(
    Cold, texts, texts, type=texts, title=texts, properties=texts, sent=st.dictionaries(texts, texts, max_size=3),
    position=st.none() | st.floats(0, 1e6),
)  # fmt: skip


def fields(**values: bytes) -> dict[bytes, bytes]:
    return {name.encode(): value for name, value in {"v": b"1", **values}.items()}


@given(st.lists(colds, max_size=5))
def test_cold_rows_travel_unchanged(rows):
    assert unpack_cold(pack_cold(rows)) == rows


@given(st.integers(1, 40), st.binary(min_size=1))
def test_an_entry_holds_as_many_records_as_it_says(n, cold):
    assert read_entry(fields(n=str(n).encode(), h=bytes(64 * n), d=cold)) == Entry(n, bytes(64 * n), cold)


def test_a_tick_holds_nothing():
    assert read_entry({name.encode(): value for name, value in TICK.items()}) == Entry()


@given(
    st.dictionaries(
        st.sampled_from(["kind", "from", "to"]), texts | st.integers(-(2**63), 2**63 - 1) | st.none()
    )
)
def test_a_control_entry_gives_its_map_again(facts):
    packed = {name.encode(): value for name, value in pack_control(**facts).items()}
    assert read_entry(packed) == Entry(control=facts)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({}, "format None is not b'1'"),
        (fields(v=b"2"), "format b'2' is not b'1'"),
        (fields(c=b"\xc1"), "field c holds no control map"),
        (fields(c=msgspec.msgpack.encode([1])), "field c holds no control map"),
        (fields(c=b"\x81\xa2\xff\xff\x01"), "field c holds no control map"),
        (fields(h=bytes(64), d=b"x"), "field h has 64 bytes, but n = b'' records need 64 each"),
        (fields(h=bytes(64), n=b"2", d=b"x"), "field h has 64 bytes, but n = b'2' records"),
        (fields(h=bytes(63), n=b"1", d=b"x"), "field h has 63 bytes, but n = b'1' records"),
        (fields(h=b"", n=b"0", d=b"x"), "field h has 0 bytes, but n = b'0' records"),
        (fields(h=bytes(64), n=b"-1", d=b"x"), "n = b'-1'"),
        (fields(h=bytes(64), n=b"one", d=b"x"), "n = b'one'"),
        (fields(h=bytes(64), n=b"9" * 5_000, d=b"x"), "field h has 64 bytes, but n = b'99999999999999999999' records"),
        (fields(h=bytes(64), n=b"1"), "field d is missing"),
    ],
)  # fmt: skip
def test_an_entry_that_cannot_be_read_is_poison_with_its_reason(entry, why):
    with pytest.raises(Poison) as poison:
        read_entry(entry)
    assert why in str(poison.value)


@given(st.dictionaries(st.sampled_from([b"v", b"n", b"h", b"d", b"c"]), st.binary(max_size=70)))
def test_whatever_stands_in_a_stream_is_an_entry_or_poison(entry):
    with contextlib.suppress(Poison):
        assert isinstance(read_entry({b"v": b"1", **entry}), Entry)


@pytest.mark.parametrize("data", [b"", b"\x01", b"\x91\x01", b"\x91\x92\xa1\xff\xa1a"])
def test_what_is_no_cold_rows_is_poison(data):
    with pytest.raises(Poison, match="field d holds no rows"):
        unpack_cold(data)


def test_rows_of_an_older_shape_get_defaults():
    assert unpack_cold(msgspec.msgpack.encode([["c", "i"]])) == [Cold("c", "i")]


DEEP = b"\x91" * 200_000


def test_cold_rows_nested_without_end_are_poison() -> None:
    texts, deep = b"\xa1a", b"\x91\xdc\x00\x1a" + b"\xa1a" * 13 + b"\x80" + b"\xa1a" * 9
    with pytest.raises(Poison, match="field d holds no rows"):
        unpack_cold(deep + b"\xc0" + texts + DEEP)


def test_a_control_map_nested_without_end_is_poison() -> None:
    fields = {name.encode(): value for name, value in pack_control(kind="recount").items()}
    with pytest.raises(Poison, match="field c holds no control map"):
        read_entry({**fields, b"c": b"\x81\xa1a" + DEEP})


def test_ids_longer_than_ingest_takes_make_rows_unreadable():
    assert unpack_cold(pack_cold([Cold("c" * 200, "i" * 200)])) == [Cold("c" * 200, "i" * 200)]
    for row in (Cold("c" * 201, "i"), Cold("c", "i" * 201)):
        with pytest.raises(Poison, match="field d holds no rows"):
            unpack_cold(pack_cold([row]))
