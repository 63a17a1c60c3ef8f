"""Rows of one person: what they mean."""

from __future__ import annotations

import pytest

from person_rows import HOUR, rows_of
from streakline import zones
from streakline.people.play_rows import COLUMNS, Content, play_rows
from streakline.times import parse_when


@pytest.mark.parametrize(
    ("genre", "genres"),
    [
        ("Drama", ("Drama",)),
        ("Drama, Comedy;Crime / Thriller", ("Drama", "Comedy", "Crime", "Thriller")),
        (" Drama ,, Drama ", ("Drama",)),
        ("Science   Fiction", ("Science Fiction",)),
        ("", ("unknown",)),
        (" ; ", ("unknown",)),
    ],
)
def test_the_genres_of_a_content_are_its_text_divided(genre, genres):
    assert Content("a", genre=genre).genres == genres


def test_a_content_without_a_title_has_the_name_of_its_id():
    assert (Content("a").name, Content("a", title="A Day").name) == ("a", "A Day")


def test_a_play_without_a_duration_lasts_as_long_as_its_content_where_that_is_known():
    known = [Content("long", length=HOUR)]
    rows = rows_of(
        {"contentId": "long", "starts": 4, "plays": 3, "timed": 1, "ms": 0, "time_ms": 500},
        {"contentId": "short", "starts": 4, "plays": 3, "timed": 1, "time_ms": 500},
        known=known,
    )
    assert rows.lasted.tolist() == [500 + 2 * HOUR, 500]
    assert rows.untimed.tolist() == [0, 2]


def test_a_row_is_at_its_first_counted_play_else_at_its_quarter_hour():
    rows = rows_of({"at_ms": 900_000, "first_ms": 900_777}, {"at_ms": 900_000, "plays": 0, "first_ms": 0})
    assert rows.at.tolist() == [900_777, 900_000]
    assert rows.before(900_777).starts.tolist() == [1]


def test_counted_plays_are_the_first_and_the_last_of_each_row_with_zone_and_type():
    known = [Content("a", "episode")]
    rows = rows_of({"first_ms": 5, "last_ms": 9, "zone": 4}, {"contentId": "b", "plays": 0}, known=known)
    plays = rows.counted
    assert (plays.starts.tolist(), plays.offsets.tolist(), plays.types.tolist()) == ([5, 9], [4, 4], [7, 7])


def test_local_time_is_by_the_zone_of_the_event_else_by_that_of_the_person():
    at = parse_when("2024-05-05T22:30Z")[0]
    rows = rows_of({"first_ms": at, "zone": -16}, {"first_ms": at})
    local = [parse_when("2024-05-05T18:30Z")[0], parse_when("2024-05-06T07:30Z")[0]]
    assert rows.local(zones.zone("Asia/Tokyo")).tolist() == local


def test_a_person_without_rows_has_none():
    rows = play_rows({name: [] for name in COLUMNS}, {})
    assert rows.lasted.tolist() == rows.untimed.tolist() == rows.counted.starts.tolist() == []
