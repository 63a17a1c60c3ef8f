"""Memorable moments: sentences about a year that name their numbers. Where there is too little, none is made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from streakline.people.yearly.answers import YearInReview

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
LEAST_PLAYS: Final = 10
"""Of fewer plays nothing is remarkable."""
LEAST_STREAK: Final = 3
LEAST_BREAK: Final = 90
"""Days without a play before the first one of the year that are worth a sentence."""
LEAST_REPEATS: Final = 5
"""Plays of one title on one day that are."""
LEAST_FOR_SHARES: Final = 100
"""Of fewer plays no share of an hour is given."""


class Occasion(NamedTuple):
    """What sentences need besides the answer."""

    days_before: int
    """Days without a play between the last one before the year and the first one in it; 0 where none was before."""
    first_day: date
    """With a play."""
    title: str = ""
    """Played more often on one day than any title on any other day; empty where that is no one's."""
    title_day: date | None = None
    title_plays: int = 0
    milestone: tuple[str, int, date] | None = None
    """Kind, number and day of the greatest milestone of the year."""


def sentences(year: YearInReview, occasion: Occasion) -> tuple[str, ...]:
    """Return the memorable moments of a year.

    Args:
        year: its answer, without them.
        occasion: what else is known.
    """
    if year.plays < LEAST_PLAYS:
        return ()
    return tuple(_sentences(year, occasion))


def _sentences(year: YearInReview, occasion: Occasion) -> Iterator[str]:
    if year.first_times.is_first_year:
        yield f"It began on {_day(occasion.first_day)}: nothing is known of any time before."
    elif occasion.days_before >= LEAST_BREAK:
        yield f"After {occasion.days_before:,} days without a play, you came back on {_day(occasion.first_day)}."
    yield from _busiest(year)
    if year.longest_streak is not None and year.longest_streak.days >= LEAST_STREAK:
        first, last = (
            date.fromisoformat(day) for day in (year.longest_streak.first, year.longest_streak.last)
        )
        yield f"Your longest streak had {year.longest_streak.days} days, from {_day(first)} to {_day(last)}."
    yield from _watched(year)
    yield from _favorite(year)
    if occasion.title_plays >= LEAST_REPEATS and occasion.title_day is not None:
        yield f"You played {occasion.title} {occasion.title_plays} times on {_day(occasion.title_day)} alone."
    yield from _first_times(year)
    if occasion.milestone is not None:
        kind, number, day = occasion.milestone
        yield f"Your {number:,}th different {kind} came on {_day(day)}."
    yield from _rated(year)
    yield from _times(year)
    if year.previous_year is not None:
        until = "" if year.complete else " up to the same day"
        before = year.previous_year
        yield f"You played {year.plays:,} times, and {_times_of(before.plays)} in {before.year}{until}."


def _busiest(year: YearInReview) -> Iterator[str]:
    day = year.busiest_day
    if year.days_watched < 2 or day.plays < 2 or len(day.tied) > 1:
        return
    if day.tied:
        one, other = (_day(date.fromisoformat(text)) for text in (day.date, day.tied[0]))
        yield f"{one} and {other} were your busiest days, with {day.plays:,} plays each."
    else:
        yield f"{_day(date.fromisoformat(day.date))} was your busiest day, with {day.plays:,} plays."


def _watched(year: YearInReview) -> Iterator[str]:
    movies, episodes, shows = (
        _counted(year.total_movies_watched, "movie"),
        _counted(year.total_episodes_watched, "episode"),
        _counted(year.total_shows_watched, "show"),
    )
    parts = [movies] if year.total_movies_watched else []
    if year.total_episodes_watched:
        parts.append(f"{episodes} of {shows}" if year.total_shows_watched else episodes)
    if parts:
        yield f"You finished {' and '.join(parts)}."
    if year.total_hours >= 1:
        yield f"Your plays came to {year.total_hours:,.2f} hours."


def _rated(year: YearInReview) -> Iterator[str]:
    if not year.top_rated:
        return
    best = year.top_rated[0]
    if [one.rating for one in year.top_rated].count(best.rating) == 1:
        yield f"You rated {best.name} highest, with {best.rating:g} of 10."


def _favorite(year: YearInReview) -> Iterator[str]:
    leaders = year.top_artists.leaders
    if year.artists < 2 or not leaders or leaders[0].plays < 2:
        return
    if len(leaders) == 1:
        yield f"You played {leaders[0].name} most: {leaders[0].plays:,} of {year.plays:,} plays."
    elif len(leaders) == 2:
        one, other = leaders
        yield f"You played {one.name} and {other.name} most: {one.plays:,} plays each."


def _first_times(year: YearInReview) -> Iterator[str]:
    new = year.first_times
    if new.is_first_year or not new.artists:
        return
    who = f"{new.artists:,} artists" if new.artists > 1 else "1 artist"
    yield f"You played {who} for the first time ever, of {year.artists:,} in all."


def _times(year: YearInReview) -> Iterator[str]:
    if year.plays < LEAST_FOR_SHARES:
        return
    months, hours = year.viewing_trends.plays_by_month, year.viewing_trends.plays_by_hour
    most = max(months)
    if sum(number > 0 for number in months) > 1 and months.count(most) == 1:
        yield f"{MONTHS[months.index(most)]} was your busiest month, with {most:,} plays."
    most = max(hours)
    if hours.count(most) == 1:
        hour = hours.index(most)
        yield f"The hour from {hour:02}:00 had most plays: {most:,} of {year.plays:,}."


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _times_of(plays: int) -> str:
    return "once" if plays == 1 else f"{plays:,} times"


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
