"""Random questions against a second count: DuckDB over the export of raw events, with zones of its own."""

from __future__ import annotations

import os
import random
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from server.door.tokens import mint
from wire import SECRET, Client

ADMIN = {"Authorization": f"Bearer {mint(SECRET, 'read:admin')}"}
QUESTIONS = int(os.environ.get("STREAKLINE_TEST_QUESTIONS", "80"))
"""In the proof 300."""
ZONES = (
    "UTC", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Chatham", "Pacific/Pago_Pago", "Europe/London",
    "America/New_York",
)  # fmt: skip
CHANGES = {
    "Europe/London": ("2025-10-26", "2026-03-29"),
    "Pacific/Chatham": ("2025-09-28", "2026-04-05"),
    "America/New_York": ("2025-11-02", "2026-03-08"),
}
"""Zone -> days of 25 and of 23 hours."""
PLAY = "type in ('play', 'play_start', 'heartbeat')"
COUNTED = {
    "plays": "count(*) filter (counted)",
    "starts": f"count(*) filter ({PLAY})",
    "skips": f"count(*) filter ({PLAY} and not counted)",
    "replays": "count(*) filter (counted and replayed)",
    "finished": "count(*) filter (counted and finished)",
    "likes": "count(*) filter (type = 'like')",
    "saves": "count(*) filter (type = 'save')",
    "shares": "count(*) filter (type = 'share')",
    "downloads": "count(*) filter (type = 'download')",
    "events": "count(*)",
    "listeners": "count(distinct listener)",
    "sessions": "count(distinct sessionId) filter (counted)",
    "users": "count(distinct userId) filter (counted)",
}
RATIOS = {
    "hours": (f"coalesce(sum(round(duration * 1000)) filter ({PLAY}), 0)", "3600000", 1),
    "avgDuration": (
        "sum(round(duration * 1000)) filter (counted)", "1000 * count(*) filter (counted and duration is not null)", 1,
    ),
    "completionRate": (
        "sum(round(completionRate * 10)) filter (counted)",
        "10 * count(*) filter (counted and completionRate is not null)", 1,
    ),
    "skipRate": (f"count(*) filter ({PLAY} and not counted)", f"count(*) filter ({PLAY})", 100),
    "likeRate": ("count(*) filter (type = 'like')", "count(*) filter (counted)", 100),
    "shareRate": ("count(*) filter (type = 'share')", "count(*) filter (counted)", 100),
    "saveRate": ("count(*) filter (type = 'save')", "count(*) filter (counted)", 100),
    "downloadRate": ("count(*) filter (type = 'download')", "count(*) filter (counted)", 100),
    "replayRate": ("count(*) filter (counted and replayed)", "count(*) filter (counted)", 100),
}  # fmt: skip
KEYS = {
    "content": "contentId",
    "contentType": "contentType",
    "creator": "case contentId when 'c0' then 'band' when 'c1' then 'band' else 'unknown' end",
    "source": "coalesce(source, 'unknown')",
    "platform": "coalesce(platform, 'unknown')",
    "country": "coalesce(country, 'unknown')",
    "minute": "strftime(date_trunc('minute', local), '%Y-%m-%dT%H:%M') || shift",
    "quarterHour": "strftime(time_bucket(interval 15 minute, local), '%Y-%m-%dT%H:%M') || shift",
    "hour": "strftime(date_trunc('hour', local), '%Y-%m-%dT%H:%M') || shift",
    "day": "strftime(local, '%Y-%m-%d')",
    "week": "strftime(date_trunc('week', local), '%Y-%m-%d')",
    "month": "strftime(local, '%Y-%m')",
    "quarter": "strftime(local, '%Y') || '-Q' || quarter(local)",
    "year": "strftime(local, '%Y')",
    "hourOfDay": "hour(local)",
    "weekday": "isodow(local)",
}
BUCKETS = ("minute", "quarterHour", "hour", "day", "week", "month", "quarter", "year")
OTHERS = [key for key in KEYS if key not in BUCKETS]
VALUES = {
    "content": ["c0", "c1", "c2", "none"],
    "contentType": ["track", "app"],
    "creator": ["band", "unknown"],
    "source": ["feed", "search", "unknown"],
    "platform": ["web", "mail", "unknown"],
    "country": ["DE", "IN", "unknown"],
}
TYPES = {"c0": "track", "c1": "track", "c2": "app", "c3": "app"}


