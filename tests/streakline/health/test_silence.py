"""Whether the flows have covered all there is."""

from collections.abc import Mapping

from streakline.health import silence


def progress(content: int, viewers: int) -> dict[bytes, bytes]:
    return {
        b"content": f"{content}-0".encode(),
        b"viewers:u:0": f"{viewers}-0".encode(),
        b"viewers:u:1": f"{viewers}-0".encode(),
    }


def last_heard(
    lasts: Mapping[int, str | bytes], numbers: Mapping[int, Mapping[bytes, bytes]]
) -> dict[int, int] | None:
    """Ask where shards of the contents and parts of the persons have the same numbers."""
    return silence.last_heard(lasts, numbers, numbers.values())


def test_all_is_heard_when_content_and_every_part_of_the_persons_are_past_the_last_entries() -> None:
    assert last_heard({0: "5-0", 1: b"7-0"}, {0: progress(7, 7), 1: progress(7, 9)}) == {0: 5, 1: 7}


def test_while_a_reader_is_behind_or_has_noted_nothing_nobody_knows() -> None:
    assert last_heard({0: "5-0"}, {0: progress(4, 5), 1: progress(5, 5)}) is None
    assert last_heard({0: "5-0"}, {0: progress(5, 5), 1: progress(5, 4)}) is None
    assert last_heard({0: "5-1"}, {0: progress(5, 5), 1: progress(5, 5)}) is None
    assert last_heard({0: "5-0"}, {0: progress(5, 5), 1: {}}) is None


def test_a_shard_without_a_stream_holds_nobody_up_and_without_any_there_is_nothing_to_go_by() -> None:
    assert last_heard({1: "5-0"}, {0: progress(0, 5), 1: progress(5, 5)}) == {1: 5}
    assert last_heard({}, {0: {}, 1: {}}) is None


def test_more_parts_than_shards_are_all_asked_and_parts_that_are_none_are_not() -> None:
    lasts, ahead, behind = {0: "5-0"}, progress(5, 5), progress(5, 4)
    assert silence.last_heard(lasts, {0: ahead}, [ahead, ahead, ahead]) == {0: 5}
    assert silence.last_heard(lasts, {0: ahead}, [ahead, ahead, behind]) is None
    assert silence.last_heard(lasts, {0: ahead, 1: behind}, [ahead]) == {0: 5}
