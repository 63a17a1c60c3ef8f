"""Memorable moments: every number in a sentence is one of the answer, and thin years have none."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import msgspec
import pytest

from streakline.people.yearly.answers import (
    BusiestDay,
    FirstTimes,
    LongestStreak,
    Rated,
    Trends,
    YearBefore,
    YearInReview,
)
from streakline.people.yearly.moments import Occasion, sentences
from streakline.people.yearly.rankings import ranking

YEAR = YearInReview(
    year=2014, complete=True, total_movies_watched=0, total_shows_watched=0, total_episodes_watched=0,
    total_hours=12.5, plays=200, plays_without_duration=0, artists=3, titles=50, days_watched=40,
    favorite_genres=(), top_rated_content=(), top_genres=ranking({}, {}, 5),
    top_artists=ranking({"a": 120, "b": 50, "c": 30}, {"a": "Anna"}, 10), top_titles=ranking({}, {}, 10), top_rated=(),
    viewing_trends=Trends((150, 50, *[0] * 10), (0.0,) * 12, (0,) * 7, (0, 120, 80, *[0] * 21)),
    longest_streak=LongestStreak(9, "2014-01-02", "2014-01-10"),
    first_times=FirstTimes(2, 30, "Anna", is_first_year=False),
    busiest_day=BusiestDay("2014-06-06", 17, ()),
    memorable_moments=(), previous_year=YearBefore(2013, 1, 0.0, 1, None, None),
)  # fmt: skip
PLAIN = Occasion(0, date(2014, 1, 2))


def said(occasion: Occasion = PLAIN, **other: Any) -> tuple[str, ...]:
    return sentences(msgspec.structs.replace(YEAR, **other), occasion)


def test_a_full_year_has_a_sentence_for_each_that_is_remarkable():
    assert said(Occasion(100, date(2014, 1, 2), "A Song", date(2014, 3, 1), 6)) == (
        "After 100 days without a play, you came back on 2 January 2014.",
        "6 June 2014 was your busiest day, with 17 plays.",
        "Your longest streak had 9 days, from 2 January 2014 to 10 January 2014.",
        "Your plays came to 12.50 hours.",
        "You played Anna most: 120 of 200 plays.",
        "You played A Song 6 times on 1 March 2014 alone.",
        "You played 2 artists for the first time ever, of 3 in all.",
        "January was your busiest month, with 150 plays.",
        "The hour from 01:00 had most plays: 120 of 200.",
        "You played 200 times, and once in 2013.",
    )


def test_what_was_finished_and_how_long_it_took_are_sentences():
    found = said(
        total_movies_watched=12, total_episodes_watched=34, total_shows_watched=1, total_hours=1_234.5
    )
    assert "You finished 12 movies and 34 episodes of 1 show." in found
    assert "Your plays came to 1,234.50 hours." in found
    assert "You finished 1 movie." in said(total_movies_watched=1)
    assert "You finished 2 episodes." in said(total_episodes_watched=2)
    assert not [one for one in said(total_hours=0.99) if "hours" in one]


def test_a_milestone_of_the_year_is_a_sentence():
    found = said(PLAIN._replace(milestone=("track", 1_000, date(2014, 7, 16))))
    assert "Your 1,000th different track came on 16 July 2014." in found


def test_what_was_rated_highest_is_named_if_it_is_one():
    best, other = Rated("a", "A Film", 9.5), Rated("b", "B", 9.0)
    assert "You rated A Film highest, with 9.5 of 10." in said(top_rated=(best, other))
    assert not [one for one in said(top_rated=(best, Rated("b", "B", 9.5))) if "rated" in one]


@pytest.mark.parametrize("plays", [1, 9])
def test_of_few_plays_nothing_is_invented(plays):
    assert said(plays=plays) == ()


def test_the_first_year_is_not_called_new_in_everything():
    found = said(first_times=FirstTimes(3, 50, "Anna", is_first_year=True))
    assert found[0] == "It began on 2 January 2014: nothing is known of any time before."
    assert not [one for one in found if "first time" in one]


def test_two_busiest_days_are_both_named_and_more_are_not():
    two = said(busiest_day=BusiestDay("2014-06-06", 17, ("2014-07-07",)))
    assert "6 June 2014 and 7 July 2014 were your busiest days, with 17 plays each." in two
    three = said(busiest_day=BusiestDay("2014-06-06", 17, ("2014-07-07", "2014-08-08")))
    assert not [one for one in three if "busiest day" in one]


def test_two_who_lead_are_both_named_and_more_are_not():
    assert "You played a and b most: 5 plays each." in said(top_artists=ranking({"a": 5, "b": 5}, {}, 10))
    assert not [one for one in said(top_artists=ranking(dict.fromkeys("abc", 5), {}, 10)) if " most: " in one]


def test_months_and_hours_that_are_equal_are_not_remarkable():
    equal = Trends((100, 100, *[0] * 10), (0.0,) * 12, (0,) * 7, (100, 100, *[0] * 22))
    assert not [one for one in said(viewing_trends=equal) if "month" in one or "The hour" in one]


def test_a_year_under_way_is_compared_up_to_the_same_day():
    before = YearBefore(2013, 1_200, 0.0, 1, None, None)
    assert said(complete=False, previous_year=before)[-1] == (
        "You played 200 times, and 1,200 times in 2013 up to the same day."
    )
    assert not [one for one in said(previous_year=None) if "2013" in one]


def test_every_number_of_a_sentence_is_one_of_the_answer():
    known = {"2014", "6", "17", "9", "2", "10", "120", "200", "3", "150", "01", "00", "2013", "12", "50"}
    numbers = {number for one in said() for number in re.findall(r"\d+", one)}
    assert numbers <= known
