"""What stands of observations, by the queries of the server, against a plain walk over all fetches."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from clickhouse_connect.driver.client import Client

import sql
from streakline.platforms.figures.scores import AGES
from streakline.times import DAY_MS, HOUR_MS

START = 1_790_000_000_000 // DAY_MS * DAY_MS
STARTS = [START + day * DAY_MS for day in range(4)]
WHOLE = 2**64 - 1
COLUMNS = (
    "owner", "platform", "account", "post", "name", "currency", "observedAt", "contentId", "id", "value", "fetchedAt",
    "earliness",
)  # fmt: skip


class Row(NamedTuple):
    owner: str
    platform: str
    account: str
    post: str
    name: str
    at: int
    id: str
    value: float
    fetched: int
    entry: int


def when(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def drawn(chosen: random.Random) -> list[Row]:
    """Return fetches of few numbers at few moments, some accepted twice, in any order."""
    rows = []
    for number in range(400):
        post = chosen.choice(["", "p1", "p2"])
        at = START - DAY_MS + chosen.randrange(0, 5 * 24, 4) * HOUR_MS
        rows.append(
            Row(
                chosen.choice(["ann", "ann", "bob"]), chosen.choice(["youtube", "tiktok"]), "a", post,
                chosen.choice(["views", "likes"]), at, f"id{number}", float(chosen.randrange(100)),
                at + chosen.randrange(5), chosen.randrange(1, 60) << 22,
            )
        )  # fmt: skip
    again = [row._replace(entry=row.entry + (chosen.randrange(60) << 22)) for row in rows[:60]]
    rows += again
    chosen.shuffle(rows)
    return rows


def insert(client: Client, rows: list[Row]) -> None:
    data = [
        [
            row.owner, row.platform, row.account, row.post, row.name, "", when(row.at),
            f"{row.platform}:{row.post}" if row.post else "", row.id, row.value, when(row.fetched), WHOLE - row.entry,
        ]
        for row in rows
    ]  # fmt: skip
    for begin in range(0, len(data), 150):
        client.insert("observations", data[begin : begin + 150], column_names=COLUMNS)


def standing(rows: list[Row]) -> dict[tuple[str, str, str], dict[int, float]]:
    """Return (platform, post, name) -> moment -> what stands, each fetch by its first acceptance."""
    first: dict[Any, Row] = {}
    for row in rows:
        key = (*row[:5], row.at, row.id)
        if key not in first or row.entry < first[key].entry:
            first[key] = row
    found: defaultdict[Any, dict[int, float]] = defaultdict(dict)
    for row in sorted(first.values(), key=lambda row: (row.entry, row.fetched, row.id)):
        found[row.platform, row.post, row.name][row.at] = row.value
    return found


@pytest.mark.parametrize("seed", range(3))
def test_a_days_value_is_the_newest_accepted_of_its_last_moment(clickhouse: Client, seed: int):
    rows = drawn(random.Random(seed))
    insert(clickhouse, rows)
    end, known = START + 3 * DAY_MS + 7 * HOUR_MS, 40 << 22
    of = {
        "owner": "ann",
        "starts": STARTS,
        "end": when(end),
        "earliest": WHOLE - known,
        "platforms": ["youtube"],
        "contents": [],
        "names": ["likes", "views"],
    }
    found = clickhouse.query(sql.query("platforms/days"), of).named_results()
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
    of = {"owner": "ann", "end": when(START + 9 * DAY_MS), "earliest": 0, "platforms": [], "ages": list(AGES)}
    found = clickhouse.query(sql.query("platforms/ages"), of).named_results()
    expected = {}
    for (platform, post, name), moments in standing([row for row in rows if row.owner == "ann"]).items():
        if platform != "youtube" or not post:
            continue
        for at in sorted(moments):
            if at >= published:
                age = next(n for n, most in enumerate(AGES, 1) if at - published <= most)
                expected[post, name, age] = moments[at]
    assert {(row["post"], row["name"], row["age"]): row["found"] for row in found} == expected
    about = clickhouse.query(sql.query("platforms/posts"), {"owner": "ann"}).named_results()
    assert {(row["content"], row["fact"]): row["value"] for row in about}["youtube:p1", "created"] == str(
        published
    )
