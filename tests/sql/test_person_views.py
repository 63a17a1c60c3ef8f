"""The views of persons against the functions that answer the API: every row, in several zones."""

from __future__ import annotations

import json
import random
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from clickhouse_connect.driver.client import Client

from archive_feed import DAY, HOUR, MINUTE, Case, play
from fresh_servers import fresh_clickhouse, fresh_redis
from real_data import recorded_lines
from real_servers import TestClickHouse, TestRedis
from sql import query
from streakline import zones
from streakline.history.cover import moment_of
from streakline.people.breakdowns import finished, hours, months_of
from streakline.people.local_days import date_of, local_day
from streakline.people.milestones import finishes_of, milestones_of
from streakline.people.play_rows import COLUMNS, Content, PlayRows, play_rows
from streakline.people.streaks import streak_of
from streakline.people.viewing_time import PERIODS, viewing_time
from streakline.people.yearly.review import year_of
from streakline.times import QUARTER_MS, iso
from streakline_client.imports import youtube
from streakline_client.imports.rows import Imported

PEOPLE = ("ada", "cleo", "skipper")
ZONES = ("UTC", "Asia/Shanghai", "Pacific/Apia")
IDS = uuid.UUID("ac97b48f-e329-5856-9e8a-002e73c8f695")
NOW = int(time.time() * 1000)


@pytest.fixture(scope="module")
def redis_server(redis_process: TestRedis) -> Iterator[TestRedis]:
    with fresh_redis(redis_process) as server:
        yield server


@pytest.fixture(scope="module")
def clickhouse_server(clickhouse_process: TestClickHouse) -> Iterator[TestClickHouse]:
    with fresh_clickhouse(clickhouse_process) as server:
        yield server


@pytest.fixture(scope="module")
def case(redis_server: TestRedis, clickhouse_server: TestClickHouse) -> Iterator[Case]:
    """A recorded watcher, a traveller with everything, somebody who only skipped: closed up to two hours ago."""
    case = Case(redis_server, clickhouse_server)
    case.feed.tick(NOW - 3 * HOUR)
    lines = recorded_lines("watching/youtube/watch-history.json")
    views = [one.event for one in youtube.parse(lines, "cleo") if isinstance(one, Imported)]
    for first in range(0, len(views), 1000):
        case.feed.send(NOW - 3 * HOUR + MINUTE + first, *views[first : first + 1000])
    case.feed.send(NOW - 2 * HOUR, *travelled(), play("a", NOW - 5 * DAY, "short", 1, userId="skipper"))
    case.settle()
    case.archive.run(waits=31)
    case.feed.tick(NOW - MINUTE)
    case.feed.send(
        NOW - MINUTE, play("pilot", NOW - MINUTE, "now", None, userId="ada", contentType="episode")
    )
    case.settle()
    yield case
    case.clickhouse.close()


@pytest.fixture(scope="module")
def analyst(case: Case, clickhouse_server: TestClickHouse) -> Iterator[Client]:
    with clickhouse_server.analyst() as client:
        yield client


def travelled() -> list[dict[str, Any]]:
    """Return three years of somebody who travels, watches and listens to everything, and rates it."""
    chance = random.Random(12)
    genres = ["Rock; Pop", "rock", "Drama,  Crime ", "", "Jazz/Soul", "unknown", "Pop"]
    zone_names = [
        None,
        None,
        "Pacific/Auckland",
        "America/Los_Angeles",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
    ]
    events: list[dict[str, Any]] = []
    at = NOW - 3 * 365 * DAY
    while at < NOW - 4 * HOUR:
        number = chance.randrange(150)
        kind = ("movie", "episode", "track")[number % 3]
        zone = chance.choice(zone_names)
        about = {
            "userId": "ada", "contentType": kind, "genre": genres[number % len(genres)], "platform": "tv",
            "creatorId": f"c{number % 7}" if number % 5 else None, "contentDuration": 1000 if number % 2 else None,
            "tz": zone, "parentId": f"s{number % 11}" if kind == "episode" and number % 4 else None,
        }  # fmt: skip
        seconds = chance.choice([None, 5, 400, 990, 1000])
        events.append(play(f"{kind}{number}", at, f"p{len(events)}", seconds, **about))
        if chance.random() < 0.2:
            rate = {
                "type": "rate",
                "contentId": f"{kind}{number}",
                "rating": chance.choice([2, 7.5, 7.5, 10]),
            }
            events.append({"id": f"r{len(events)}", "timestamp": at + 1, "userId": "ada", **rate})
        at += int(chance.choice([0.2, 5, 20, 23.9, 24.1, 30, 60]) * HOUR) + chance.randrange(MINUTE)
    return events


