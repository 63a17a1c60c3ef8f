"""What a year in review consists of, as it is answered."""

from __future__ import annotations

import msgspec

from streakline.people.yearly.rankings import Ranking


class Rated(msgspec.Struct, frozen=True):
    """A content that was played in the year, with the person's newest rating of it, 0 to 10."""

    id: str
    name: str
    rating: float


class Trends(msgspec.Struct, frozen=True, rename="camel"):
    """How plays were spread over the year, by what the clock of the person showed.

    Attributes:
        plays_by_month: counted plays of January to December.
        hours_by_month: hours of January to December.
        plays_by_weekday: counted plays of Monday to Sunday.
        plays_by_hour: counted plays of each hour of the day.
    """

    plays_by_month: tuple[int, ...]
    hours_by_month: tuple[float, ...]
    plays_by_weekday: tuple[int, ...]
    plays_by_hour: tuple[int, ...]


class LongestStreak(msgspec.Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """The longest streak within the year: days with a play, and its first and last one as ISO dates."""

    days: int
    first: str
    last: str


class BusiestDay(msgspec.Struct, frozen=True):
    """The day with most counted plays, and the other days that have as many."""

    date: str
    plays: int
    tied: tuple[str, ...]


class FirstTimes(msgspec.Struct, frozen=True, rename="camel"):
    """Whom and what the person had never played before this year, in all of history.

    Attributes:
        artists: how many creators.
        titles: how many contents.
        favorite_artist: of these creators the one played most in the year; the first of equal ones.
        is_first_year: there is no play before this year, so that all of it is new.
    """

    artists: int
    titles: int
    favorite_artist: str | None
    is_first_year: bool


class YearBefore(msgspec.Struct, frozen=True, rename="camel"):
    """The year before: up to the same time of the year where this one is not over.

    Attributes:
        year: which.
        plays: its counted plays.
        total_hours: its hours.
        days_watched: its days with a play.
        plays_change: from it to this year in per cent.
        hours_change: the same of hours; null where it had none and this year has some.
    """

    year: int
    plays: int
    total_hours: float
    days_watched: int
    plays_change: float | None
    hours_change: float | None


class YearInReview(msgspec.Struct, frozen=True, rename="camel"):
    """The year of a person. Days are ISO dates of the person's calendar, hours have two decimals.

    Attributes:
        year: which.
        complete: the year is over.
        total_movies_watched: different movies finished in the year.
        total_shows_watched: different shows of which an episode was finished.
        total_episodes_watched: different episodes finished.
        total_hours: time of all plays begun, counted or not.
        plays: counted plays.
        plays_without_duration: of these those of which nobody knows how long they lasted; they have no hours.
        artists: different creators played.
        titles: different contents played.
        days_watched: days with a counted play.
        favorite_genres: genres played most; a content of several counts for each.
        top_rated_content: ids of `top_rated`.
        top_genres: the same genres with their plays.
        top_artists: creators played most.
        top_titles: contents played most.
        top_rated: contents of the year rated highest by the person.
        viewing_trends: how plays were spread.
        longest_streak: the longest one within the year; null if no two days are in a row.
        first_times: what was new.
        busiest_day: the day with most plays.
        memorable_moments: sentences; none is made where there is too little to speak of.
        previous_year: null if nothing was played in it.
    """

    year: int
    complete: bool
    total_movies_watched: int
    total_shows_watched: int
    total_episodes_watched: int
    total_hours: float
    plays: int
    plays_without_duration: int
    artists: int
    titles: int
    days_watched: int
    favorite_genres: tuple[str, ...]
    top_rated_content: tuple[str, ...]
    top_genres: Ranking
    top_artists: Ranking
    top_titles: Ranking
    top_rated: tuple[Rated, ...]
    viewing_trends: Trends
    longest_streak: LongestStreak | None
    first_times: FirstTimes
    busiest_day: BusiestDay
    memorable_moments: tuple[str, ...]
    previous_year: YearBefore | None
