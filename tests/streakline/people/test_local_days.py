"""Local days of plays: by the zone of the event, else by that of the person; and which days nobody could miss."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from person_rows import plays_of
from streakline import zones
from streakline.people.local_days import date_of, day_of, local_day, watched
from streakline.streams.records import NO_OFFSET
from streakline.times import EARLIEST_MS, parse_when


def at(text: str) -> int:
    return parse_when(text)[0]


ZONES = st.sampled_from(sorted(zones.names())[::37])


@given(ZONES, st.integers(EARLIEST_MS, at("2037-12-30T00:00Z")))
def test_the_day_of_a_moment_is_what_a_clock_of_the_zone_shows(name, ms):
    zone = ZoneInfo(name)
    assert date_of(local_day(ms, zone)) == datetime.fromtimestamp(ms / 1000, zone).date()


@given(st.dates())
def test_a_day_is_the_number_of_its_date(day):
    assert day_of(day) == (day - date(1970, 1, 1)) // timedelta(days=1)
    assert date_of(day_of(day)) == day


def test_the_zone_of_an_event_goes_before_that_of_its_person():
    starts = [at("2024-05-05T23:30Z")] * 3
    plays = plays_of(starts, [NO_OFFSET, 4, -16], [0, 2, 5])
    found = watched(plays, zones.zone("Asia/Tokyo"))
    assert [date_of(day).isoformat() for day in found.days] == ["2024-05-05", "2024-05-06"]
    types = {code: [date_of(day).day for day in days] for code, days in found.by_type.items()}
    assert types == {0: [6], 2: [6], 5: [5]}


def test_without_plays_there_are_no_days():
    assert not watched(plays_of([]), zones.zone("UTC")).days


@pytest.mark.parametrize(
    ("why", "plays", "zone", "left_out"),
    [
        ("played in Honolulu, then in Auckland, nine hours later",
         [("2024-05-06T09:00Z", -40), ("2024-05-06T18:00Z", 48)], "UTC", ["2024-05-06"]),
        ("a day was missed on the way", [("2024-05-05T09:00Z", -40), ("2024-05-06T18:00Z", 48)], "UTC", []),
        ("the other way the day came twice", [("2024-05-06T18:00Z", 48), ("2024-05-07T03:00Z", -40)], "UTC", []),
        ("Samoa had no 30 December 2011", [("2011-12-29T20:00Z", NO_OFFSET), ("2011-12-31T08:00Z", NO_OFFSET)],
         "Pacific/Apia", ["2011-12-30"]),
        ("so says the zone of the event too", [("2011-12-29T20:00Z", -40), ("2011-12-31T08:00Z", 56)], "UTC",
         ["2011-12-30"]),
        ("less than 24 hours, as that day had 23",
         [("2024-03-31T04:59Z", -20), ("2024-04-01T04:30Z", -20)], "UTC", []),
        ("a day of 23 hours between two plays 23 hours and a half apart",
         [("2024-03-30T22:50Z", 4), ("2024-03-31T22:05Z", 8)], "UTC", ["2024-03-31"]),
    ],
)  # fmt: skip
def test_days_that_nobody_could_miss_are_left_out(why, plays, zone, left_out):
    found = watched(plays_of([at(text) for text, _ in plays], [own for _, own in plays]), zones.zone(zone))
    days = [date_of(day) for day in found.left_out]
    first, last = date_of(found.days.first), date_of(found.days.last)
    assert [day.isoformat() for day in days if first <= day <= last] == left_out, why


def test_a_day_of_23_hours_without_a_play_is_missed_where_24_hours_went_by():
    plays = [at("2024-03-30T22:30Z"), at("2024-03-31T22:30Z")]
    found = watched(plays_of(plays), zones.zone("Europe/Berlin"))
    assert [date_of(day).isoformat() for day in found.days] == ["2024-03-30", "2024-04-01"]
    assert not found.left_out
