"""Streaks of a listener's twelve years, against figures that were computed with pandas, apart from the product."""

from __future__ import annotations

import msgspec
import pytest

from person_rows import listened, listened_rows, plays_of
from real_data import recorded_lines
from streakline import zones
from streakline.people.streaks import streak_of
from streakline.times import parse_when
from streakline_client.imports import youtube
from streakline_client.imports.rows import Imported


@pytest.mark.parametrize(
    ("zone", "longest", "start", "days"),
    [
        ("UTC", 29, "2014-08-21", 1_932),
        ("Europe/London", 33, "2009-04-29", 1_939),
        ("Asia/Tokyo", 43, "2018-07-03", 2_021),
        ("America/Los_Angeles", 27, "2014-10-14", 1_926),
        ("Asia/Kolkata", 44, "2008-01-04", 2_011),
        ("Pacific/Chatham", 38, "2014-05-11", 1_986),
        ("Pacific/Pago_Pago", 38, "2014-05-10", 1_982),
    ],
)
def test_the_longest_streak_of_twelve_years_is_right_in_every_zone(zone, longest, start, days):
    plays = plays_of([at for at, _, _, _ in listened()])
    seen = streak_of(plays, parse_when("2019-01-02T00:00Z")[0], zones.zone(zone))
    by_rows = streak_of(listened_rows().counted, parse_when("2019-01-02T00:00Z")[0], zones.zone(zone))
    assert seen == msgspec.structs.replace(by_rows, content_types=seen.content_types)
    assert (seen.longest_streak, seen.longest_streak_start, seen.days_watched) == (longest, start, days)


@pytest.mark.parametrize(("zone", "longest"), [("UTC", 26), ("Asia/Shanghai", 24), ("America/New_York", 26)])
def test_the_longest_streak_of_watching_is_right_in_every_zone(zone, longest):
    lines = recorded_lines("watching/youtube/watch-history.json")
    found = [one.event for one in youtube.parse(lines, "ann") if isinstance(one, Imported)]
    plays = plays_of([parse_when(event["timestamp"])[0] for event in found])
    seen = streak_of(plays, parse_when("2030-01-01T00:00Z")[0], zones.zone(zone))
    assert (seen.longest_streak, seen.status) == (longest, "broken")
