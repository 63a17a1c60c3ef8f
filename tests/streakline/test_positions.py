"""Positions: opaque, and refused when they are not ours."""

import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.positions import LONGEST, pack_position, unpack_position
from streakline.times import enc

ENTRY_IDS = st.builds("{}-{}".format, st.integers(1, 9_999_999_999_999), st.integers(0, 4_000_000))


@given(st.dictionaries(st.integers(0, 63), ENTRY_IDS))
def test_a_position_gives_back_what_it_was_made_of(ids: dict[int, str]) -> None:
    assert unpack_position(pack_position(ids), 64) == {shard: enc(entry) for shard, entry in ids.items()}


@given(st.text(max_size=60))
def test_any_other_text_is_refused_by_name_or_is_a_position(text: str) -> None:
    try:
        found: object = unpack_position(text, 4)
    except ValueError as error:
        found = str(error)
    assert isinstance(found, dict) or "position" in str(found)


def test_a_position_of_more_shards_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="shard 4; shards are 0 to 3"):
        unpack_position(pack_position({4: "1-0"}), 4)


@pytest.mark.parametrize("entry_id", ["1", "-", "a-b", "1-0-0", "99999999999999-0", "1-99999999"])
def test_a_position_with_another_kind_of_entry_id_is_refused(entry_id: str) -> None:
    with pytest.raises(ValueError, match="position names entry"):
        unpack_position(pack_position({0: entry_id}), 4)


def test_a_very_long_text_is_not_decoded_whole() -> None:
    long = pack_position(dict.fromkeys(range(LONGEST), "1-0"))
    with pytest.raises(ValueError, match="is none that this server gave"):
        unpack_position(long, LONGEST)


def test_msgpack_that_is_no_map_is_refused() -> None:
    text = base64.urlsafe_b64encode(msgspec.msgpack.encode([1, 2])).decode()
    with pytest.raises(ValueError, match="is none that this server gave"):
        unpack_position(text, 4)
