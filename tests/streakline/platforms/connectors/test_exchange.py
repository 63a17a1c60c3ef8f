"""Requests and replies."""

from __future__ import annotations

import msgspec
import pytest

from streakline.platforms.connectors.exchange import (
    Reply,
    Unreadable,
    answered_at,
    json_of,
    member,
    read,
    words,
)

NOW = 1_700_000_000_000


@pytest.mark.parametrize(
    ("headers", "at"),
    [
        ({"date": "Tue, 14 Nov 2023 22:13:19 GMT"}, NOW - 1_000),
        ({"date": "Tue, 14 Nov 2023 22:13:21 GMT"}, NOW),  # its clock is ahead: nothing is of the future
        ({"date": "soon"}, NOW),
        ({"date": "Tue, 99 Nov 2023 22:13:21 GMT"}, NOW),
        ({}, NOW),
    ],
)
def test_a_reply_is_of_the_moment_that_its_platform_tells(headers: dict[str, str], at: int) -> None:
    assert answered_at(headers, NOW) == at


def test_a_reply_that_is_something_else_is_told() -> None:
    decoder = msgspec.json.Decoder(dict[str, int])
    assert read(Reply(200, {}, b'{"a": 1}', NOW), decoder) == {"a": 1}
    for body in (b"<html>", b'{"a": "1"}', b"\xff", b""):
        with pytest.raises(Unreadable, match="HTTP 200 cannot be read"):
            read(Reply(200, {}, body, NOW), decoder)


def test_what_is_no_json_has_no_members() -> None:
    assert json_of(b"<html>") is None
    assert json_of(b"\xff") is None
    assert member(json_of(b'{"a": {"b": 1}}'), "a", "b") == 1
    assert member(json_of(b'{"a": [1]}'), "a", "b") is None
    assert member(None, "a") is None


def test_words_of_a_platform_are_short_and_tell_no_secret() -> None:
    said = "Bad\n request:  GET /me?access_token=abc.DEF-1&fields=id refresh_token=x client_secret=y code=z"
    assert (
        words(said) == "Bad request: GET /me?access_token=…&fields=id refresh_token=… client_secret=… code=…"
    )
    assert len(words("a" * 1_000)) == 200
