"""The year in review as JSON: the fields that the requirements name have their names."""

import msgspec

from streakline.people.yearly.answers import LongestStreak, YearInReview


def test_the_fields_that_the_requirements_name_are_there():
    names = {field.encode_name for field in msgspec.structs.fields(YearInReview)}
    assert names >= {
        "year", "totalMoviesWatched", "totalShowsWatched", "totalHours", "favoriteGenres", "topRatedContent",
        "viewingTrends", "memorableMoments",
    }  # fmt: skip


def test_a_streak_is_from_a_day_to_a_day():
    written = msgspec.json.encode(LongestStreak(3, "2024-05-06", "2024-05-08"))
    assert msgspec.json.decode(written) == {"days": 3, "from": "2024-05-06", "to": "2024-05-08"}
