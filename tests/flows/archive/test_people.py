"""What a person played is by person what the standing rows of raw say, whoever a play was said to be of before."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, SHARD, Case, play
from real_servers import TestClickHouse, TestRedis
from streakline.streams import keys

QUARTER = 15 * MINUTE


@pytest.fixture
def case(redis_server: TestRedis, clickhouse_server: TestClickHouse) -> Case:
    return Case(redis_server, clickhouse_server)


def part(user: str, duration: float, **more: Any) -> dict[str, Any]:
    """Return one event of the one play of `a` that began at noon."""
    return play("a", NOON, "p", duration, playId="p", userId=user, **more)


def held(case: Case, table: str = "person_history") -> dict[str, tuple[int, int]]:
    """Return person -> plays and ms."""
    rows = case.rows(f"select userId, sum(plays), sum(time_ms) from {table} final group by userId")
    return {user: (plays, ms) for user, plays, ms in rows}


def test_a_play_that_changes_hands_before_its_close_is_the_last_persons_alone(case: Case) -> None:
    case.feed.send(NOON + 60_000, part("u", 60))
    case.feed.send(NOON + 90_000, part("v", 90))
    case.settle()
    case.close_all(NOON + 2 * HOUR)
    assert held(case) == {"v": (1, 90_000)}


def test_a_play_that_changes_hands_after_its_close_leaves_its_old_person_nothing(case: Case) -> None:
    case.feed.send(NOON + 60_000, part("u", 60), play("a", NOON + 1000, "q", 30, userId="u"))
    case.settle()
    case.close_all(NOON + 2 * HOUR)
    assert held(case) == {"u": (2, 90_000)}
    case.feed.send(NOON + 3 * HOUR, part("v", 90))
    case.settle()
    assert held(case) == held(case, "person_quarters") == {"u": (1, 30_000), "v": (1, 90_000)}
    case.feed.send(NOON + 3 * HOUR, part("", 95, anonymousId="x"))
    case.settle()
    assert held(case) == held(case, "person_quarters") == {"u": (1, 30_000), "v": (0, 0)}


def test_robots_and_visitors_without_a_name_are_no_persons(case: Case) -> None:
    case.feed.send(NOON, play("a", NOON, "1", bot=True, userId="u"), play("a", NOON, "2", anonymousId="v"))
    case.settle()
    case.close_all(NOON + 2 * HOUR)
    assert held(case) == {}


def test_the_last_rating_of_a_quarter_hour_stands_and_one_outside_its_scale_is_none(case: Case) -> None:
    rates = [
        {
            "id": f"r{number}", "type": "rate", "contentId": "a", "timestamp": NOON + at, "userId": "u",
            "rating": rating,
        }
        for number, (at, rating) in enumerate([(1000, 4), (3000, 7.5), (2000, 9), (4000, 11), (5000, None)])
    ]  # fmt: skip
    case.feed.send(NOON + MINUTE, *rates)
    case.settle()
    case.close_all(NOON + 2 * HOUR)
    rows = case.rows("select rating, toUnixTimestamp64Milli(rated), starts from person_history final")
    assert rows == [(750, NOON + 3000, 0)]


def test_persons_have_what_a_plain_count_of_the_standing_plays_gives_them(case: Case) -> None:
    chance = random.Random(5)
    standing: dict[tuple[str, int], tuple[float, str, int | None, str]] = {}

    def said(number: int) -> dict[str, Any]:
        content, start = chance.choice("abc"), NOON - chance.randrange(40) * QUARTER // 3
        seconds, user = chance.choice([5.0, 40.0, 80.0, 200.0]), chance.choice(["u", "v", "w", ""])
        zone, app = chance.choice([None, "Asia/Tokyo", "America/New_York"]), chance.choice(["web", "tv"])
        key = (content, start)
        if key not in standing or standing[key][0] < seconds:
            offset = {None: None, "Asia/Tokyo": 36, "America/New_York": -16}[zone]
            standing[key] = (seconds, user, offset, app)
        about = {"playId": "p", "userId": user, "platform": app, "anonymousId": "x"}
        return play(content, start, str(number), seconds, **about, **({"tz": zone} if zone else {}))

    for step in range(3):
        case.feed.send(NOON + (step + 1) * HOUR, *(said(step * 100 + number) for number in range(40)))
        case.settle()
        case.redis.set(keys.wanted(SHARD), 1, ex=35)
        case.archive.run()
    case.close_all(NOON + DAY)
    wanted: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    for (content, start), (seconds, user, offset, app) in standing.items():
        if user:
            key = (
                start // QUARTER * QUARTER // 1000,
                content,
                user,
                32_767 if offset is None else offset,
                app,
            )
            row = wanted[key]
            row[0], row[1], row[2] = row[0] + 1, row[1] + (seconds >= 20), row[2] + int(seconds * 1000)
    for table in ("person_quarters", "person_history"):
        rows = case.rows(
            "select toUnixTimestamp(at), contentId, userId, offset, platform, starts, plays, time_ms"
            f" from {table} final where starts > 0"
        )
        assert {row[:5]: list(row[5:]) for row in rows} == wanted