def midnight(day: str, zone: str) -> int:
    at = datetime.combine(date.fromisoformat(day), datetime.min.time(), ZoneInfo(zone))
    return round(at.timestamp() * 1000)


def edges() -> list[int]:
    """Return moments at which something begins: days of odd lengths and the hours in them, and ordinary ones."""
    found = []
    for zone, days in CHANGES.items():
        for day in days:
            first = midnight(day, zone)
            found += [first + n * HOUR for n in range(-1, 27)]
    for zone in ZONES:
        found += [midnight(f"2026-{month:02}-{day:02}", zone) for month in (1, 6, 9) for day in (1, 7, 20)]
    return [*found, NOON - 5 * MINUTE, NOON - HOUR, NOON + 13 * HOUR, NOON + 14 * HOUR - 20 * MINUTE]


def made(chance: random.Random, number: int) -> dict[str, Any]:
    at = chance.choice(edges()) + chance.choice([-1, 0, 0, 1, chance.randrange(DAY)])
    content = chance.choice(list(TYPES))
    about = {
        "timestamp": min(at, NOON + 14 * HOUR), "contentType": TYPES[content], "sessionId": f"s{chance.randrange(40)}",
        "creatorId": "band" if content in {"c0", "c1"} else None,
        "source": chance.choice(["feed", "search", None]), "country": chance.choice(["DE", "IN", None]),
        "platform": chance.choice(["web", "mail", None]), "bot": chance.random() < 0.05,
    }  # fmt: skip
    if chance.random() < 0.7:
        about["userId"] = f"u{chance.randrange(30)}"
    given = {name: value for name, value in about.items() if value is not None}
    if chance.random() < 0.3:
        kind = chance.choice(["like", "save", "share", "download"])
        return {"id": f"e{number}", "type": kind, "contentId": content, **given}
    more = {"contentDuration": 200} if chance.random() < 0.5 else {}
    duration = chance.choice([None, 5, 19.999, 20, 61.5, 200])
    return play(content, 0, f"p{number}", duration, replayed=chance.random() < 0.2, **more) | given


@pytest.fixture
def case(case: Case) -> Case:
    chance = random.Random(3)
    case.feed.tick(NOON)
    events = [made(chance, number) for number in range(900)]
    early = [event for event in events if event["timestamp"] < NOON]
    case.feed.send(NOON + MINUTE, *early[:600])
    case.settle()
    case.feed.tick(NOON + 13 * HOUR)  # a day is closed
    case.settle()
    others = early[600:] + [event for event in events if event["timestamp"] >= NOON]
    case.feed.send(NOON + 14 * HOUR, *others)  # late ones, and open quarter hours
    case.settle()
    return case


