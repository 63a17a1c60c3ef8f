"""What stands of observations, by the queries of the server, against a plain walk over all fetches."""

from __future__ import annotations

import random

import pytest
from clickhouse_connect.driver.client import Client

import sql
from fetches import START, STARTS, WHOLE, drawn, insert, standing, when
from streakline.platforms.figures.scores import AGES
from streakline.times import DAY_MS, HOUR_MS


@pytest.mark.parametrize("seed", range(3))
def test_a_days_value_is_the_newest_accepted_of_its_last_moment(clickhouse: Client, seed: int):
    rows = drawn(random.Random(seed))
    insert(clickhouse, rows)
    end, known = START + 3 * DAY_MS + 7 * HOUR_MS, 40 << 22
    of = {
        "owner": "ann", "starts": STARTS, "end": when(end), "earliest": WHOLE - known, "platforms": ["youtube"],
        "contents": [], "names": ["likes", "views"], "steps": [],
    }  # fmt: skip
    found = clickhouse.query(sql.query("platforms/series"), of).named_results()
    expected = {}
    kept = [
        r for r in rows if (r.owner, r.platform) == ("ann", "youtube") and r.at < end and r.entry <= known
    ]
    for key, moments in standing(kept).items():
        by_day: dict[int, float] = {}
        for at in sorted(moments):
            by_day[0 if at < START else START + (at - START) // DAY_MS * DAY_MS] = moments[at]
        expected[key] = by_day
    assert {
        (row["platform"], row["post"], row["name"]): dict(zip(row["starts"], row["values"], strict=True))
        for row in found
    } == expected
    assert all(row["ages"] == row["aged"] == [] for row in found)


def test_an_age_is_that_of_the_catalogues_newest_moment(clickhouse: Client):
    rows = drawn(random.Random(7))
    insert(clickhouse, rows)
    published = START + HOUR_MS
    facts = [
        ["content", "youtube:p1", "created", "2020-01-01T00:00:00Z", 1],
        ["content", "youtube:p1", "created", str(published), 2],
        ["content", "youtube:p2", "created", when(published).isoformat(), 3],
        ["content", "tiktok:p1", "created", "soon", 4],
    ]
    clickhouse.insert("facts", facts, column_names=["subject", "id", "fact", "value", "version"])
    of = {
        "owner": "ann", "starts": STARTS, "end": when(START + 9 * DAY_MS), "earliest": 0, "platforms": [],
        "contents": [], "names": [], "steps": list(AGES),
    }  # fmt: skip
    found = clickhouse.query(sql.query("platforms/series"), of).named_results()
    expected = {}
    for (platform, post, name), moments in standing([row for row in rows if row.owner == "ann"]).items():
        if platform != "youtube" or not post:
            continue
        for at in sorted(moments):
            if at >= published:
                age = next(n for n, most in enumerate(AGES, 1) if at - published <= most)
                expected[post, name, age] = moments[at]
    assert {
        (row["post"], row["name"], age): value
        for row in found
        for age, value in zip(row["ages"], row["aged"], strict=True)
    } == expected
    about = clickhouse.query(sql.query("platforms/posts"), {"owner": "ann"}).named_results()
    assert {(row["content"], row["fact"]): row["value"] for row in about}["youtube:p1", "created"] == str(
        published
    )
