"""Ranges of history: half-open, repeatable, and by the days of any zone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline import zones
from streakline.history import ranges
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