def rows_of(case: Case, user: str, as_of: int) -> PlayRows:
    """Return what the API reads of a person."""
    [(upto,)] = case.rows("select toUnixTimestamp(min(upto)) from closed final")
    ends = {"closed_end": moment_of(upto * 1000 + QUARTER_MS), "end": moment_of(as_of)}
    [columns] = list(case.clickhouse.query(query("people/rows"), {"users": [user], **ends}).named_results())
    [known] = list(case.clickhouse.query(query("people/contents"), {"users": [user], **ends}).named_results())
    contents = map(Content._make, zip(*(known[name] for name in known), strict=True))
    return play_rows({name: columns[f"all_{name}"] for name in COLUMNS}, {one.id: one for one in contents})


def read(analyst: Client, view: str, zone: str) -> list[dict[str, Any]]:
    """Return the rows of a view in a zone."""
    answer = analyst.query(
        f"select *, toUnixTimestamp64Milli(now64(3)) as now from {view} order by all",
        settings={"session_timezone": zone},
        query_tz="UTC",
    )
    return list(answer.named_results())


def identity(*parts: object) -> str:
    return str(uuid.uuid5(IDS, ":".join(map(str, parts))))


def ms(moment: datetime) -> int:
    """Return a moment that the client gives without its zone, UTC."""
    return round(moment.replace(tzinfo=UTC).timestamp() * 1000)


def date_text(day: object) -> str | None:
    return None if day is None else str(day)


@pytest.mark.parametrize("zone", [*ZONES, "America/New_York", "Asia/Kathmandu"])
def test_streaks_are_those_of_the_api(case: Case, analyst: Client, zone: str) -> None:
    found = {row["UserId"]: row for row in read(analyst, "viewing_streaks", zone)}
    assert set(found) == set(PEOPLE)
    for user, row in found.items():
        streak = streak_of(rows_of(case, user, row["now"]).counted, row["now"], zones.zone(zone))
        assert (row["CurrentStreak"], row["LongestStreak"]) == (streak.current_streak, streak.longest_streak)
        assert date_text(row["LastWatchedDate"]) == streak.last_watched_date
        assert date_text(row["StreakStartDate"]) == streak.streak_start_date
        assert row["Id"] == identity("viewing_streaks", user)
    assert found["ada"]["CurrentStreak"] > 0
    recorded = {"UTC": 26, "Asia/Shanghai": 24, "America/New_York": 26}
    assert found["cleo"]["LongestStreak"] == recorded.get(zone, found["cleo"]["LongestStreak"])
    assert found["skipper"]["LongestStreak"] == 0


def test_milestones_are_those_of_the_api(case: Case, analyst: Client) -> None:
    rows = read(analyst, "milestones", "UTC")
    found = [
        (
            row["UserId"],
            row["MilestoneType"],
            row["MetricAchieved"],
            iso(ms(row["AchievementDate"])),
            row["CelebrationTier"],
        )
        for row in rows
    ]
    wanted = [
        (user, one.milestone_type, one.metric_achieved, one.achievement_date, one.celebration_tier)
        for user in PEOPLE
        for one in milestones_of(finishes_of(rows_of(case, user, rows[0]["now"]))).milestones
    ]
    assert sorted(found) == sorted(wanted)
    assert {kind for _, kind, *_ in found} >= {"movie", "show", "episode", "track"}
    for row in rows:
        parts = row["MilestoneType"], row["MetricAchieved"], row["UserId"]
        assert row["Id"] == identity("milestones", *parts)


