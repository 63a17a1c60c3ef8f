"""Plans: the coarsest rows that answer a question exactly, and what would have to be read event by event."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streakline.history.buckets import buckets
from streakline.history.plan import DAYS, EVENTS, LONGEST, QUARTERS, Plan, parameters, plan
from streakline.history.query import Query, Unanswerable, read
from streakline.times import DAY_MS, QUARTER_MS, parse_when

NOW = parse_when("2026-03-01T12:07:31.250Z")[0]


def planned(**members: Any) -> tuple[Plan, Query]:
    query = read(json.dumps({"metrics": ["plays"], **members}).encode(), NOW)
    made = [] if query.bucket is None else buckets(query.bucket.name, query.of, query.zone)
    return plan(query, query.of, made, NOW), query


@pytest.mark.parametrize(
    ("members", "grain"),
    [
        ({}, DAYS),
        ({"dimensions": ["day"], "tz": "Asia/Kolkata"}, DAYS),
        ({"dimensions": ["month"], "timeRange": "1y"}, DAYS),
        ({"dimensions": ["hour"]}, QUARTERS),
        ({"dimensions": ["hourOfDay"]}, QUARTERS),
        ({"dimensions": ["weekday"]}, DAYS),
        ({"dimensions": ["weekday"], "tz": "Europe/Berlin"}, QUARTERS),
        ({"dimensions": ["source"]}, DAYS),
        ({"dimensions": ["source", "country"]}, EVENTS),
        ({"dimensions": ["minute"], "timeRange": "24h"}, EVENTS),
        ({"metrics": ["listeners"], "dimensions": ["source"]}, EVENTS),
        ({"metrics": ["listeners"]}, DAYS),
    ],
)
def test_the_coarsest_rows_that_are_exact_are_read(members: dict[str, Any], grain: str) -> None:
    assert planned(**members)[0].grain == grain


def test_a_range_is_divided_into_pieces_that_lie_side_by_side() -> None:
    divided = planned()[0].divided
    pieces = (
        divided.start,
        divided.quarters,
        divided.days,
        divided.days_end,
        divided.quarters_end,
        divided.end,
    )
    assert list(pieces) == sorted(pieces)
    assert (pieces[0], pieces[-1]) == (NOW - 30 * DAY_MS, NOW)
    assert divided.days % DAY_MS == divided.days_end % DAY_MS == divided.quarters % QUARTER_MS == 0


def test_sums_of_the_site_answer_where_nothing_tells_contents_apart() -> None:
    song = {"dimension": "content", "operator": "is", "values": ["a"]}
    assert planned(dimensions=["day"])[0].of_site
    assert planned(dimensions=["source"])[0].of_site
    assert not planned(dimensions=["content"])[0].of_site
    assert not planned(dimensions=["creator"])[0].of_site
    assert not planned(filters=[song])[0].of_site
    assert not planned(filters=[{**song, "operator": "is_not"}])[0].of_site


def test_a_content_that_alone_is_read_is_told_by_no_row() -> None:
    song = {"dimension": "content", "operator": "is", "values": ["a"]}
    like = {"dimension": "content", "operator": "contains", "values": ["a"]}
    assert planned(filters=[song])[0].used == ()
    both = planned(filters=[like, song])[0]
    assert (both.contents, [one.name for one in both.used]) == (("a",), ["content"])
    assert [one.name for one in planned(filters=[song], dimensions=["content"])[0].used] == ["content"]


def test_days_of_a_zone_come_from_utc_days_but_where_a_midnight_lies_inside() -> None:
    made, query = planned(dimensions=["day"], tz="Asia/Kolkata", timeRange="7d")
    edges = [bucket.start for bucket in buckets("day", query.of, query.zone)]
    assert {day.toordinal() - 719_163 for day in made.split} == {
        edge // DAY_MS for edge in edges if edge % DAY_MS
    }


def test_single_events_are_read_for_a_month_at_most() -> None:
    both = {"dimensions": ["source", "country"]}
    with pytest.raises(Unanswerable, match=f"at most {LONGEST // DAY_MS} days") as caught:
        planned(**both, timeRange="90d")
    assert caught.value.code == "too-costly"
    assert "source together with country" in str(caught.value)


def test_named_contents_are_read_by_content_and_go_as_parameters() -> None:
    song = [{"dimension": "content", "operator": "is", "values": ["a", "b"]}]
    made, query = planned(filters=song, dimensions=["hourOfDay"])
    given = parameters(made, query.zone)
    assert (made.by_content, made.contents) == (True, ("a", "b"))
    assert given["contents"] == ["a", "b"]
    assert "f0" not in given
    assert {"changes", "offsets"} <= set(given)


def test_the_contents_of_creators_alone_are_read_unless_contents_are_named() -> None:
    band = {"dimension": "creator", "operator": "is", "values": ["band", "duo"]}
    made, query = planned(filters=[band])
    assert (made.creators, made.filters) == (("band", "duo"), ())
    assert parameters(made, query.zone)["creators"] == ["band", "duo"]
    named, _ = planned(filters=[band, {"dimension": "content", "operator": "is", "values": ["song"]}])
    assert (named.creators, len(named.filters)) == ((), 2)


def test_contents_of_no_creator_are_sought_among_all() -> None:
    nobody = {"dimension": "creator", "operator": "is", "values": ["unknown", "band"]}
    assert planned(filters=[nobody])[0].creators == ()
