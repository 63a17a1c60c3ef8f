"""The views an analyst reads, over a small history whose every number can be checked by hand."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from golden import Golden
from real_servers import TestClickHouse, TestRedis

VIEWS = (
    "daily_stats", "weekly_stats", "monthly_stats", "yearly_stats", "play_events", "like_events", "save_events",
    "share_events", "download_events", "mashup_daily_stats", "user_daily_stats", "analytics_events", "content",
    "creators", "shares", "track_counters",
)  # fmt: skip


@pytest.fixture
def case(redis_server: TestRedis, clickhouse_server: TestClickHouse) -> Iterator[Case]:
    case = Case(redis_server, clickhouse_server)
    case.feed.tick(NOON)
    about = {"creatorId": "kim", "contentDuration": 200}
    case.feed.send(
        NOON + MINUTE,
        play("song", NOON - 40 * DAY, "p1", userId="ann", source="playlist", playlistId="mine", **about),
        play("song", NOON - 40 * DAY + HOUR, "p2", 7, userId="ann", source="radio", **about),
        play("song", NOON - 39 * DAY, "p3", 200, replayed=True, sessionId="t", **about),
        play("song", NOON - 39 * DAY, "p4", None, sessionId="u"),
        play("song", NOON - 39 * DAY, "robot", bot=True),
        play("mix", NOON, "p5", 61.4, contentType="mashup", userId="bob", **about),
        play("mix", NOON, "p6", 30, contentType="mashup", userId="bob", properties={"autoPlay": True}),
    )
    case.feed.send(
        NOON + 2 * MINUTE,
        event("like", "song", NOON - 39 * DAY, userId="ann"),
        event("like", "song", NOON, userId="ann", action="unlike"),
        event("like", "mix", NOON, contentType="mashup", userId="ann", source="landing"),
        event("save", "song", NOON, playlistId="mine"),
        event("share", "mix", NOON, contentType="mashup", platform="whatsapp", source="player"),
        event(
            "share",
            "chess",
            NOON,
            contentType="app",
            platform="a wall",
            userId="ann",
            userAgent="Mozilla/5.0",
            referrer="https://chess.example/play",
        ),
        event("share", "chess", NOON + 1, contentType="app", platform="whatsapp"),
        event("share", "chess", NOON + 2, contentType="app", platform="whatsapp", bot=True),
        event("download", "song", NOON, userAgent="Mozilla/5.0"),
        event("comment", "mix", NOON, contentType="mashup"),
        event("follow", None, NOON, userId="ann", creatorId="kim"),
        event("create", "mix", NOON, contentType="mashup", userId="kim"),
        event("content", "song", NOON, title="A Song", duration=200, genre="folk"),
        event("creator", None, NOON, creatorId="kim", name="Kim"),
    )
    case.settle()
    case.feed.tick(NOON + 14 * HOUR)
    case.settle()
    case.feed.send(NOON + 14 * HOUR, play("song", NOON + 14 * HOUR, "p7", 100, userId="bob"))
    case.settle()
    yield case
    case.clickhouse.close()


def event(kind: str, content: str | None, at: int, **more: object) -> dict:
    return {"id": f"{kind}-{content}-{at}", "type": kind, "contentId": content, "timestamp": at, **more}


def shown(case: Case, query: str) -> str:
    rows = case.clickhouse.raw_query(
        query, fmt="JSONEachRow", settings={"output_format_json_quote_64bit_integers": 0}
    )
    return "\n".join(json.dumps(json.loads(row)) for row in rows.splitlines()) + "\n"


def test_the_views_show_the_story(case: Case, golden: Golden) -> None:
    for view in VIEWS:
        golden(f"views/{view}.jsonl", shown(case, f"select * from {view} order by all"))


def test_days_of_any_zone_are_exact(case: Case, golden: Golden) -> None:
    text = ""
    for zone in ("UTC", "Asia/Kolkata", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Chatham"):
        days = f"zone_days(tz = '{zone}', first = '2020-01-01', last = '2030-01-01')"
        counts = "sum(plays) as plays, uniqCombined64Merge(listeners) as listeners, sum(events) as events"
        query = f"select '{zone}' as zone, date, contentId, {counts} from {days}"
        text += shown(case, f"{query} where contentId != '' group by date, contentId order by all")
    golden("views/zone_days.jsonl", text)


@pytest.mark.parametrize(
    "zone", ["Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "Europe/London"]
)
def test_days_of_a_zone_are_those_of_the_raw_events_through_changes_of_the_clocks(
    zone: str, case: Case
) -> None:
    change = 1_130_634_000_000  # 2005-10-30T01:00:00Z: that night clocks went back in many places
    plays = [play("x", change + n * 17 * MINUTE, f"n{n}") for n in range(-150, 150)]
    case.feed.send(NOON + 14 * HOUR + MINUTE, *plays)
    case.settle()
    rows = case.rows(
        "select date, sum(plays) from zone_days(tz = {zone:String}, first = '2005-10-01', last = '2005-11-30')"
        " where contentId = 'x' group by date order by date",
        zone=zone,
    )
    local = Counter(datetime.fromtimestamp(one["timestamp"] / 1000, ZoneInfo(zone)).date() for one in plays)
    assert rows == sorted(local.items())


def test_a_view_agrees_whether_a_day_is_closed_or_not(case: Case) -> None:
    query = "select trackId, totalPlays, uniquePlays, totalLikes, avgDuration from daily_stats order by date, trackId"
    before = case.rows(query)
    case.feed.tick(NOON + 40 * HOUR)
    case.settle()
    assert case.rows(query) == before
    assert case.rows("select count() from rollup final where version < pow(2, 63)") == [(0,)]
