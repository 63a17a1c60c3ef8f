"""Times of YouTube's page for people, in the languages and zones in which Google writes them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline_client.imports.local_times import Ambiguous, local_moment


def iso(text: str, tz: str | None = None) -> str:
    return datetime.fromtimestamp(local_moment(text, tz) / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Jan 13, 2024, 4:16:16 PM TRT", "2024-01-13 13:16:16"),
        ("Jan 13, 2024, 4:16:16\u202fPM CET", "2024-01-13 15:16:16"),
        ("Jan 13, 2024, 12:16:16\u202fAM UTC", "2024-01-13 00:16:16"),
        ("Jan 13, 2024, 12:16:16 p.m. UTC", "2024-01-13 12:16:16"),
        ("29 Nov 2021, 18:06:16 AEDT", "2021-11-29 07:06:16"),
        ("Sept 3, 2021, 07:00:00 GMT+03:00", "2021-09-03 04:00:00"),
        ("3 sept. 2021, 07:00:00 UTC\u22123:30", "2021-09-03 10:30:00"),
        ("13.01.2024, 16:16:16 MEZ", "2024-01-13 15:16:16"),
        ("13.07.24, 16:16:16 MESZ", "2024-07-13 14:16:16"),
        ("13 janv. 2024, 16:16:16 CET", "2024-01-13 15:16:16"),
        ("13 août 2024 à 16:16:16 UTC+2", "2024-08-13 14:16:16"),
        ("13 de jan. de 2024, 16:16:16 BRT", "2024-01-13 19:16:16"),
        ("30 Eyl 2026 22:51:52 GMT+03:00", "2026-09-30 19:51:52"),
        ("2026. 4. 11. 오후 6:00:59 KST", "2026-04-11 09:00:59"),
        ("2026. 4. 11. 오전 12:00:59 KST", "2026-04-10 15:00:59"),
        ("2024/01/13 16:16:16 JST", "2024-01-13 07:16:16"),
        ("2024年1月13日下午4:16:16 GMT+08:00", "2024-01-13 08:16:16"),
        ("13 янв. 2024 г., 16:16:16 MSK", "2024-01-13 13:16:16"),  # noqa: RUF001
        ("13. tammikuuta 2024 klo 16.16.16 EET", "2024-01-13 14:16:16"),
        ("13 ene 2024, 16:16:16 GMT", "2024-01-13 16:16:16"),
    ],
)
def test_a_time_is_read_in_its_language_and_its_zone(text: str, wanted: str):
    assert iso(text) == wanted


@pytest.mark.parametrize(
    ("zone", "wanted"),
    [("Asia/Kolkata", "03:30:00"), ("Asia/Jerusalem", "07:00:00"), ("Europe/London", "")],
)
def test_an_abbreviation_of_several_zones_means_the_one_that_is_given(zone: str, wanted: str):
    with pytest.raises(Ambiguous, match="IST is several; say which with --tz"):
        local_moment("Jan 1, 2024, 9:00:00 AM IST", None)
    if wanted:
        assert iso("Jan 1, 2024, 9:00:00 AM IST", zone) == f"2024-01-01 {wanted}"
    else:
        with pytest.raises(ValueError, match="IST is not the zone Europe/London"):
            local_moment("Jan 1, 2024, 9:00:00 AM IST", zone)


def test_an_hour_that_comes_twice_is_told_by_its_abbreviation():
    zone = "America/Chicago"
    assert iso("Nov 3, 2024, 1:30:00 AM CDT", zone) == "2024-11-03 06:30:00"
    assert iso("Nov 3, 2024, 1:30:00 AM CST", zone) == "2024-11-03 07:30:00"


def test_a_zone_that_is_not_the_given_one_is_no_time_of_it():
    with pytest.raises(ValueError, match="EST is not the zone Europe/Berlin"):
        local_moment("Jan 13, 2024, 4:16:16 PM EST", "Europe/Berlin")


@pytest.mark.parametrize("text", ["Jan 13, 2024, 4:16:16 PM", "13.01.2024 16:16:16 XYZ"])
def test_a_time_without_a_known_zone_needs_one(text: str):
    with pytest.raises(Ambiguous, match="--tz"):
        local_moment(text, None)
    assert iso(text, "Europe/Berlin") == "2024-01-13 15:16:16"


@pytest.mark.parametrize("text", ["", "yesterday", "Jan 13, 2024", "4:16:16 PM CET", "Foo 13, 2024, 4:16:16 CET",
                                  "99.99.2024, 16:16:16 MEZ", "Jan 13, 2024, 25:16:16 CET"])  # fmt: skip
def test_what_is_no_time_is_none(text: str):
    with pytest.raises(ValueError, match=r"time|month|hour|day"):
        local_moment(text, "Europe/Berlin")


FORMS = ("%b %d, %Y, %I:%M:%S\u202f%p", "%d %b %Y, %H:%M:%S", "%d.%m.%Y, %H:%M:%S", "%Y/%m/%d %H:%M:%S")


@given(
    second=st.integers(1_100_000_000, 1_900_000_000),
    form=st.sampled_from(FORMS),
    minutes=st.sampled_from([0, 60, -210, 345, 780]),
)
def test_every_moment_is_read_back_from_each_form(second: int, form: str, minutes: int):
    sign, hours, rest = ("-" if minutes < 0 else "+"), abs(minutes) // 60, abs(minutes) % 60
    there = datetime.fromtimestamp(second + minutes * 60, UTC)
    assert local_moment(f"{there:{form}} GMT{sign}{hours:02}:{rest:02}", None) == second * 1000
