"""The year in review: a listener's twelve years, a generated library against a plain count, and thin years."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from person_rows import listened_rows, rows_of
from streakline import zones
from streakline.people.play_rows import Content, PlayRows
from streakline.people.viewing_time import viewing_time
from streakline.people.yearly.answers import YearInReview
from streakline.people.yearly.review import year_of
from streakline.times import parse_when

HOUR, DAY = 3_600_000, 86_400_000
UTC_ZONE = zones.zone("UTC")


def at(text: str) -> int:
    return parse_when(text)[0]


def year_in_review(
    rows: PlayRows, year: int, as_of: int, zone: ZoneInfo, creators: dict[str, str] | None = None
) -> YearInReview | None:
    found = year_of(rows, year, as_of, zone)
    return found.review(creators or {}) if found else None


def reviewed(year: int, zone: str = "UTC") -> YearInReview:
    found = year_in_review(listened_rows(), year, at("2019-01-02T00:00Z"), zones.zone(zone))
    assert found is not None
    return found


PLAYS = {
    2007: 4_130, 2008: 6_140, 2009: 5_605, 2010: 4_609, 2011: 1, 2012: 1_456, 2013: 2_508, 2014: 5_511, 2015: 1_189,
    2016: 3_660, 2017: 1_665, 2018: 4_082,
}  # fmt: skip


def test_every_year_of_a_listener_has_its_plays_and_is_over():
    found = {year: reviewed(year) for year in PLAYS}
    assert {year: one.plays for year, one in found.items()} == PLAYS
    assert all(one.complete and sum(one.viewing_trends.plays_by_month) == one.plays for one in found.values())
    assert (found[2007].first_times.artists, found[2018].first_times.artists) == (248, 396)
    assert sum(one.first_times.artists for one in found.values()) == 3_128
    assert sum(one.first_times.titles for one in found.values()) == 11_214
    befores = {year: one.previous_year.plays for year, one in found.items() if one.previous_year}
    assert befores == {year: PLAYS[year - 1] for year in range(2008, 2019)}


def test_2014_is_as_it_was_computed_apart_from_the_product():
    year = reviewed(2014)
    assert (year.artists, year.days_watched) == (906, 159)
    assert [(one.name, one.plays) for one in year.top_artists.first[:3]] == [
        ("Arctic Monkeys", 223), ("Maximo Park", 203), ("Bloc Party", 147),
    ]  # fmt: skip
    assert (year.busiest_day.date, year.busiest_day.plays, year.busiest_day.tied) == ("2014-06-06", 178, ())
    assert (year.longest_streak.days, year.longest_streak.first) == (29, "2014-08-21")
    assert "6 June 2014 was your busiest day, with 178 plays." in year.memorable_moments


def test_the_first_year_has_its_greatest_milestone():
    assert "Your 1,000th different track came on 16 July 2007." in reviewed(2007).memorable_moments
    assert not [one for one in reviewed(2008).memorable_moments if "different" in one]


def test_a_milestone_is_of_the_year_that_the_clock_beside_its_play_showed():
    moments = [at("2023-12-31T20:00Z") - n * DAY for n in range(10)]
    plays = [
        {"contentId": f"t{n}", "first_ms": ms, "last_ms": ms, "done_ms": ms} for n, ms in enumerate(moments)
    ]
    plays[0]["zone"] = 36  # in Tokyo it is the morning of 1 January
    again = [at("2023-06-01T12:00Z"), *(at("2024-03-01T12:00Z") + n * DAY for n in range(10))]
    plays += [{"contentId": "t0", "first_ms": ms, "last_ms": ms} for ms in again]
    rows = rows_of(*plays, known=[Content(f"t{n}", "track") for n in range(10)])
    found = {year: year_in_review(rows, year, at("2025-01-01T00:00Z"), UTC_ZONE) for year in (2023, 2024)}
    assert (found[2023].plays, found[2024].plays) == (10, 11)
    assert "Your 10th different track came on 1 January 2024." in found[2024].memorable_moments
    assert not [one for one in found[2023].memorable_moments if "different" in one]


def test_of_the_one_play_of_2011_nothing_is_invented():
    year = reviewed(2011)
    assert (year.plays, year.artists, year.days_watched) == (1, 1, 1)
    assert year.memorable_moments == ()
    assert year.longest_streak is None
    assert (year.first_times.artists, year.first_times.titles) == (0, 0)


def test_the_months_of_2009_are_those_of_the_listeners_zone():
    months = (666, 441, 676, 604, 633, 227, 132, 392, 300, 447, 557, 530)
    assert reviewed(2009, "Europe/London").viewing_trends.plays_by_month == months


def test_a_year_without_a_play_has_no_review():
    assert year_in_review(listened_rows(), 2006, at("2019-01-02T00:00Z"), UTC_ZONE) is None
    assert year_in_review(rows_of(), 2006, at("2019-01-02T00:00Z"), UTC_ZONE) is None


def test_a_year_under_way_is_compared_with_the_same_part_of_the_one_before():
    year = year_in_review(listened_rows(), 2010, at("2010-03-01T00:00Z"), UTC_ZONE)
    assert not year.complete
    until = listened_rows()
    same = (until.at >= at("2009-01-01T00:00Z")) & (until.at < at("2009-03-01T00:00Z"))
    assert year.previous_year.plays == until.plays[same].sum()


LIBRARY = [
    Content(f"m{n}", "movie", genre=("Drama", "Crime, Drama", "")[n % 3], length=HOUR) for n in range(600)
]
LIBRARY += [
    Content(f"e{n}", "episode", f"s{n % 60}", creator=f"c{n % 7}", genre="Comedy") for n in range(3_000)
]


def test_a_generated_library_watched_by_200_people_gives_what_a_plain_count_gives():
    drawn = random.Random(2)
    begin, end = at("2022-01-01T00:00Z"), at("2024-01-01T00:00Z")
    for _ in range(200):
        plays = [
            {
                "contentId": one.id, "app": drawn.choice(["", "tv", "phone"]), "timed": timed, "first_ms": moment,
                "last_ms": moment, "time_ms": drawn.randrange(HOUR) * timed, "done_ms": moment * drawn.randrange(2),
            }
            for one in drawn.choices(LIBRARY, k=drawn.choice([1, 30, 200]))
            for moment in [drawn.randrange(begin, end)]
            for timed in [drawn.randrange(2)]
        ]  # fmt: skip
        rows = rows_of(*plays, known=LIBRARY)
        years = defaultdict(list)
        for play in plays:
            years[datetime.fromtimestamp(play["first_ms"] / 1000, UTC).year].append(play)
        for year, own in years.items():
            seen = year_in_review(rows, year, end, UTC_ZONE)
            by_id = {one.id: one for one in LIBRARY}
            done = [by_id[play["contentId"]] for play in own if play["done_ms"]]
            assert seen.total_movies_watched == len({one.id for one in done if one.type == "movie"})
            assert seen.total_episodes_watched == len({one.id for one in done if one.type == "episode"})
            assert seen.total_shows_watched == len({one.parent for one in done if one.parent})
            lasted = [
                play["time_ms"] + (0 if play["timed"] else by_id[play["contentId"]].length) for play in own
            ]
            assert seen.total_hours == int(sum(lasted) / HOUR * 100 + 0.5) / 100
            genres = Counter(
                genre for play in own for genre in by_id[play["contentId"]].genres if genre != "unknown"
            )
            assert {one.name: one.plays for one in seen.top_genres.first} == genres
        whole = viewing_time(rows, "all", end, UTC_ZONE)
        sums = Counter()
        for play in plays:
            one = by_id[play["contentId"]]
            sums["type", one.type] += play["time_ms"] + (0 if play["timed"] else one.length)
            sums["app", play["app"] or "unknown"] += play["time_ms"] + (0 if play["timed"] else one.length)
        parts = {("type", name): hours for name, hours in whole.content_breakdown.items()}
        parts |= {("app", name): hours for name, hours in whole.platform_distribution.items()}
        assert parts == {key: int(ms / HOUR * 100 + 0.5) / 100 for key, ms in sums.items() if ms}


def test_what_was_rated_highest_is_by_the_newest_rating_of_what_was_played_that_year():
    moment = at("2023-05-05T12:00Z")

    def rated(content: str, rating: int, later: int) -> dict[str, object]:
        return {
            "contentId": content, "plays": 0, "starts": 0, "at_ms": moment + later, "rated_ms": moment + later,
            "rating": rating,
        }  # fmt: skip

    rows = rows_of(
        *({"contentId": one, "first_ms": moment, "last_ms": moment} for one in "abc"),
        rated("a", 950, DAY), rated("a", 700, 2 * DAY), rated("b", 800, DAY), rated("never played", 1_000, DAY),
    )  # fmt: skip
    year = year_in_review(rows, 2023, at("2024-01-01T00:00Z"), UTC_ZONE)
    assert [(one.id, one.rating) for one in year.top_rated] == [("b", 8.0), ("a", 7.0)]
    assert year.top_rated_content == ("b", "a")


def test_creators_have_the_names_that_the_catalogue_gives_them():
    moment = at("2023-05-05T12:00Z")
    known = [Content("a", "track", creator="c1"), Content("b", "track", creator="c2")]
    rows = rows_of(*({"contentId": one, "first_ms": moment, "last_ms": moment} for one in "aab"), known=known)
    year = year_in_review(rows, 2023, at("2024-01-01T00:00Z"), UTC_ZONE, creators={"c1": "Anna"})
    assert [(one.rank, one.name, one.plays) for one in year.top_artists.first] == [
        (1, "Anna", 2),
        (2, "c2", 1),
    ]
    assert year.first_times.favorite_artist == "Anna"


def test_a_streak_over_new_year_counts_in_each_year_the_days_that_it_has_there():
    days = [at("2023-12-28T12:00Z") + n * DAY for n in range(7)]
    rows = rows_of(*({"first_ms": ms, "last_ms": ms} for ms in days))
    found = [
        year_in_review(rows, year, at("2025-01-01T00:00Z"), UTC_ZONE).longest_streak for year in (2023, 2024)
    ]
    assert [(one.days, one.first, one.last) for one in found] == [
        (4, "2023-12-28", "2023-12-31"), (3, "2024-01-01", "2024-01-03"),
    ]  # fmt: skip


def test_the_order_of_rows_changes_nothing():
    drawn = random.Random(3)
    begin, end = at("2023-01-01T00:00Z"), at("2024-01-01T00:00Z")
    moments = [begin + drawn.randrange(400) * 20 * HOUR for _ in range(300)]
    plays = [
        {
            "contentId": drawn.choice(LIBRARY).id,
            "first_ms": ms,
            "last_ms": ms,
            "done_ms": ms,
            "time_ms": HOUR,
            "timed": 1,
        }
        for ms in moments
    ]
    rates = [
        {"contentId": play["contentId"], "plays": 0, "starts": 0, "rated_ms": end - n // 2, "rating": n * 100}
        for n, play in enumerate(plays[:9])
    ]
    rows = [*plays, *rates]
    seen = year_in_review(rows_of(*rows, known=LIBRARY), 2023, end, UTC_ZONE)
    time = viewing_time(rows_of(*rows, known=LIBRARY), "year", end - 1, UTC_ZONE)
    for _ in range(5):
        drawn.shuffle(rows)
        assert year_in_review(rows_of(*rows, known=LIBRARY), 2023, end, UTC_ZONE) == seen
        assert viewing_time(rows_of(*rows, known=LIBRARY), "year", end - 1, UTC_ZONE) == time
