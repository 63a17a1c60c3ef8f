import gzip
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from streakline.door.unpacking import (
    MOST_CODINGS,
    UNPACKED,
    CodingUnknown,
    Damaged,
    Swollen,
    codings_of,
    unpacked,
)

PACK = {"gzip": gzip.compress, "deflate": zlib.compress, "zstd": zstandard.compress}


def bare(body: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packing.compress(body) + packing.flush()


@given(st.binary(max_size=300), st.lists(st.sampled_from(UNPACKED), max_size=MOST_CODINGS))
def test_a_body_is_unpacked_in_the_other_order_than_it_was_packed(body: bytes, codings: list[str]) -> None:
    packed = body
    for coding in codings:
        packed = PACK[coding](packed)
    assert unpacked(packed, codings, 1_000) == body


@pytest.mark.parametrize(
    ("lines", "codings"),
    [
        ([], []),
        (["gzip"], ["gzip"]),
        (["GZip"], ["gzip"]),
        (["x-gzip"], ["gzip"]),
        ([" X-GZIP\t"], ["gzip"]),
        (["identity"], []),
        ([""], []),
        (["identity, gzip,, Identity"], ["gzip"]),
        (["deflate, gzip"], ["deflate", "gzip"]),
        (["deflate", "gzip, zstd"], ["deflate", "gzip", "zstd"]),
    ],
)
def test_names_are_equal_as_rfc_9110_holds_them_equal(lines: list[str], codings: list[str]) -> None:
    assert codings_of(lines) == codings


@pytest.mark.parametrize(
    "lines", [["br"], ["gzip, br"], ["x"], ["gzip;q=1"], ["*"], ["compress"], ["\udcff"]]
)
def test_an_unknown_coding_is_refused_by_name(lines: list[str]) -> None:
    with pytest.raises(CodingUnknown, match="is not unpacked here; send gzip, deflate, zstd or none"):
        codings_of(lines)


def test_too_many_codings_are_refused() -> None:
    with pytest.raises(CodingUnknown, match="4 content codings"):
        codings_of(["gzip, gzip, gzip, gzip"])


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_several_members_are_one_body(one: bytes, other: bytes) -> None:
    assert unpacked(gzip.compress(one) + gzip.compress(other), ["gzip"], 1_000) == one + other
    assert unpacked(zstandard.compress(one) + zstandard.compress(other), ["zstd"], 1_000) == one + other


@given(st.binary(max_size=200))
def test_a_bare_stream_is_taken_for_deflate_too(body: bytes) -> None:
    assert unpacked(bare(body), ["deflate"], 1_000) == body


@given(st.binary(min_size=1, max_size=200), st.sampled_from(UNPACKED), st.data())
def test_a_body_that_breaks_off_is_damaged(body: bytes, coding: str, data: st.DataObject) -> None:
    packed = PACK[coding](body)
    with pytest.raises(Damaged, match=coding):
        unpacked(packed[: data.draw(st.integers(1, len(packed) - 1))], [coding], 1_000)


@pytest.mark.parametrize("coding", UNPACKED)
def test_what_follows_the_end_is_damaged(coding: str) -> None:
    with pytest.raises(Damaged, match=coding):
        unpacked(PACK[coding](b"[]") + b"rubbish", [coding], 1_000)


@given(st.binary(max_size=60), st.sampled_from(UNPACKED))
def test_no_bytes_do_more_harm_than_to_be_damaged(body: bytes, coding: str) -> None:
    try:
        assert len(unpacked(body, [coding], 1_000)) <= 1_000
    except (Damaged, Swollen):
        return


@pytest.mark.parametrize("coding", UNPACKED)
@pytest.mark.parametrize("size", [1_001, 50_000_000])
def test_a_body_swells_to_what_is_allowed_and_no_further(coding: str, size: int) -> None:
    assert len(unpacked(PACK[coding](b" " * 1_000), [coding], 1_000)) == 1_000
    with pytest.raises(Swollen, match="larger than 1000 bytes"):
        unpacked(PACK[coding](b" " * size), [coding], 1_000)
