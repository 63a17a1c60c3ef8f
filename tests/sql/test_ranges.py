"""Totals of a range are those of its raw events, wherever it begins and ends, closed or open, late or not."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from real_servers import TestClickHouse, TestRedis
from sql import migrate
from sql.composed import sums
from streakline.history.plan import parameters, plan_of_sums
from streakline.history.ranges import Range, between
from streakline.streams import keys
from streakline.times import QUARTER_MS

SHARED = ("whatsapp", "mail")


@pytest.fixture
def case(redis_server: TestRedis, clickhouse_server: TestClickHouse) -> Iterator[Case]:
    case = Case(redis_server, clickhouse_server)
    yield case
    case.clickhouse.close()


def made(chance: random.Random, number: int, at: int) -> dict[str, Any]:
    """Return an event of one of two contents at about a moment: often just at a quarter hour, or a ms beside it."""
    at = at // QUARTER_MS * QUARTER_MS + chance.choice([-1, 0, 1, chance.randrange(QUARTER_MS)])
    content, user = chance.choice("ab"), f"u{chance.randrange(5)}"
    if chance.random() < 0.2:
        return {
            "id": f"s{number}", "type": "share", "contentId": content, "timestamp": at, "userId": user,
            "platform": chance.choice(SHARED),
        }  # fmt: skip
    about = {
        "userId": user,
        "sessionId": f"s{chance.randrange(9)}",
        "source": chance.choice(["feed", "search"]),
    }
    return play(content, at, f"p{number}", chance.choice([5, 30, 200]), **about)


def counted(events: list[dict[str, Any]], start: int, end: int) -> dict[str, Any]:
    """Count the plain way: one look at every event."""
    within = [event for event in events if start <= event["timestamp"] < end]
    plays = [event for event in within if event["type"] == "play"]
    long = [event for event in plays if event["duration"] >= 20]
    shares = [event for event in within if event["type"] == "share"]
    return {
        "starts": len(plays),
        "plays": len(long),
        "time_ms": sum(event["duration"] * 1000 for event in plays),
        "shares": len(shares),
        "by_source": dict(Counter(event["source"] for event in long)),
        "shares_by_platform": dict(Counter(event["platform"] for event in shares)),
        "listeners": len({event["userId"] for event in within}),
        "sessions": len({event["sessionId"] for event in long}),
    }


def asked(case: Case, of: Range, first_open: int, content: str | None = None) -> dict[str, Any]:
    plan = plan_of_sums(
        of,
        first_open,
        ("starts", "plays", "time_ms", "shares"),
        sketches=("listeners", "sessions"),
        maps=("by_source", "shares_by_platform"),
        content=content,
    )
    [row] = case.clickhouse.query(sums(plan), parameters={**parameters(plan), "shards": [0]}).named_results()
    return dict(row)


def test_totals_of_any_range_are_those_of_the_events_in_it(case: Case) -> None:
    chance = random.Random(7)
    events = [made(chance, n, NOON - chance.randrange(3 * DAY)) for n in range(300)]
    case.feed.tick(NOON)
    case.feed.send(NOON + MINUTE, *events[:200])
    case.settle()
    case.feed.tick(NOON + 14 * HOUR)  # everything until now is closed, and a day
    case.settle()
    events += [made(chance, n, NOON + 13 * HOUR + chance.randrange(HOUR)) for n in range(300, 400)]
    case.feed.send(NOON + 14 * HOUR, *events[200:])  # late ones, and open quarter hours
    case.settle()
    edges = sorted({event["timestamp"] + beside for event in events for beside in (-1, 0, 1)})
    closed = int(case.redis.hget(keys.base(0), "upto")) + QUARTER_MS
    for _ in range(60):
        start, end = sorted(chance.sample(edges, 2))
        # Who was told of less that is closed gets the same numbers, from finer rows.
        first_open = chance.choice([closed, closed, closed - DAY, 0])
        for content in (None, "a"):
            own = [event for event in events if content in (None, event["contentId"])]
            wanted = counted(own, start, end)
            found = asked(case, between(start, end), first_open, content)
            assert {name: found[name] for name in wanted} == wanted, (start, end, first_open, content)


def test_quarter_hours_that_were_there_before_the_copy_began_are_in_it(
    case: Case, clickhouse_server: TestClickHouse
) -> None:
    case.feed.tick(NOON)
    case.feed.send(NOON + MINUTE, play("a", NOON - DAY, "p1", 30))
    case.settle()
    case.clickhouse.command("truncate table content_quarters")
    case.clickhouse.command((migrate.FOLDER / "0053_fill_content_quarters.sql").read_text())
    columns = "at, contentId, plays, uniqCombined64Merge(listeners)"
    [copied, own] = (
        case.rows(f"select {columns} from {table} final where {where} group by all order by all")
        for table, where in (("content_quarters", "1"), ("rollup", "grain = 'quarter'"))
    )
    assert copied == own != []


def test_sums_of_the_site_that_were_not_kept_yet_are_filled_in(case: Case) -> None:
    case.feed.tick(NOON)
    plays = [play(content, NOON - DAY + n * HOUR, f"p{n}", 30) for n, content in enumerate("aab")]
    case.feed.send(NOON + MINUTE, *plays)
    case.settle()
    case.close_all(NOON + 13 * HOUR)
    columns = "grain, at, shard, version, plays, uniqCombined64Merge(listeners)"
    kept = case.rows(f"select {columns} from site_counts final group by all order by all")
    assert [row[4] for row in kept] == [1, 1, 1, 3]
    case.clickhouse.command("truncate table site_counts")
    for name in ("0069_fill_site_quarters", "0070_fill_site_days"):
        case.clickhouse.command((migrate.FOLDER / f"{name}.sql").read_text())
    assert case.rows(f"select {columns} from site_counts final group by all order by all") == kept
