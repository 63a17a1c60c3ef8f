"""Bytes that nobody of ours wrote into the streams: each is told apart, whatever it holds."""

import msgspec
import pytest

from streakline.counts import MEASURES
from streakline.entries import Poison, pack_control, read_entry, unpack_cold
from streakline.standing import Standing
from streakline.times import SEQ_BITS, dec, enc, named_moment, named_position

NOW = 1_790_000_000_000
DEEP = b"\x91" * 200_000


def test_cold_rows_nested_without_end_are_poison() -> None:
    texts, deep = b"\xa1a", b"\x91\xdc\x00\x1a" + b"\xa1a" * 13 + b"\x80" + b"\xa1a" * 9
    with pytest.raises(Poison, match="field d holds no rows"):
        unpack_cold(deep + b"\xc0" + texts + DEEP)


def test_a_control_map_nested_without_end_is_poison() -> None:
    fields = {name.encode(): value for name, value in pack_control(kind="recount").items()}
    with pytest.raises(Poison, match="field c holds no control map"):
        read_entry({**fields, b"c": b"\x81\xa1a" + DEEP})


def test_a_position_fits_63_bits_whatever_its_sequence_says() -> None:
    assert enc(f"{NOW}-18446744073709551615") == (NOW << SEQ_BITS) | ((1 << SEQ_BITS) - 1)
    assert dec(enc(f"{NOW}-7")) == f"{NOW}-7"


@pytest.mark.parametrize(
    "named", [b"", b"x", b"-1--1", b"1", b"9" * 40 + b"-0", b"9999999999999-0", b"\xd9\xa1-0"]
)
def test_a_position_that_nobody_can_have_come_to_is_refused(named: bytes) -> None:
    with pytest.raises(ValueError, match="u "):
        named_position(named, f"{NOW}-0".encode())


@pytest.mark.parametrize("text", [b"", b"x", b"-5", b"9" * 5000, b"\xff", b"1.5"])
def test_what_is_no_moment_is_long_over(text: bytes) -> None:
    assert named_moment(text) == 0


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("content", {"minutes": {NOW: [1]}}),
        ("content", {"open": {NOW: [1]}}),
        ("content", {"runningPlays": 1 << 63}),
        ("content", {"content": {"a": {"minutes": {NOW: [1]}}}}),
        ("content", {"content": {"a": {"listeners": "x"}}}),
        ("viewers", {"minute": (1 << 63) - 1}),
        ("viewers", {"active": (1 << 63) - 1}),
        ("base", {"upto": 1, "base": [1, 2]}),
        ("nothing", {}),
    ],
)
def test_an_update_that_cannot_be_added_up_is_poison(kind: str, payload: object) -> None:
    standing = Standing()
    standing.apply("base", 0, b"0-0", msgspec.msgpack.encode({"upto": 1, "base": [1] * len(MEASURES)}))
    with pytest.raises(Poison, match=kind):
        standing.apply(kind, 0, b"0-0", msgspec.msgpack.encode(payload))
    assert standing.topics(["a"])["overview"]["totals"]["plays"] == 1


def test_an_update_nested_without_end_is_poison() -> None:
    with pytest.raises(Poison, match="viewers"):
        Standing().apply("viewers", 0, b"0-0", b"\x81\xa1x" + DEEP)
