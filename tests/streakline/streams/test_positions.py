"""Positions: for each shard how far, merged by a comma, and refused when they are not ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.streams.positions import LONGEST, Acknowledged, pack_position, unpack_position, wanted
from streakline.times import enc, ms_of

SHARDS = 4
ENTRY_IDS = st.builds("{}-{}".format, st.integers(1, 9_999_999_999_999), st.integers(0, 4_000_000))
VECTORS = st.dictionaries(st.integers(0, SHARDS - 1), ENTRY_IDS, min_size=1)


@given(st.dictionaries(st.integers(0, 63), ENTRY_IDS, min_size=1))
def test_a_position_gives_back_what_it_was_made_of(ids: dict[int, str]) -> None:
    assert unpack_position(pack_position(ids), 64) == {shard: enc(entry) for shard, entry in ids.items()}


@given(st.lists(VECTORS, min_size=1, max_size=6))
def test_positions_joined_by_commas_are_the_greatest_id_of_each_shard(vectors: list[dict[int, str]]) -> None:
    joined = ",".join(map(pack_position, vectors))
    assert unpack_position(joined, SHARDS) == {
        shard: max(enc(one[shard]) for one in vectors if shard in one)
        for shard in {shard for one in vectors for shard in one}
    }


@given(st.lists(st.dictionaries(st.integers(0, SHARDS - 1), ENTRY_IDS), max_size=8))
def test_what_was_acknowledged_covers_all_that_was_written_in_whatever_order(
    waves: list[dict[int, str]],
) -> None:
    acknowledged = Acknowledged(SHARDS)
    for ids in waves:
        acknowledged.take(ids)
    assert unpack_position(acknowledged.position, SHARDS) == {
        shard: max([enc(ids[shard]) for ids in waves if shard in ids], default=0) for shard in range(SHARDS)
    }


@given(
    st.lists(st.tuples(st.integers(0, SHARDS - 1), st.integers(0, 1), st.integers(0, 3)), max_size=20),
    st.data(),
)
def test_a_position_waits_for_what_any_process_was_acknowledged_before_it(
    steps: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    """Two processes write by one clock; whoever holds the last answer of one holds all that came before, of both."""
    clock, newest, log = 1_000, [0] * SHARDS, list[tuple[int, str]]()
    processes = [Acknowledged(SHARDS), Acknowledged(SHARDS)]
    positions: list[tuple[str, int]] = []
    for shard, process, later in steps:
        clock += later
        last = newest[shard]
        entry_id = f"{clock}-{(last + 1) & 0xFFFF if last >> 22 == clock else 0}"
        newest[shard] = enc(entry_id)
        log.append((shard, entry_id))
        processes[process].take({shard: entry_id})
        positions.append((processes[process].position, len(log)))
    if not positions:
        return
    position, number = data.draw(st.sampled_from(positions))
    awaited = wanted(unpack_position(position, SHARDS), newest)
    for shard, entry_id in log[:number]:
        assert awaited[shard] >= enc(entry_id)
    # And for nothing that cannot come without another event: readers get as far as the streams had come.
    assert all(at <= newest[shard] for shard, at in awaited.items())
    moment = max(ms_of(entry_id) for _, entry_id in log[:number])
    assert all(at >> 22 <= moment for at in awaited.values())


def test_where_nothing_was_ever_written_nothing_is_waited_for() -> None:
    assert wanted(unpack_position(Acknowledged(SHARDS).position, SHARDS), [0, 7 << 22, 0, 0]) == {}


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


@pytest.mark.parametrize(
    "entry_id", ["1", "-", "a-b", "1-0-0", "99999999999999-0", "1-99999999", "\u0661-0", " 1-0"]
)
def test_a_position_with_another_kind_of_entry_id_is_refused(entry_id: str) -> None:
    with pytest.raises(ValueError, match="is none that this server gave"):
        unpack_position(pack_position({0: entry_id}), 4)


def test_a_very_long_text_is_refused_by_its_length() -> None:
    long = pack_position(dict.fromkeys(range(LONGEST), "1-0"))
    with pytest.raises(ValueError, match=f"longer than {LONGEST} characters"):
        unpack_position(long, LONGEST)
