"""Kept answers: for some seconds, within a bound of memory, while their words are the same."""

from __future__ import annotations

from server.resources.kept import LONGEST, MOST_BYTES, NOW_SECONDS, SECONDS, Kept, Question
from streakline.history.freshness import Shard
from streakline.times import QUARTER_MS

SHARDS = [Shard(b"c", b"o", b"1-0", b"1-0", b"", 10 * QUARTER_MS)]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def question(key: bytes = b"q", *, is_now: bool = False) -> Question:
    return Question(key, QUARTER_MS, is_now)


def test_an_answer_holds_for_some_seconds_and_one_for_now_for_one() -> None:
    for is_now, seconds in ((False, SECONDS), (True, NOW_SECONDS)):
        clock = Clock()
        kept = Kept(clock)
        kept.keep(question(is_now=is_now), SHARDS, b"answer")
        clock.now = seconds - 0.01
        assert kept.find(b"q", SHARDS) == b"answer"
        clock.now = seconds
        assert kept.find(b"q", SHARDS) is None
        assert kept.size == 0


def test_a_changed_word_ends_it() -> None:
    kept = Kept(Clock())
    kept.keep(question(), SHARDS, b"answer")
    assert kept.find(b"q", [SHARDS[0]._replace(closed=b"x")]) is None
    assert kept.find(b"q", SHARDS) is None


def test_memory_is_bounded_and_the_oldest_go_first() -> None:
    kept = Kept(Clock())
    text = b"x" * (LONGEST - 10)
    for number in range(100):
        kept.keep(question(b"%d" % number), SHARDS, text)
        assert kept.size <= MOST_BYTES
    assert kept.find(b"99", SHARDS) == text
    assert kept.find(b"0", SHARDS) is None
    assert kept.size > MOST_BYTES // 2


def test_an_answer_that_is_too_long_is_not_kept_nor_the_one_before() -> None:
    kept = Kept(Clock())
    kept.keep(question(), SHARDS, b"short")
    kept.keep(question(), SHARDS, b"x" * LONGEST)
    assert kept.find(b"q", SHARDS) is None
    assert kept.size == 0


def test_what_is_over_leaves_before_there_is_no_room() -> None:
    clock = Clock()
    kept = Kept(clock)
    kept.keep(question(b"old"), SHARDS, b"answer")
    clock.now = SECONDS
    kept.keep(question(b"new"), SHARDS, b"answer")
    assert kept.size == len(b"new") + len(b"answer")
