"""Numbers as TikTok writes them."""

from __future__ import annotations

from typing import Any

import pytest

from streakline.platforms.connectors.exchange import Unreadable
from streakline.platforms.connectors.tiktok.values import number, published, whole


@pytest.mark.parametrize(
    ("value", "times", "found"),
    [
        (None, 1, None),
        ("", 1, None),
        (0, 1, 0),
        ("7", 1, 7),
        ("2.5", 1, 2.5),
        (0.25, 100, 25),
        (0.29, 100, 29),
    ],
)
def test_a_number_is_one_or_is_not_there(value: Any, times: int, found: Any) -> None:
    assert number(value, times) == found


@pytest.mark.parametrize("value", ["many", True, [], {}])
def test_what_is_no_number_is_told(value: Any) -> None:
    with pytest.raises(Unreadable, match="where a number should"):
        number(value)


def test_a_count_is_whole() -> None:
    assert whole(3.0) == 3
    assert whole(None) is None
    with pytest.raises(Unreadable, match=r"2\.5 stands where a whole number should"):
        whole(2.5)


def test_a_moment_may_be_a_text() -> None:
    assert [published(value) for value in (5, "5", "soon", None, True)] == [5, 5, 0, 0, 0]
