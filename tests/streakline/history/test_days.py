"""Days of a zone are spans without a gap; offsets are those of the calendar at every moment."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline import zones
from streakline.history import days
from streakline.history.ranges import between

HOUR = 3_600_000
NAMED = [
    "UTC",
    "Europe/London",
    "Asia/Kolkata",
    "Pacific/Chatham",
    "America/St_Johns",
    "Pacific/Apia",
    "Africa/Cairo",
]


@given(name=st.sampled_from(NAMED), at=st.integers(0, 4_000_000_000_000), number=st.integers(1, 40))
def test_the_last_days_follow_each_other_and_hold_the_moment(name: str, at: int, number: int):
    zone = zones.zone(name)
    found = days.last(at, number, zone)
    assert len(found) == number
    assert all(one.end == after.start for one, after in pairwise(found))
    assert found[-1].start <= at < found[-1].end
    assert found[-1].date == datetime.fromtimestamp(at / 1000, zone).date()


@pytest.mark.parametrize(
    ("name", "day", "hours"),
    [
        ("Europe/London", date(2026, 3, 29), 23),
        ("Europe/London", date(2026, 10, 25), 25),
        ("Pacific/Apia", date(2011, 12, 30), 0),
        ("Asia/Kolkata", date(2026, 3, 29), 24),
    ],
)
def test_days_are_as_long_as_the_clocks_say(name: str, day: date, hours: int):
    [found] = days.between(day, day, zones.zone(name))
    assert found.end - found.start == hours * HOUR


@given(name=st.sampled_from(NAMED), second=st.integers(0, 4_000_000_000))
def test_the_offset_that_holds_is_the_calendars(name: str, second: int):
    zone = zones.zone(name)
    changes, offsets = days.offsets(zone)
    held = offsets[sum(change <= second for change in changes) - 1]
    assert held == datetime.fromtimestamp(second, UTC).astimezone(zone).utcoffset().total_seconds()


def test_the_dates_of_a_range_are_those_of_its_first_and_last_moment_and_all_between():
    assert days.utc_dates(between(0, 1)) == [date(1970, 1, 1)]
    assert days.utc_dates(between(24 * HOUR - 1, 48 * HOUR + 1)) == [date(1970, 1, day) for day in (1, 2, 3)]
