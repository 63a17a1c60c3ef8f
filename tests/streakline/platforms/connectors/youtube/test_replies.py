"""What YouTube answers."""

from __future__ import annotations

from typing import Any

import pytest

from streakline.platforms.connectors.exchange import Reply, Unreadable
from streakline.platforms.connectors.youtube.replies import count, day, items_of, number, rows_of


def reply(body: bytes) -> Reply:
    return Reply(200, {}, body, 0)


def test_counts_are_texts_and_what_is_hidden_is_not_there() -> None:
    [item] = items_of(reply(b'{"items": [{"id": "v", "new": 1, "statistics": {"viewCount": "5"}}]}')).items
    assert (count(item.statistics.view_count), count(item.statistics.like_count)) == (5, None)
    assert item.published == 0
    assert items_of(reply(b"{}")).items == []


@pytest.mark.parametrize("text", ["", "-1", "1.5", "five", "٣"])
def test_a_text_that_is_no_count_is_told(text: str) -> None:
    with pytest.raises(Unreadable, match="where a count"):
        count(text)


def test_rows_are_read_by_their_own_header() -> None:
    table = b'{"columnHeaders": [{"name": "likes"}, {"name": "day"}], "rows": [[3, "2026-01-02"]]}'
    assert rows_of(reply(table)) == [{"likes": 3, "day": "2026-01-02"}]
    assert rows_of(reply(b'{"columnHeaders": [{"name": "day"}]}')) == []
    with pytest.raises(Unreadable, match="not the 1 cells"):
        rows_of(reply(b'{"columnHeaders": [{"name": "day"}], "rows": [[1, 2]]}'))


@pytest.mark.parametrize(("value", "found"), [(None, None), (0, 0), (-3, -3), (1.5, 1.5)])
def test_numbers_of_reports_are_numbers(value: Any, found: Any) -> None:
    assert number(value) == found


@pytest.mark.parametrize("value", ["3", True, [], {}])
def test_a_cell_that_is_no_number_is_told(value: Any) -> None:
    with pytest.raises(Unreadable, match="should have a number"):
        number(value)


@pytest.mark.parametrize("value", [None, 5, "20260102x", "soon"])
def test_a_cell_that_is_no_day_is_told(value: Any) -> None:
    with pytest.raises(Unreadable, match="should have a day"):
        day(value)
