"""Cursors: they come back as they were, for their own question alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.history.pages import LONGEST, Cursor, packed, question, unpacked

ASKED = question("/api/things", [("tz", "UTC")])
KEYS = st.lists(
    st.none() | st.text(max_size=40) | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False), max_size=4
).map(tuple)


@given(as_of=st.integers(0, 2**62), after=KEYS)
def test_a_cursor_comes_back_as_it_was(as_of: int, after: tuple[str | int | float | None, ...]) -> None:
    cursor = Cursor(ASKED, as_of, after)
    text = packed(cursor)
    assert unpacked(text, ASKED) == cursor
    assert text.isascii()
    assert not set(text) & set("+/=&?% ")


def test_the_page_itself_is_no_part_of_the_question() -> None:
    page = [("limit", "7"), ("cursor", "x"), ("asOf", "1"), ("tz", "UTC")]
    assert question("/api/things", page) == ASKED


@pytest.mark.parametrize(
    "other", [question("/api/others", [("tz", "UTC")]), question("/api/things", [("tz", "GMT")])]
)
def test_a_cursor_of_another_question_is_refused(other: int) -> None:
    with pytest.raises(ValueError, match="belongs to another question"):
        unpacked(packed(Cursor(ASKED, 1, ("a",))), other)


@given(st.text(max_size=60))
def test_what_is_no_cursor_is_refused_as_that(text: str) -> None:
    with pytest.raises(ValueError, match="is no cursor"):
        unpacked(text, ASKED)


def test_a_cursor_longer_than_any_is_not_read() -> None:
    with pytest.raises(ValueError, match="is no cursor"):
        unpacked(packed(Cursor(ASKED, 1, ("a" * LONGEST,))), ASKED)
