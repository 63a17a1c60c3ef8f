"""Ranges of history: half-open, repeatable, and by the days of any zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline import zones
from streakline.history import ranges
from streakline.history.midnight import day_start
from streakline.history.ranges import ALL, BETWEEN, END_MS, ROLLING, Range
from streakline.times import DAY_MS, EARLIEST_MS, MINUTE_MS, iso, parse_when

AS_OF = parse_when("2014-09-01T12:07:31Z")[0]
MOMENTS = st.integers(EARLIEST_MS, END_MS - 1)
ZONES = st.sampled_from(sorted(zones.names()))
DAYS = st.dates(date(2000, 1, 2), date(2037, 12, 30))


def moments(span: Range) -> tuple[str, str]:
    return iso(span.start), iso(span.end)


def test_a_rolling_range_ends_at_its_moment_and_is_days_of_24_hours() -> None:
    assert moments(ranges.named("24h", AS_OF)) == ("2014-08-31T12:07:31.000Z", "2014-09-01T12:07:31.000Z")
    assert moments(ranges.named("1y", AS_OF)) == ("2013-09-01T12:07:31.000Z", "2014-09-01T12:07:31.000Z")


def test_all_begins_where_no_event_is_older() -> None:
    assert ranges.named(ALL, AS_OF) == Range(ALL, EARLIEST_MS, AS_OF)


def test_an_unknown_range_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        ValueError, match=r"'2w' is no range; there are 24h, 7d, 30d, 90d, 1y, all, or from and to"
    ):
        ranges.named("2w", AS_OF)


@given(name=st.sampled_from(sorted(ROLLING)), as_of=MOMENTS)
def test_the_range_before_ends_where_the_range_begins_and_is_as_long(name: str, as_of: int) -> None:
    span = ranges.named(name, as_of)
    before = ranges.previous(span)
    assert before is not None
    assert (before.end, before.length, span.end) == (span.start, span.length, as_of)
    assert span.length == ROLLING[name]


def test_nothing_is_before_all() -> None:
    assert ranges.previous(ranges.named(ALL, AS_OF)) is None


@given(first=MOMENTS, second=MOMENTS)
def test_a_range_between_two_moments_holds_the_first_and_not_the_second(first: int, second: int) -> None:
    if first >= second:
        with pytest.raises(ValueError, match="nothing is between"):
            ranges.between(first, second)
    else:
        assert ranges.between(first, second) == Range(BETWEEN, first, second)


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


@given(name=ZONES, first=DAYS, more=st.integers(0, 800))
def test_days_of_a_zone_lie_side_by_side(name: str, first: date, more: int) -> None:
    zone = zones.zone(name)
    last = min(first + timedelta(days=more), date(2037, 12, 31))
    start, end = ranges.start_of(first.isoformat(), zone), ranges.end_of(last.isoformat(), zone)
    assert end == ranges.start_of((last + timedelta(days=1)).isoformat(), zone)
    assert abs((end - start) - ((last - first).days + 1) * DAY_MS) <= DAY_MS + 180 * MINUTE_MS


@given(at=MOMENTS)
def test_a_moment_is_what_it_names_in_either_spelling(at: int) -> None:
    assert ranges.moment(str(at)) == ranges.moment(iso(at)) == at
    assert (
        ranges.start_of(iso(at), zones.zone("Asia/Tokyo")) == ranges.end_of(str(at), zones.zone("UTC")) == at
    )


@pytest.mark.parametrize(
    "text", ["1969-12-31T23:59:59Z", "2100-01-01T00:00:00Z", str(END_MS), "1969-12-31", "2100-01-01"]
)
def test_what_lies_outside_the_years_that_can_be_asked_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="lies outside the years 1970 to 2099"):
        ranges.start_of(text, zones.zone("UTC"))


@pytest.mark.parametrize("text", ["2024-02-30", "yesterday", "", "-5", "²", "1e3"])
def test_what_is_neither_day_nor_moment_is_refused_by_its_value(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no day|is neither ISO 8601 nor epoch"):
        ranges.end_of(text, zones.zone("UTC"))


def test_the_first_day_that_can_be_asked_begins_not_before_1970() -> None:
    assert ranges.start_of("1970-01-01", zones.zone("Asia/Tokyo")) == 0
