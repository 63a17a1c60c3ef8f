"""Quotas and their days."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from streakline.platforms.connectors.quotas import PACIFIC, Daily, Rate, day_of, month_of
from streakline.times import HOUR_MS, MINUTE_MS


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def test_a_day_of_the_pacific_begins_and_ends_at_its_own_midnights() -> None:
    start, stop = day_of(Daily(1, PACIFIC), ms("2026-11-28T07:59:59+00:00"))
    assert (start, stop) == (ms("2026-11-27T00:00:00-08:00"), ms("2026-11-28T00:00:00-08:00"))
    assert day_of(Daily(1, PACIFIC), stop)[0] == stop


def test_a_night_of_daylight_saving_has_an_hour_more_or_less() -> None:
    spring = day_of(Daily(1, PACIFIC), ms("2026-03-08T12:00:00-07:00"))
    autumn = day_of(Daily(1, PACIFIC), ms("2026-11-01T12:00:00-08:00"))
    assert (spring[1] - spring[0], autumn[1] - autumn[0]) == (23 * HOUR_MS, 25 * HOUR_MS)


@given(st.integers(946_684_800_000, 1_900_000_000_000))
def test_every_moment_lies_in_its_day(now: int) -> None:
    start, stop = day_of(Daily(1, PACIFIC), now)
    assert start <= now < stop
    zone = ZoneInfo(PACIFIC)
    days = [datetime.fromtimestamp(at / 1000, zone) for at in (start, now, stop)]
    assert days[0].date() == days[1].date() != days[2].date()
    assert [day.strftime("%H:%M:%S") for day in (days[0], days[2])] == ["00:00:00", "00:00:00"]


def test_a_rate_lets_through_no_more_in_any_stretch() -> None:
    for rate in (Rate(100, MINUTE_MS), Rate(75, 15 * MINUTE_MS, 0.8), Rate(3, 1_000), Rate(10, 1_000, 0.0)):
        assert rate.burst + rate.per_ms * rate.per <= rate.units + 1e-9 or rate.burst == rate.units
        assert rate.burst >= 1
        assert rate.per_ms > 0


def test_a_month_is_of_utc() -> None:
    first = [ms(f"{month}-01T00:00:00+00:00") for month in ("2026-12", "2027-01", "2026-02", "2026-03")]
    assert month_of(ms("2026-12-31T23:59:59+00:00")) == (first[0], first[1])
    assert month_of(first[2]) == (first[2], first[3])
