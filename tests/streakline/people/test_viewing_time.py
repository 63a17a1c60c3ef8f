"""Viewing time against a plain loop over plays, the hours of a listener's year, and the edges of periods."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from person_rows import rows_of
from real_data import recorded_lines
from streakline import zones
from streakline.people.local_days import local_moment
from streakline.people.play_rows import Content, PlayRows
from streakline.people.viewing_time import PERIODS, first_day, span_before, viewing_time
from streakline.times import parse_when
from streakline_client.imports import spotify
from streakline_client.imports.rows import Imported

HOUR, DAY = 3_600_000, 86_400_000
KNOWN = [
    Content("film", "movie", genre="Drama; Crime", length=2 * HOUR),
    Content("one", "episode", "show", genre="Drama"),
    Content("two", "episode", "show"),
    Content("song", "track", genre="Pop"),
]
BEGIN = parse_when("2024-02-20T00:00Z")[0]
PLAYS = st.lists(
    st.fixed_dictionaries(
        {
            "contentId": st.sampled_from(["film", "one", "two", "song", "strange"]),
            "app": st.sampled_from(["", "tv", "phone"]),
            "first_ms": st.integers(0, 60 * 24 * 4).map(lambda quarter: BEGIN + quarter * HOUR // 4),
            "zone": st.sampled_from([32767, 0, 36, -40]),
            "timed": st.integers(0, 1),
            "time_ms": st.integers(0, HOUR),
            "is_done": st.booleans(),
        }
    ),
    max_size=25,
)  # fmt: skip


def person(plays: list[dict[str, object]]) -> PlayRows:
    rows = [
        play | {"last_ms": play["first_ms"], "done_ms": play["first_ms"] * play["is_done"]} for play in plays
    ]
    return rows_of(*rows, known=KNOWN)


def clock(play: dict[str, object], zone: str) -> datetime:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=play["first_ms"])
    if play["zone"] == 32767:
        return at.astimezone(zones.zone(zone)).replace(tzinfo=None)
    return (at + timedelta(minutes=15 * play["zone"])).replace(tzinfo=None)


def lasted(play: dict[str, object]) -> int:
    return play["time_ms"] + (0 if play["timed"] or play["contentId"] != "film" else 2 * HOUR)


def cents(ms: int) -> float:
    return int(ms / HOUR * 100 + 0.5) / 100


def begin_of(period: str, now: datetime) -> datetime:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "week": midnight - timedelta(days=now.weekday()),
        "month": midnight.replace(day=1),
        "year": midnight.replace(day=1, month=1),
        "all": midnight.replace(year=1970, day=1),
    }[period]


@given(
    PLAYS,
    st.integers(0, 60 * 24 * 4),
    st.sampled_from(PERIODS),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"]),
)
def test_viewing_time_is_that_of_a_plain_loop(plays, quarter, period, zone):
    as_of = BEGIN + quarter * HOUR // 4
    seen = viewing_time(person(plays), period, as_of, zones.zone(zone))
    now = clock({"first_ms": as_of, "zone": 32767}, zone)
    known = [play for play in plays if play["first_ms"] < as_of]
    own = [play for play in known if clock(play, zone) >= begin_of(period, now)]
    kinds, apps, genres, hours, months, days = (Counter() for _ in range(6))
    for play in own:
        [one] = [one for one in KNOWN if one.id == play["contentId"]] or [Content("strange")]
        kinds[one.type or "unknown"] += lasted(play)
        apps[play["app"] or "unknown"] += lasted(play)
        for genre in one.genres:
            genres[genre] += lasted(play)
        hours[clock(play, zone).hour] += lasted(play)
        months[clock(play, zone).strftime("%Y-%m")] += lasted(play)
        days[clock(play, zone).date().isoformat()] += lasted(play)
    assert seen.total_hours == cents(sum(map(lasted, own)))
    for found, plain in (
        (seen.content_breakdown, kinds), (seen.platform_distribution, apps), (seen.genre_distribution, genres),
    ):  # fmt: skip
        assert found == {name: cents(ms) for name, ms in plain.items() if ms}
        assert list(found.values()) == sorted(found.values(), reverse=True)
    assert seen.hour_distribution == tuple(cents(hours[hour]) for hour in range(24))
    for listed, plain, is_listed in (
        (seen.months, months, period in {"year", "all"}), (seen.days, days, period != "all"),
    ):  # fmt: skip
        assert {one.date for one in listed} >= (set(plain) if is_listed else set())
        assert bool(listed) == (is_listed and (period != "all" or bool(own)))
        assert all(one.hours == cents(plain[one.date]) for one in listed)
    done = {play["contentId"] for play in own if play["is_done"]}
    assert (seen.total_movies, seen.total_episodes) == ("film" in done, len(done & {"one", "two"}))
    assert seen.total_shows == bool(done & {"one", "two"})
    assert seen.plays == len(own)
    assert seen.plays_without_duration == sum(
        not play["timed"] and play["contentId"] != "film" for play in own
    )


@given(PLAYS, st.integers(0, 60 * 24 * 4), st.sampled_from(["week", "month", "year"]))
def test_a_period_is_compared_with_the_same_part_of_the_one_before(plays, quarter, period):
    as_of = BEGIN + quarter * HOUR // 4
    seen = viewing_time(person(plays), period, as_of, zones.zone("UTC"))
    span = span_before(period, as_of)
    assert span.end <= first_day(period, as_of) * DAY
    known = [play for play in plays if play["first_ms"] < as_of]
    first, end = (clock({"first_ms": ms, "zone": 0}, "UTC") for ms in span)
    before = sum(lasted(play) for play in known if first <= clock(play, "UTC") < end)
    assert seen.previous_hours == cents(before)


def span(period: str, now: str) -> tuple[str, str]:
    """Return the ends of what a local moment is compared with."""
    found = span_before(period, parse_when(now)[0])
    return tuple(
        (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).strftime("%F %R") for ms in found
    )


@pytest.mark.parametrize(
    ("period", "now", "start", "end"),
    [
        ("week", "2024-05-08T10:30", "2024-04-29 00:00", "2024-05-01 10:30"),
        ("week", "2024-05-06T00:00", "2024-04-29 00:00", "2024-04-29 00:00"),
        ("month", "2024-05-08T10:30", "2024-04-01 00:00", "2024-04-08 10:30"),
        ("month", "2024-03-31T10:30", "2024-02-01 00:00", "2024-03-01 00:00"),
        ("month", "2024-01-02T10:30", "2023-12-01 00:00", "2023-12-02 10:30"),
        ("year", "2024-05-08T10:30", "2023-01-01 00:00", "2023-05-08 10:30"),
        ("year", "2024-02-29T10:30", "2023-01-01 00:00", "2023-03-01 10:30"),
        ("year", "2024-12-31T10:30", "2023-01-01 00:00", "2023-12-31 10:30"),
    ],
)
def test_the_part_of_the_period_before_ends_at_the_same_time(period, now, start, end):
    assert span(period, now) == (start, end)


def test_nothing_is_compared_with_all_and_nothing_in_per_cent_with_nothing():
    now = parse_when("2024-05-08T10:30Z")[0]
    rows = rows_of({"first_ms": now - HOUR, "last_ms": now - HOUR, "timed": 1, "time_ms": HOUR})
    seen = viewing_time(rows, "all", now, zones.zone("UTC"))
    assert (seen.total_hours, seen.previous_hours, seen.comparison_to_previous_period) == (1.0, None, None)
    assert (seen.period_start, seen.days) == (None, ())
    week = viewing_time(rows, "week", now, zones.zone("UTC"))
    assert (week.previous_hours, week.comparison_to_previous_period) == (0.0, None)
    assert viewing_time(rows_of(), "week", now, zones.zone("UTC")).comparison_to_previous_period == 0.0


def test_a_period_begins_at_midnight_of_the_zone_and_has_all_its_days():
    now = parse_when("2024-04-02T10:30Z")[0]
    seen = viewing_time(rows_of(), "week", now, zones.zone("Europe/Berlin"))
    assert (seen.period_start, seen.period_end) == ("2024-03-31T22:00:00.000Z", "2024-04-02T10:30:00.000Z")
    assert [day.date for day in seen.days] == ["2024-04-01", "2024-04-02"]
    assert local_moment(now, zones.zone("Europe/Berlin")) == now + 2 * HOUR


def test_the_hours_of_a_listener_are_those_computed_apart_from_the_product():
    lines = recorded_lines("listening/spotify_userB/StreamingHistory0.json")
    events = [one.event for one in spotify.parse(lines, "ann") if isinstance(one, Imported)]
    assert len(events) == 5_781
    plays = [
        {
            "contentId": one["contentId"],
            "first_ms": at,
            "last_ms": at,
            "timed": 1,
            "time_ms": round(one["duration"] * 1000),
        }
        for one in events
        for at in [parse_when(one["timestamp"])[0]]
    ]
    seen = viewing_time(rows_of(*plays), "all", parse_when("2021-01-01T00:00Z")[0], zones.zone("UTC"))
    months = {month.date: month.hours for month in seen.months}
    assert seen.total_hours == 271.91
    expected = {"2020-01": 36.87, "2020-02": 63.66, "2020-03": 70.67, "2020-04": 35.29, "2020-08": 15.72}
    assert {month: months[month] for month in expected} == expected