@pytest.mark.parametrize("zone", ZONES)
def test_statistics_of_every_period_are_those_of_the_api(case: Case, analyst: Client, zone: str) -> None:
    rows = read(analyst, "viewing_statistics", zone)
    known = {user: rows_of(case, user, rows[0]["now"]) for user in PEOPLE}
    for row in rows:
        period, own, is_over = row["TimePeriod"], known[row["UserId"]], ms(row["PeriodEnd"]) < NOW - MINUTE
        at = ms(row["PeriodEnd"]) - 1 if is_over else row["now"]
        found = row["TotalHours"], row["TotalMovies"], row["TotalShows"], row["TotalEpisodes"]
        of_the_api = viewing_time(own, period, at, zones.zone(zone))
        # What the clock of an event showed is of the period that is now, or of one between two midnights.
        if not is_over or row["UserId"] == "cleo":
            assert found == (
                of_the_api.total_hours, of_the_api.total_movies, of_the_api.total_shows, of_the_api.total_episodes,
            )  # fmt: skip
        first = iso(ms(row["PeriodStart"])) if period == "all" else of_the_api.period_start
        assert iso(ms(row["PeriodStart"])) == first
        if period == "all":
            assert row["Id"] == identity("viewing_statistics", "all", row["UserId"])
            continue
        start, end = (
            local_day(ms(row[name]) + (not is_over), zones.zone(zone))
            for name in ("PeriodStart", "PeriodEnd")
        )
        if is_over:
            local = own.local(zones.zone(zone)) // DAY
            inside = own.where((local >= start) & (local < end))
            counts = finished(inside)
            sums = hours(int(inside.lasted.sum())), counts["movie"], counts["show"], counts["episode"]
            assert found == sums
        assert row["Id"] == identity("viewing_statistics", period, date_of(start), row["UserId"])
    assert {row["TimePeriod"] for row in rows} == set(PERIODS)
    for user, own in known.items():
        months = {row["PeriodStart"] for row in rows if (row["UserId"], row["TimePeriod"]) == (user, "month")}
        assert len(months) == len({*months_of(own.local(zones.zone(zone))).tolist()})


@pytest.mark.parametrize("zone", ZONES)
def test_years_are_those_of_the_api(case: Case, analyst: Client, zone: str) -> None:
    rows = read(analyst, "year_in_reviews", zone)
    now = rows[0]["now"]
    known = {user: rows_of(case, user, now) for user in PEOPLE}
    wanted = {
        (user, year): found.review({})
        for user, own in known.items()
        for year in range(2010, datetime.now(tz=UTC).year + 2)
        if (found := year_of(own, year, now, zones.zone(zone)))
    }
    assert {(row["UserId"], row["Year"]) for row in rows} == set(wanted)
    assert len(rows) == len(wanted) > 5
    for row in rows:
        review = wanted[row["UserId"], row["Year"]]
        assert (row["TotalMovies"], row["TotalShows"], row["TotalHours"]) == (
            review.total_movies_watched, review.total_shows_watched, review.total_hours,
        )  # fmt: skip
        body = json.loads(msgspec.json.encode(review))
        assert json.loads(row["TopGenres"]) == body["topGenres"]
        assert json.loads(row["TopRated"]) == body["topRated"]
        assert json.loads(row["ViewingTrends"]) == body["viewingTrends"]
        moments = ("plays", "daysWatched", "artists", "titles", "busiestDay")
        assert json.loads(row["MemorableMoments"]) == {name: body[name] for name in moments}
        assert row["Id"] == identity("year_in_reviews", row["Year"], row["UserId"])


@pytest.mark.parametrize("view", ["viewing_streaks", "milestones", "viewing_statistics", "year_in_reviews"])
def test_a_question_about_one_person_reads_the_rows_of_that_person(
    case: Case, analyst: Client, view: str
) -> None:
    case.clickhouse.command(
        "insert into person_history (at, shard, contentId, userId, version)"
        " select toDateTime('2019-12-31 00:00:00', 'UTC') + number * 900, 0, 'x', 'nobody', 1 from numbers(200000)"
    )
    answer = analyst.query(f"select * from {view} where UserId = 'ada'")
    assert {row["UserId"] for row in answer.named_results()} == {"ada"}
    assert int(answer.summary["read_rows"]) < 100_000
