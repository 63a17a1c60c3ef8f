"""Rows of an answer: filled, ordered, paged, compared and shown, held to the slow obvious way."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streakline.history.buckets import buckets
from streakline.history.query import Query, read
from streakline.history.rows import Group, columns, filled, groups, key_of, page_of, shown
from streakline.times import parse_when

NOW = parse_when("2026-03-04T12:00:00Z")[0]


def asked(**members: Any) -> Query:
    return read(json.dumps({"metrics": ["plays"], **members}).encode(), NOW)


COUNTS = st.dictionaries(st.text(max_size=3), st.integers(0, 5), max_size=12)


@given(COUNTS, st.integers(1, 4))
def test_pages_one_after_the_other_are_all_rows_in_order(counts: dict[str, int], limit: int) -> None:
    query = asked(dimensions=["source"], limit=limit)
    rows = [Group((name,), (count,)) for name, count in counts.items()]
    seen: list[Group] = []
    while True:
        page = page_of(rows, query)
        seen += page[:limit]
        if len(page) <= limit:
            break
        [count, name] = key_of(page[limit - 1], query)
        query = Query(
            **{field: getattr(query, field) for field in query.__struct_fields__} | {"after": (count, name)}
        )
    assert seen == sorted(rows, key=lambda group: (-(group.values[0] or 0), group.key[0]))


def test_every_day_is_there_for_every_value_that_is_there() -> None:
    query = asked(dimensions=["day", "source"], timeRange="7d")
    days = buckets("day", query.of, query.zone)
    found = [Group((2, "feed"), (4,)), Group((5, "search"), (1,))]
    rows = filled(found, query, days)
    assert len(rows) == 2 * len(days)
    assert sum(group.values[0] or 0 for group in rows) == 5
    assert {group.key for group in rows} == {
        (n, name) for n in range(len(days)) for name in ("feed", "search")
    }


def test_of_all_time_the_days_before_the_first_play_are_left_out() -> None:
    query = asked(dimensions=["year"], timeRange="all")
    years = buckets("year", query.of, query.zone)
    rows = filled([Group((len(years) - 3, ), (1,))], query, years)  # fmt: skip
    assert len(rows) == 3


def test_a_ratio_is_shown_with_two_decimals_and_nothing_of_nothing_is_null() -> None:
    query = asked(metrics=["plays", "skipRate"], dimensions=["source"], compare="previous")
    now, then = [Group(("feed",), (8, 1250))], {("feed",): Group(("feed",), (4, None))}
    [row] = shown(now, query, [], then)
    assert row == {
        "source": "feed", "plays": 8, "skipRate": 12.5,
        "compared": {"plays": 4, "skipRate": None},
        "change": {"plays": 100.0, "skipRate": None},
    }  # fmt: skip
    assert columns(query) == [
        ("source", "text"), ("plays", "whole"), ("skipRate", "fraction"),
        ("compared.plays", "whole"), ("compared.skipRate", "fraction"),
        ("change.plays", "fraction"), ("change.skipRate", "fraction"),
    ]  # fmt: skip


def test_a_bucket_has_a_label_and_a_moment_and_a_part_of_a_cycle_is_a_number() -> None:
    query = asked(dimensions=["week", "hourOfDay"], timeRange="7d")
    assert columns(query) == [
        ("week", "day"), ("start", "moment"), ("hourOfDay", "whole"), ("plays", "whole"),
    ]  # fmt: skip
    assert columns(asked(dimensions=["month"]))[0] == ("month", "text")


def test_a_bucket_is_found_by_its_first_moment() -> None:
    query = asked(dimensions=["day"], timeRange="7d")
    edges = [bucket.start for bucket in buckets("day", query.of, query.zone)]
    assert groups([{"d_day": edges[3], "m_plays": 9}], query, edges) == [Group((3,), (9,))]
