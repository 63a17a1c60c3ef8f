"""What a reader finds at its cursor: told by its own entry, the first one, trimming, and what it had said."""

from __future__ import annotations

import pytest

from streakline.streams.rollback import Found, Held, find, raised
from streakline.times import enc

AT = enc("1000-0")


def held(
    *, there: bool = True, first: str | None = "10-0", trimmed: str = "0-0", progress: str = "1000-0"
) -> Held:
    return Held(there, None if first is None else enc(first), enc(trimmed), enc(progress))


def test_a_reader_whose_entry_is_there_goes_on() -> None:
    assert find(AT, AT, held()) is Found.THERE


def test_a_reader_that_never_read_goes_on() -> None:
    assert find(0, 0, held(there=False, progress="0-0")) is Found.THERE


@pytest.mark.parametrize(
    "found",
    [
        held(there=False),
        held(there=False, first=None),
        held(there=False, first="1001-0"),
        held(there=False, first="1001-0", trimmed="1000-0"),
        held(there=False, trimmed="2000-0"),
    ],
    ids=[
        "older entries",
        "nothing",
        "only newer ones",
        "cut up to it, itself not",
        "older ones past the cut",
    ],
)
def test_an_entry_that_is_gone_and_was_not_trimmed_says_that_redis_went_back(found: Held) -> None:
    assert find(AT, 0, found) is Found.GONE


def test_a_stream_that_was_cut_beyond_a_reader_did_not_go_back() -> None:
    assert find(AT, 0, held(there=False, first="2000-0", trimmed="2000-0")) is Found.TRIMMED
    assert find(AT, 0, held(there=False, first=None, trimmed="2000-0")) is Found.TRIMMED


def test_what_was_said_and_is_not_there_any_more_says_that_redis_went_back() -> None:
    assert find(AT, AT, held(progress="999-7")) is Found.GONE
    assert find(0, AT, held(progress="999-7")) is Found.GONE


def test_a_stream_that_went_back_goes_on_after_the_highest_id_known_and_what_may_be_missing_of_it() -> None:
    known = {"a": "1000-7", "b": "1000-0", "c": "1000-0"}
    assert raised(known, {"a": "999-9", "b": "1000-0"}) == {"a": "6000-7", "c": "6000-0"}
    assert raised({}, {"a": "5-0"}) == {}
