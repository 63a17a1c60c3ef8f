"""What a range is compared with: the days before, the dates of the year before, the same days of the week."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from streakline import zones
from streakline.history.buckets import buckets
from streakline.history.comparisons import PREVIOUS, WEEKDAYS, YEAR_BEFORE, Move, move, moved
from streakline.history.midnight import day_start
from streakline.history.ranges import Range
from streakline.times import DAY_MS, HOUR_MS

BERLIN = zones.zone("Europe/Berlin")
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Chatham", "Asia/Kolkata"])
DAYS = st.dates(date(2005, 1, 1), date(2035, 1, 1))


def days(first: date, number: int, zone: ZoneInfo) -> Range:
    return Range("between", day_start(first, zone), day_start(first + timedelta(days=number), zone))


@given(ZONES, DAYS, st.integers(1, 100))
def test_whole_days_are_compared_with_as_many_days_before_whatever_clocks_do(
    name: str, first: date, number: int
) -> None:
    zone = zones.zone(name)
    of = days(first, number, zone)
    before = days(first - timedelta(days=number), number, zone)
    by = move(PREVIOUS, of, zone)
    assert moved([of.start, of.end], by, zone) == [before.start, before.end]
    edges = [one.start for one in buckets("day", of, zone)]
    assert moved(edges, by, zone) == [one.start for one in buckets("day", before, zone)]


@given(ZONES, st.integers(10**12, 2 * 10**12), st.integers(1, 100 * DAY_MS))
def test_another_range_is_compared_with_the_same_length_just_before(
    name: str, start: int, length: int
) -> None:
    zone, of = zones.zone(name), Range("between", start, start + length)
    by = move(PREVIOUS, of, zone)
    if by.ms:
        assert moved([of.start, of.end], by, zone) == [start - length, start]


@given(ZONES, DAYS, st.integers(1, 100))
def test_matching_weekdays_are_the_nearest_whole_weeks_that_do_not_overlap(
    name: str, first: date, number: int
) -> None:
    zone = zones.zone(name)
    by = move(WEEKDAYS, days(first, number, zone), zone)
    assert by.days % 7 == 0
    assert number <= by.days < number + 7
    [start, end] = moved([day_start(first, zone), day_start(first + timedelta(days=number), zone)], by, zone)
    assert (start, end) == (
        day_start(first - timedelta(days=by.days), zone),
        day_start(first + timedelta(days=number - by.days), zone),
    )


def test_a_year_before_has_the_same_dates_and_hours() -> None:
    of = days(date(2026, 7, 1), 31, BERLIN)
    assert moved([of.start, of.end], move(YEAR_BEFORE, of, BERLIN), BERLIN) == [
        day_start(date(2025, 7, 1), BERLIN), day_start(date(2025, 8, 1), BERLIN)
    ]  # fmt: skip
    noon = day_start(date(2026, 4, 1), BERLIN) + 12 * HOUR_MS
    [before] = moved([noon], Move(years=1), BERLIN)
    assert datetime.fromtimestamp(before / 1000, BERLIN).isoformat() == "2025-04-01T12:00:00+02:00"


def test_the_29th_of_february_has_no_counterpart() -> None:
    edges = [day_start(date(2024, 2, day), BERLIN) for day in (28, 29)] + [
        day_start(date(2024, 3, 1), BERLIN)
    ]
    assert moved(edges, Move(years=1), BERLIN) == [
        day_start(date(2023, 2, 28), BERLIN),
        day_start(date(2023, 3, 1), BERLIN),
        day_start(date(2023, 3, 1), BERLIN),
    ]


@given(ZONES, DAYS)
def test_moved_hours_stay_in_order(name: str, first: date) -> None:
    zone = zones.zone(name)
    edges = [one.start for one in buckets("hour", days(first, 2, zone), zone)]
    for by in (Move(days=7), Move(years=1)):
        found = moved(edges, by, zone)
        assert found == sorted(found)
