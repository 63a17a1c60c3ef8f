"""Totals of a range are those of its raw events, wherever it begins and ends, closed or open, late or not."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

import sql
from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from real_servers import TestClickHouse, TestRedis
from sql import migrate
from streakline.history.cover import Cover, cover
from streakline.history.ranges import between
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


def asked(case: Case, query: str, ends: Cover, **more: object) -> dict[str, Any]:
    moments = {
        name: datetime.fromtimestamp(getattr(ends, name) / 1000, UTC) for name in Cover.__struct_fields__
    }
    [row] = case.clickhouse.query(sql.query(query), parameters={**moments, **more}).named_results()
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
    for _ in range(60):
        start, end = sorted(chance.sample(edges, 2))
        ends = cover(between(start, end))
        wanted = counted(events, start, end)
        found = asked(case, "history/site_totals", ends)
        assert {name: found[name] for name in wanted} == wanted, (start, end)
        of_one = [event for event in events if event["contentId"] == "a"]
        wanted = counted(of_one, start, end)
        found = asked(case, "history/content_totals", ends, content="a", shard=0)
        assert {name: found[name] for name in wanted} == wanted, (start, end)


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
