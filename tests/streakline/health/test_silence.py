"""Whether the flows have covered all there is."""

from streakline.health.silence import last_heard


def progress(content: int, viewers: int) -> dict[bytes, bytes]:
    return {
        b"content": f"{content}-0".encode(),
        b"viewers:u:0": f"{viewers}-0".encode(),
        b"viewers:u:1": f"{viewers}-0".encode(),
    }


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