@pytest.fixture
async def counting(client: Client, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    async with client.get(
        "/api/v1/export?format=parquet&timeRange=all&asOf=2030-01-01", headers=ADMIN
    ) as response:
        (tmp_path / "events.parquet").write_bytes(await response.read())
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(
        "create table events as select * replace (timestamp::timestamptz::timestamp as timestamp)"
        f" from '{tmp_path / 'events.parquet'}' where not robot"
    )
    return connection


def question(chance: random.Random) -> dict[str, Any]:
    metrics = chance.sample([*COUNTED, *RATIOS], chance.randint(1, 4))
    dimensions = chance.sample(OTHERS, chance.choice([0, 0, 1, 1, 2]))
    if chance.random() < 0.6:
        dimensions.insert(0, chance.choice(BUCKETS))
    filters = []
    for name in chance.sample(list(VALUES), chance.choice([0, 0, 1, 2])):
        operator = chance.choice(["is", "is_not", "contains"])
        filters.append({"dimension": name, "operator": operator, "values": chance.sample(VALUES[name], 2)})
    start = chance.choice(edges()) + chance.choice([-1, 0, 1])
    length = chance.choice([1, 15 * MINUTE, HOUR, DAY, 3 * DAY, 30 * DAY, 400 * DAY])
    return {
        "metrics": metrics, "dimensions": dimensions, "filters": filters, "tz": chance.choice(ZONES),
        "dateRange": {"from": start, "to": start + chance.randrange(length) + 1}, "limit": 10_000,
    }  # fmt: skip


def counted(
    connection: duckdb.DuckDBPyConnection, query: dict[str, Any], start: int, end: int
) -> dict[Any, Any]:
    """Count the other way: key -> values; a ratio with two decimals, half up."""
    conditions = []
    for one in query["filters"]:
        key = KEYS[one["dimension"]]
        match one["operator"]:
            case "is":
                conditions.append(f"{key} in {tuple(one['values'])}")
            case "is_not":
                conditions.append(f"{key} not in {tuple(one['values'])}")
            case _:
                conditions.append(" or ".join(f"contains({key}, '{value}')" for value in one["values"]))
    shown = [f"{KEYS[name]} as k{place}" for place, name in enumerate(query["dimensions"])]
    for name in query["metrics"]:
        if name in COUNTED:
            shown.append(COUNTED[name])
        else:
            part, whole, _ = RATIOS[name]
            shown += [part, whole]
    rows = connection.execute(
        f"""
        with zoned as (
            select *, timezone('{query["tz"]}', timezone('UTC', timestamp)) as local,
                date_diff('minute', timestamp, local) as minutes,
                (case when minutes < 0 then '-' else '+' end) || lpad((abs(minutes) // 60)::text, 2, '0') || ':'
                    || lpad((abs(minutes) % 60)::text, 2, '0') as shift
            from events
            where timestamp >= $1 and timestamp < $2
        )
        select {", ".join(shown)} from zoned where {" and ".join(f"({one})" for one in conditions) or "true"}
        {"group by all" if query["dimensions"] else ""}
        """,
        [moment(start), moment(end)],
    ).fetchall()
    found = {}
    for row in rows:
        key, rest = row[: len(query["dimensions"])], iter(row[len(query["dimensions"]) :])
        values = []
        for name in query["metrics"]:
            if name in COUNTED:
                values.append(next(rest))
            else:
                values.append(half_up(next(rest), next(rest), RATIOS[name][2]))
        found[key] = tuple(values)
    return found


def half_up(part: float | None, whole: int, times: int) -> float | None:
    if not whole:
        return None
    return float((Decimal(int(part or 0)) * times / whole).quantize(Decimal("0.01"), ROUND_HALF_UP))


def moment(ms: int) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).replace(tzinfo=None)


def is_there(values: tuple[Any, ...], metrics: list[str]) -> bool:
    """Tell whether a row has any metric: hours of 0 are none, a rate of 0 is one."""
    return any(
        value is not None if name in RATIOS and name != "hours" else value
        for name, value in zip(metrics, values, strict=True)
    )


async def test_random_questions_are_answered_as_a_second_count_of_the_raw_events_answers(
    client: Client, counting: duckdb.DuckDBPyConnection
) -> None:
    chance = random.Random(11)
    answered, costly, with_rows, read_from = 0, 0, 0, set()
    while answered < QUESTIONS:
        query = question(chance)
        async with client.post("/api/v1/query", json=query, headers=ADMIN) as response:
            body = await response.json(content_type=None)
        span = query["dateRange"]
        if response.status == 422:
            costly += 1
            assert span["to"] - span["from"] > 5 * DAY, (query, body)
            continue
        assert response.status == 200, (query, body)
        rows = {
            tuple(row[name] for name in query["dimensions"]): tuple(row[name] for name in query["metrics"])
            for row in body["rows"]
        }
        wanted = counted(counting, query, span["from"], span["to"])
        if body["nextCursor"] is not None:
            continue
        if query["dimensions"]:
            rows = {key: values for key, values in rows.items() if is_there(values, query["metrics"])}
            wanted = {key: values for key, values in wanted.items() if is_there(values, query["metrics"])}
        assert rows == wanted, query
        answered += 1
        with_rows += bool(rows)
        read_from.add(body["meta"]["readFrom"])
    assert with_rows > QUESTIONS / 2
    assert read_from == {"days", "quarter hours", "events"}
    assert costly < QUESTIONS
