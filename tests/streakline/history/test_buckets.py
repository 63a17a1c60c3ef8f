"""Buckets of any zone against the slow definition: every label change of every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline import zones
from streakline.history.buckets import MOST, TooManyBuckets, buckets, cut, end_of
from streakline.history.midnight import day_start
from streakline.history.ranges import Range
from streakline.times import DAY_MS, HOUR_MS, MINUTE_MS, QUARTER_MS

ZONES = st.sampled_from(sorted(zones.names()))
STARTS = st.integers(946_684_800_000, 2_000_000_000_000)
CALENDAR = ("day", "week", "month", "quarter", "year")
CLOCK = {"minute": MINUTE_MS, "quarterHour": QUARTER_MS, "hour": HOUR_MS}


def local(ms: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(ms // 1000, zone)


def owner(ms: int, zone: ZoneInfo) -> date:
    """Return the day between whose midnights a moment lies: not always what a clock shows that went back over one."""
    day = local(ms, zone).date()
    return day + timedelta(days=1) if day_start(day + timedelta(days=1), zone) <= ms else day


def label(name: str, day: date) -> str:
    match name:
        case "week":
            return (day - timedelta(days=day.weekday())).isoformat()
        case "month":
            return f"{day:%Y-%m}"
        case "quarter":
            return f"{day.year}-Q{-(-day.month // 3)}"
        case "year":
            return str(day.year)
        case _:
            return day.isoformat()


@given(ZONES, STARTS, st.integers(1, 400 * DAY_MS), st.sampled_from(CALENDAR))
def test_calendar_buckets_are_the_labels_of_the_moments_in_them(
    name: str, start: int, length: int, bucket: str
) -> None:
    zone, of = zones.zone(name), Range("between", start, start + length)
    found = buckets(bucket, of, zone)
    starts = [one.start for one in found]
    assert starts == sorted(set(starts))
    assert starts[0] <= of.start
    assert all(of.start < one < of.end for one in starts[1:])
    for place, one in enumerate(found):
        after = found[place + 1].start if place + 1 < len(found) else of.end
        for ms in (max(one.start, of.start), after - 1):
            assert one.label == label(bucket, owner(ms, zone))


@given(ZONES, STARTS, st.integers(1, 3 * DAY_MS), st.sampled_from(sorted(CLOCK)))
def test_clock_buckets_begin_where_clocks_show_a_full_step(
    name: str, start: int, length: int, bucket: str
) -> None:
    zone, of, step = zones.zone(name), Range("between", start, start + length), CLOCK[bucket]
    found = buckets(bucket, of, zone)
    starts = [one.start for one in found]
    assert starts[0] <= of.start < (starts[1] if len(starts) > 1 else of.end)
    assert starts == sorted(set(starts))
    assert all(after - before <= step for before, after in pairwise(starts))
    begun = set(starts)
    minutes = range(-(-of.start // MINUTE_MS) * MINUTE_MS, of.end, MINUTE_MS)
    for ms in minutes:
        at = local(ms, zone)
        full = (at.hour * 60 + at.minute) * MINUTE_MS % step == 0
        changed = local(ms - 1000, zone).utcoffset() != at.utcoffset()
        assert (ms in begun) == (full or (changed and ms % QUARTER_MS == 0)) or ms == starts[0]
    assert len({one.label for one in found}) == len(found)


def test_an_hour_that_clocks_repeat_is_two_and_one_that_they_leave_out_is_none() -> None:
    zone = zones.zone("Europe/Berlin")
    for day, hours in (("2026-10-25", 25), ("2026-03-29", 23)):
        first = day_start(datetime.fromisoformat(day).date(), zone)
        after = day_start((datetime.fromisoformat(day) + timedelta(days=1)).date(), zone)
        labels = [one.label for one in buckets("hour", Range("between", first, after), zone)]
        assert len(labels) == hours
        assert (f"{day}T02:00+02:00" in labels, f"{day}T02:00+01:00" in labels) == (hours == 25, hours == 25)


def test_a_day_that_a_zone_left_out_is_none() -> None:
    zone = zones.zone("Pacific/Apia")
    of = Range("between", *(day_start(datetime(2011, 12, day, tzinfo=UTC).date(), zone) for day in (28, 31)))
    labels = [one.label for one in buckets("day", Range("between", of.start, of.end + DAY_MS), zone)]
    assert labels == ["2011-12-28", "2011-12-29", "2011-12-31"]


def test_the_first_and_the_last_bucket_may_be_cut() -> None:
    zone = zones.zone("UTC")
    of = Range("between", 10 * DAY_MS + 1, 12 * DAY_MS)
    found = buckets("day", of, zone)
    assert cut(found, of, end_of("day", found[-1], zone)) == [found[0].label]
    of = Range("between", 10 * DAY_MS, 12 * DAY_MS - 1)
    found = buckets("day", of, zone)
    assert cut(found, of, end_of("day", found[-1], zone)) == [found[-1].label]


@pytest.mark.parametrize("name", [*CLOCK, "day"])
def test_more_buckets_than_an_answer_has_rows_for_are_refused(name: str) -> None:
    with pytest.raises(TooManyBuckets, match=name):
        buckets(name, Range("all", 0, (MOST + 1) * DAY_MS), zones.zone("UTC"))
