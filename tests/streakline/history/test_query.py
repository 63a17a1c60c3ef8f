"""Questions read from JSON: what can be asked, and how what cannot is refused, by name and with the way out."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.history.pages import Cursor, packed
from streakline.history.query import MOST, MOST_DIMENSIONS, Query, Unanswerable, read
from streakline.times import DAY_MS, parse_when

NOW = parse_when("2026-03-01T12:07:31.250Z")[0]


def asked(**members: Any) -> Query:
    return read(json.dumps({"metrics": ["plays"], **members}).encode(), NOW)


def refused(**members: Any) -> Unanswerable:
    with pytest.raises(Unanswerable) as caught:
        asked(**members)
    return caught.value


def test_the_last_thirty_days_until_now_are_asked_for_by_default() -> None:
    query = asked()
    assert (query.of.start, query.of.end, query.as_of) == (NOW - 30 * DAY_MS, NOW, NOW)
    assert (query.is_now, query.is_timed, query.bucket, query.after) == (True, False, None, None)


def test_days_are_those_of_the_zone_with_the_last_one_in_it() -> None:
    query = asked(dateRange={"from": "2026-02-01", "to": "2026-02-02"}, tz="Asia/Kolkata")
    assert query.of.start == parse_when("2026-01-31T18:30:00Z")[0]
    assert query.of.length == 2 * DAY_MS
    assert not query.is_now


def test_rows_come_by_time_else_with_most_of_the_first_metric_first() -> None:
    assert asked(dimensions=["source", "day"]).orders == (("day", False), ("source", False))
    assert asked(dimensions=["source"]).orders == (("plays", True), ("source", False))
    by_source = [{"by": "source", "direction": "asc"}]
    assert asked(dimensions=["source"], orderBy=by_source).orders == (("source", False),)


@pytest.mark.parametrize(
    ("members", "code", "words"),
    [
        ({"metrics": []}, "metric", "there are plays"),
        ({"metrics": ["likess"]}, "metric", "did you mean likes?"),
        ({"metrics": ["plays", "plays"]}, "metric", "twice"),
        ({"dimensions": ["day", "month"]}, "dimension", "one of them divides the time"),
        ({"dimensions": ["conten_type"]}, "dimension", "did you mean contentType?"),
        ({"dimensions": ["content", "source", "country", "device", "day"]}, "dimension", f"at most {MOST_DIMENSIONS}"),
        ({"filters": [{"dimension": "day", "operator": "is", "values": ["x"]}]}, "filter", "by the range"),
        ({"filters": [{"dimension": "source", "operator": "like", "values": ["x"]}]}, "filter", "there are is"),
        ({"filters": [{"dimension": "source", "operator": "is", "values": []}]}, "filter", "at least one"),
        ({"timeRange": "7d", "dateRange": {"from": "2026-01-01"}}, "time-range", "give one of them"),
        ({"dateRange": {"from": "2026-01-02", "to": "2026-01-01"}}, "time-range", "nothing is between"),
        ({"tz": "Mars/Olympus"}, "tz", "Mars/Olympus"),
        ({"compare": "yesterday"}, "compare", "there are previous"),
        ({"compare": "previous", "timeRange": "all"}, "compare", "nothing lies before"),
        ({"limit": 0}, "limit", f"{MOST:,}"),
        ({"orderBy": [{"by": "likes"}]}, "order", "neither metric nor dimension"),
        ({"sort": "plays"}, "parameter", "there are metrics"),
        ({"cursor": "abc"}, "cursor", "cursor"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_named(members: dict[str, Any], code: str, words: str) -> None:
    error = refused(**members)
    assert error.code == code
    assert words in str(error)


def test_a_cursor_belongs_to_its_question_and_brings_its_moment_along() -> None:
    first = asked(dimensions=["content"], limit=5)
    cursor = packed(Cursor(first.number, first.as_of - 60_000, (7, "song")))
    following = asked(dimensions=["content"], limit=9, cursor=cursor)
    assert (following.after, following.as_of, following.is_now) == ((7, "song"), NOW - 60_000, False)
    assert refused(dimensions=["source"], cursor=cursor).code == "cursor"
    assert refused(dimensions=["content"], asOf=NOW, cursor=cursor).code == "cursor"


@given(st.binary(max_size=200))
def test_any_body_is_a_question_or_refused(body: bytes) -> None:
    with contextlib.suppress(Unanswerable):
        assert read(body, NOW).metrics
