"""What Instagram answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streakline.platforms.connectors.exchange import Reply, Unreadable
from streakline.platforms.connectors.instagram.replies import (
    Insight,
    count,
    insights_of,
    moment,
    object_of,
    page_of,
)
from streakline.times import parse_when


def reply(body: Any) -> Reply:
    return Reply(200, {}, json.dumps(body).encode(), 0)


def test_a_number_stands_in_one_of_three_places_or_nowhere() -> None:
    lifetime = {"name": "reach", "period": "lifetime", "values": [{"value": 52}]}
    total = {"name": "views", "period": "day", "total_value": {"value": 90, "breakdowns": []}}
    day = {"name": "reach", "values": [{"value": 3, "end_time": "2026-05-04T07:00:00+0000"}]}
    assert insights_of(reply({"data": [lifetime, total, day]})) == [
        Insight("reach", 52, 0), Insight("views", 90, 0), Insight("reach", 3, parse_when("2026-05-04T07:00:00Z")[0]),
    ]  # fmt: skip
    assert insights_of(reply({"data": []})) == []
    assert insights_of(reply({})) == []
    broken = {
        "name": "views",
        "total_value": {"breakdowns": []},
        "values": [{"value": {"a": 1}}, {"value": None}],
    }
    assert insights_of(reply({"data": [broken]})) == []


def test_a_number_that_is_none_is_told() -> None:
    with pytest.raises(Unreadable, match="the number of 'reach' should"):
        insights_of(reply({"data": [{"name": "reach", "values": [{"value": "52"}]}]}))
    with pytest.raises(Unreadable, match="a count should"):
        count("5")
    assert (count(0), count(None)) == (0, None)


def test_the_next_page_is_a_cursor_and_no_address() -> None:
    paging = {"cursors": {"after": "abc"}, "next": "https://elsewhere/?access_token=x"}
    assert page_of(reply({"data": [], "paging": paging})).after == "abc"
    assert page_of(reply({"data": [], "paging": {"cursors": {"after": "abc"}}})).after == ""
    assert object_of(reply({"id": "1"})) == {"id": "1"}


def test_a_moment_has_an_offset_without_a_colon() -> None:
    assert moment("2026-05-01T10:00:00+0000") == parse_when("2026-05-01T10:00:00Z")[0]
    assert moment(None) == 0
    with pytest.raises(Unreadable, match="a moment should"):
        moment("soon")
