"""Streaks case by case: what travel, clocks, freezes, pauses, days off and repairs do to them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from person_rows import plays_of
from streakline import zones
from streakline.history.midnight import day_start
from streakline.people.local_days import day_of
from streakline.people.streak_rules import Freeze, Pause, Repair, StreakRules
from streakline.people.streaks import Streak, streak_of
from streakline.streams.records import NO_OFFSET
from streakline.times import parse_when

DAY = timedelta(days=1)


def at(text: str) -> int:
    return parse_when(text)[0]


def day(text: str) -> int:
    return day_of(date.fromisoformat(text))


def streak(starts: list[str], as_of: str, zone: str = "UTC", **rules: object) -> Streak:
    """Return the streak of plays; one whose text ends with an offset was in a zone of its own."""
    parsed = [parse_when(text) for text in starts]
    offsets = [NO_OFFSET if own is None else own // 15 for _, own in parsed]
    plays = plays_of([ms for ms, _ in parsed], offsets, [2] * len(parsed))
    return streak_of(plays, at(as_of), zones.zone(zone), StreakRules(**rules))


def freezes(*texts: str) -> frozenset[Freeze]:
    return frozenset(Freeze(at(text)) for text in texts)


CLOCKS = [
    ("Europe/London", "2024-03-31", 23), ("Europe/Berlin", "2024-10-27", 25), ("America/New_York", "2024-03-10", 23),
    ("America/Los_Angeles", "2024-11-03", 25), ("America/Chicago", "2024-03-10", 23),
    ("America/Denver", "2024-11-03", 25), ("America/St_Johns", "2024-03-10", 23),
    ("America/Sao_Paulo", "2018-11-04", 23), ("America/Sao_Paulo", "2018-02-17", 25),
    ("America/Havana", "2024-11-03", 25), ("America/Santiago", "2024-09-08", 23), ("Asia/Beirut", "2024-03-31", 23),
    ("Asia/Tehran", "2022-03-22", 23), ("Africa/Cairo", "2024-04-26", 23), ("Africa/Casablanca", "2024-03-10", 25),
    ("Australia/Sydney", "2024-10-06", 23), ("Australia/Lord_Howe", "2024-10-06", 23.5),
    ("Pacific/Auckland", "2024-09-29", 23), ("Pacific/Chatham", "2024-04-07", 25),
    ("Atlantic/Azores", "2024-10-27", 25), ("Pacific/Apia", "2012-04-01", 25),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "changed", "hours"), CLOCKS)
def test_a_day_on_which_clocks_change_is_one_day(zone, changed, hours):
    own, middle = zones.zone(zone), date.fromisoformat(changed)
    assert (day_start(middle + DAY, own) - day_start(middle, own)) / 3_600_000 == hours
    shown = [(middle - DAY, 23), (middle, 12), (middle + DAY, 0)]
    moments = [
        int(datetime(one.year, one.month, one.day, hour, 30, tzinfo=own).timestamp() * 1000)
        for one, hour in shown
    ]
    as_of = moments[-1] + 1
    whole = streak_of(plays_of(moments), as_of, zones.zone(zone))
    assert (whole.current_streak, whole.status) == (3, "active")
    without = streak_of(
        plays_of([moments[0] - 3_600_000 * 3, moments[2] + 3_600_000 * 3]), as_of + 3_600_000 * 4, own
    )
    assert (without.current_streak, without.longest_streak) == (1, 1)


@pytest.mark.parametrize(
    ("why", "starts", "as_of", "zone", "current"),
    [
        ("west across the date line the day between was no day",
         ["2024-05-04T20:00-10:00", "2024-05-05T22:00-10:00", "2024-05-07T07:00+12:00"], "2024-05-06T20:00Z",
         "Pacific/Honolulu", 3),
        ("a day in the new zone without a play breaks it",
         ["2024-05-05T22:00-10:00", "2024-05-08T08:00+12:00"], "2024-05-07T21:00Z", "Pacific/Honolulu", 1),
        ("east across the date line the day came twice",
         ["2024-05-06T20:00+12:00", "2024-05-06T20:00-10:00", "2024-05-07T20:00-10:00"], "2024-05-08T07:00Z",
         "Pacific/Honolulu", 2),
        ("Samoa left out 30 December 2011",
         ["2011-12-28T12:00-10:00", "2011-12-29T09:00-10:00", "2011-12-31T20:00+14:00"], "2011-12-31T08:00Z",
         "Pacific/Apia", 3),
        ("and so did its zone, for plays that name none",
         ["2011-12-28T22:00Z", "2011-12-29T19:00Z", "2011-12-31T06:00Z"], "2011-12-31T08:00Z", "Pacific/Apia", 3),
        ("London to Tokyo: by the clocks of both", ["2024-05-05T23:00+01:00", "2024-05-06T23:59+09:00"],
         "2024-05-06T15:30Z", "Asia/Tokyo", 2),
        ("Tokyo to London", ["2024-05-05T01:00+09:00", "2024-05-05T23:00+01:00"], "2024-05-05T22:30Z", "UTC", 1),
        ("a zone ahead has begun a day that the person's own has not",
         ["2024-05-05T12:00+14:00", "2024-05-06T01:00+14:00"], "2024-05-05T12:00Z", "Pacific/Honolulu", 2),
    ],
)  # fmt: skip
def test_travel_breaks_no_streak(why, starts, as_of, zone, current):
    assert streak(starts, as_of, zone).current_streak == current, why


def test_a_person_who_moves_keeps_plays_with_a_zone_and_moves_those_without():
    starts = ["2024-05-05T20:00Z", "2024-05-06T20:00Z"]
    assert streak(starts, "2024-05-07T12:00Z", "UTC").last_watched_date == "2024-05-06"
    assert streak(starts, "2024-05-07T12:00Z", "Asia/Tokyo").last_watched_date == "2024-05-07"
    named = [text.replace("Z", "+00:00") for text in starts]
    assert streak(named, "2024-05-07T12:00Z", "Asia/Tokyo").last_watched_date == "2024-05-06"


@pytest.mark.parametrize(
    ("why", "starts", "as_of", "rules", "seen"),
    [
        ("a play today", ["2024-05-07T09:00Z"], "2024-05-07T10:00Z", {}, (1, "active")),
        ("one yesterday", ["2024-05-06T09:00Z"], "2024-05-07T23:59Z", {}, (1, "atRisk")),
        ("none yesterday", ["2024-05-05T09:00Z"], "2024-05-07T00:00Z", {}, (0, "broken")),
        ("a play of later is not known yet", ["2024-05-06T09:00Z", "2024-05-07T09:00Z"], "2024-05-07T09:00Z", {},
         (1, "atRisk")),
        ("a freeze covers yesterday", ["2024-05-05T09:00Z"], "2024-05-07T10:00Z",
         {"freezes": freezes("2024-05-05T10:00Z")}, (1, "frozen")),
        ("and is not used today", ["2024-05-06T09:00Z"], "2024-05-07T10:00Z",
         {"freezes": freezes("2024-05-05T10:00Z")}, (1, "atRisk")),
        ("a pause holds today", ["2024-05-04T09:00Z"], "2024-05-07T10:00Z",
         {"pauses": frozenset({Pause(day("2024-05-05"), day("2024-05-09"))})}, (1, "frozen")),
        ("a pause that is over holds until the end of the day after", ["2024-05-04T09:00Z"], "2024-05-07T10:00Z",
         {"pauses": frozenset({Pause(day("2024-05-05"), day("2024-05-06"))})}, (1, "atRisk")),
        ("and no longer", ["2024-05-04T09:00Z"], "2024-05-08T00:00Z",
         {"pauses": frozenset({Pause(day("2024-05-05"), day("2024-05-06"))})}, (0, "broken")),
        ("Saturday is off", ["2024-05-03T09:00Z"], "2024-05-04T10:00Z", {"weekends_off": True}, (1, "frozen")),
        ("Monday is not", ["2024-05-03T09:00Z"], "2024-05-06T10:00Z", {"weekends_off": True}, (1, "atRisk")),
        ("Tuesday is too late", ["2024-05-03T09:00Z"], "2024-05-07T10:00Z", {"weekends_off": True}, (0, "broken")),
        ("a play on a day off counts all the same", ["2024-05-03T09:00Z", "2024-05-04T09:00Z", "2024-05-06T09:00Z"],
         "2024-05-06T10:00Z", {"weekends_off": True}, (3, "active")),
        ("a repair takes yesterday back", ["2024-05-05T09:00Z", "2024-05-07T09:00Z"], "2024-05-07T12:00Z",
         {"repairs": frozenset({Repair(day("2024-05-06"), at("2024-05-07T10:00Z"))})}, (2, "active")),
        ("a repair of a day eight days ago does not", ["2024-05-05T09:00Z", "2024-05-07T09:00Z", "2024-05-08T09:00Z"],
         "2024-05-14T12:00Z", {"repairs": frozenset({Repair(day("2024-05-06"), at("2024-05-14T10:00Z"))})},
         (0, "broken")),
    ],
)  # fmt: skip
def test_the_status_of_a_streak(why, starts, as_of, rules, seen):
    found = streak(starts, as_of, **rules)
    assert (found.current_streak, found.status) == seen, why


MON_TO_SUN = [f"2024-05-{n:02}T12:00Z" for n in range(6, 13)]


def without(*missed: int) -> list[str]:
    """Return a play a day of the week of 6 May 2024, but on some days of it (0 is Monday)."""
    return [text for n, text in enumerate(MON_TO_SUN) if n not in missed]


@pytest.mark.parametrize(
    ("why", "got", "missed", "current", "balance", "used"),
    [
        ("none is held at first", (), (2,), 4, 0, ()),
        ("one covers a day", ("2024-05-06T10:00Z",), (2,), 6, 0, ("2024-05-08",)),
        ("one that is got on the day that is missed covers it", ("2024-05-08T22:00Z",), (2,), 6, 0, ("2024-05-08",)),
        ("one that is got later does not", ("2024-05-09T00:00Z",), (2,), 4, 1, ()),
        ("two cover two days", ("2024-05-06T10:00Z", "2024-05-07T10:00Z"), (2, 4), 5, 0, ("2024-05-08", "2024-05-10")),
        ("two cover two days in a row", ("2024-05-06T10:00Z", "2024-05-07T10:00Z"), (2, 3), 5, 0,
         ("2024-05-08", "2024-05-09")),
        ("one covers the first of two days and is gone", ("2024-05-06T10:00Z",), (2, 3), 3, 0, ("2024-05-08",)),
        ("a third one is lost", ("2024-05-06T10:00Z", "2024-05-06T11:00Z", "2024-05-06T12:00Z"), (2, 3, 4), 2, 0,
         ("2024-05-08", "2024-05-09")),
        ("and one that is got when another was used is kept",
         ("2024-05-06T10:00Z", "2024-05-06T11:00Z", "2024-05-08T12:00Z", "2024-05-09T12:00Z"), (2, 4), 5, 1,
         ("2024-05-08", "2024-05-10")),
        ("where no streak is alive none is used", ("2024-05-01T10:00Z",), (), 7, 1, ()),
    ],
)  # fmt: skip
def test_freezes_cover_the_earliest_missed_days(why, got, missed, current, balance, used):
    seen = streak(without(*missed), "2024-05-12T20:00Z", freezes=freezes(*got))
    assert (seen.current_streak, seen.freezes.balance, seen.freezes.used) == (current, balance, used), why


def test_a_late_play_on_a_frozen_day_gives_the_freeze_back_to_the_next_missed_day():
    got = freezes("2024-05-06T10:00Z")
    before = streak(without(2, 4), "2024-05-12T20:00Z", freezes=got)
    assert (before.current_streak, before.longest_streak, before.freezes.used) == (2, 3, ("2024-05-08",))
    after = streak([*without(2, 4), "2024-05-08T23:00Z"], "2024-05-12T20:00Z", freezes=got)
    assert (after.current_streak, after.freezes.used) == (6, ("2024-05-10",))
    kept = streak([*without(2), "2024-05-08T23:00Z"], "2024-05-12T20:00Z", freezes=got)
    assert (kept.current_streak, kept.freezes.balance, kept.freezes.used) == (7, 1, ())


def test_a_pause_of_ninety_days_is_bridged_and_lengthens_nothing():
    pause = Pause(day("2024-05-07"), day("2024-08-04"))
    seen = streak(["2024-05-06T12:00Z", "2024-08-05T12:00Z"], "2024-08-05T13:00Z", pauses=frozenset({pause}))
    assert (seen.current_streak, seen.streak_start_date, seen.play_before) == (
        2,
        "2024-05-06",
        "2024-08-07T00:00:00.000Z",
    )


def test_a_pause_and_a_day_off_cost_no_freeze():
    rules = {"pauses": frozenset({Pause(day("2024-05-09"), day("2024-05-10"))}), "weekends_off": True}
    seen = streak(["2024-05-08T12:00Z"], "2024-05-13T12:00Z", freezes=freezes("2024-05-08T10:00Z"), **rules)
    assert (seen.current_streak, seen.status, seen.freezes.balance) == (1, "atRisk", 1)
    assert seen.play_before == "2024-05-15T00:00:00.000Z"


def test_types_are_those_of_the_streak_that_is_alive():
    starts = ["2024-05-01T12:00Z", "2024-05-06T12:00Z", "2024-05-07T12:00Z"]
    plays = plays_of([at(text) for text in starts], None, [5, 2, 7])
    seen = streak_of(plays, at("2024-05-07T13:00Z"), zones.zone("UTC"))
    assert seen.content_types == ("episode", "track")
    assert streak_of(plays, at("2024-05-09T13:00Z"), zones.zone("UTC")).content_types == ()


def test_of_equal_streaks_the_first_is_the_longest():
    seen = streak(
        ["2024-05-01T12:00Z", "2024-05-02T12:00Z", "2024-05-06T12:00Z", "2024-05-07T12:00Z"],
        "2024-05-07T13:00Z",
    )
    assert (seen.longest_streak, seen.longest_streak_start, seen.streak_start_date) == (
        2,
        "2024-05-01",
        "2024-05-06",
    )
