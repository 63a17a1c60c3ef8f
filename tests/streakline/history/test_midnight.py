"""Midnight of any zone, held to a walk through time: days that are short, long, left out, or begin twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline import zones
from streakline.history.midnight import day_start
from streakline.times import iso

ZONES = st.sampled_from(sorted(zones.names()))
DAYS = st.dates(date(2000, 1, 2), date(2037, 12, 30))


def slow_day_start(day: date, zone: ZoneInfo) -> int:
    """Walk in quarter hours, then in seconds, to the first moment whose date is that day or a later one."""
    at = (day - date(1970, 1, 1)).days * 86_400 - 26 * 3_600
    for step in (900, 1):
        while datetime.fromtimestamp(at + step, zone).date() < day:
            at += step
    return (at + 1) * 1000


@given(name=ZONES, day=DAYS)
def test_a_day_begins_with_the_first_moment_that_has_its_date(name: str, day: date) -> None:
    zone = zones.zone(name)
    assert day_start(day, zone) == slow_day_start(day, zone)


@pytest.mark.parametrize(
    ("name", "day", "begins", "hours"),
    [
        ("Europe/Berlin", date(2024, 3, 31), "2024-03-30T23:00:00.000Z", 23),
        ("Europe/Berlin", date(2024, 10, 27), "2024-10-26T22:00:00.000Z", 25),
        ("Asia/Kolkata", date(2024, 1, 1), "2023-12-31T18:30:00.000Z", 24),
        ("Pacific/Chatham", date(2024, 1, 1), "2023-12-31T10:15:00.000Z", 24),
        # Clocks jump from 00:00 to 01:00: midnight is not there.
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00:00.000Z", 23),
        # Clocks go back from 00:00 to 23:00, and at 01:00 to 00:00: midnight comes twice.
        ("America/Sao_Paulo", date(2018, 2, 17), "2018-02-17T02:00:00.000Z", 25),
        ("America/Havana", date(2024, 11, 3), "2024-11-03T04:00:00.000Z", 25),
        # The day was left out.
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00:00.000Z", 0),
        ("America/St_Johns", date(2010, 3, 14), "2010-03-14T03:30:00.000Z", 23),
    ],
)
def test_days_that_are_not_24_hours(name: str, day: date, begins: str, hours: int) -> None:
    zone = zones.zone(name)
    start, end = day_start(day, zone), day_start(day + timedelta(days=1), zone)
    assert iso(start) == begins
    assert start == slow_day_start(day, zone)
    assert (end - start) / 3_600_000 == hours
