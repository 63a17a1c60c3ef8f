"""The years of a person: those with a play, as each of their reviews has them."""

from __future__ import annotations

from person_rows import listened_rows, rows_of
from streakline import zones
from streakline.people.yearly.review import year_of
from streakline.people.yearly.years import years_of
from streakline.times import parse_when


def at(text: str) -> int:
    return parse_when(text)[0]


def test_the_years_of_a_listener_have_what_their_reviews_have() -> None:
    # In Kiritimati the new year of 2019 has begun, with plays, when it begins elsewhere.
    as_of, zone = at("2019-01-02T00:00Z"), zones.zone("Pacific/Kiritimati")
    found = {one.year: one for one in years_of(listened_rows(), as_of, zone)}
    assert list(found) == list(range(2019, 2006, -1))
    for year in (2020, 2019, 2014, 2006):
        reviewed = year_of(listened_rows(), year, as_of, zone)
        assert (reviewed is not None) == (year in found)
        if reviewed is not None:
            one, review = found[year], reviewed.review({})
            assert (one.plays, one.total_hours) == (review.plays, review.total_hours)
            assert one.days_watched == review.days_watched


def test_a_year_without_a_counted_play_is_none_nor_is_one_to_come() -> None:
    moments = {year: at(f"{year}-05-05T12:00Z") for year in (2021, 2022, 2024)}
    rows = rows_of(
        {"first_ms": moments[2021], "last_ms": moments[2021]},
        {"first_ms": moments[2022], "last_ms": moments[2022], "plays": 0},
        {"first_ms": moments[2024], "last_ms": moments[2024]},
    )
    utc = zones.zone("UTC")
    assert [one.year for one in years_of(rows, at("2023-01-01T00:00Z"), utc)] == [2021]
    assert years_of(rows_of(), at("2023-01-01T00:00Z"), utc) == ()


def test_new_years_eve_is_of_the_year_that_the_persons_calendar_showed() -> None:
    moment = at("2023-12-31T23:30Z")
    rows = rows_of({"first_ms": moment, "last_ms": moment})
    as_of = at("2024-02-01T00:00Z")
    assert [one.year for one in years_of(rows, as_of, zones.zone("UTC"))] == [2023]
    assert [one.year for one in years_of(rows, as_of, zones.zone("Europe/Berlin"))] == [2024]
