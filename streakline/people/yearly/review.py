"""The year in review of a person, composed of the rows that history has: any year, at any moment, without a job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from streakline.history.totals import UNKNOWN, growth
from streakline.people import breakdowns
from streakline.people.day_sets import DaySet
from streakline.people.local_days import I64, date_of, day_of, local_moment, watched, weekday
from streakline.people.milestones import finishes_of, first_finishes, reached
from streakline.people.play_rows import PlayRows
from streakline.people.streak_rules import DEFAULT_RULES, Bridges, StreakRules
from streakline.people.streaks import calendar_runs, today_of
from streakline.people.viewing_time import span_before
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
from streakline.times import DAY_MS

GENRES: Final = 5
PLACES: Final = 10
"""Places of the other rankings."""


def year_of(
    rows: PlayRows, year: int, as_of: int, zone: ZoneInfo, rules: StreakRules = DEFAULT_RULES
) -> Year | None:
    """Return a year of a person; None if nothing was played in it.

    Args:
        rows: all that history has of the person, before and after the year: what was new is known only so.
        year: which, by the person's calendar.
        as_of: the moment, ms UTC; rows of then and later are left out.
        zone: of the person, for plays whose events named none.
        rules: what bridges days without a play.
    """
    own = Year(rows.before(as_of), year, as_of, zone, rules)
    return own if own.plays else None


class Year:
    """The rows of a year, and those of all the time around it; made by `year_of`.

    Attributes:
        by_creator: id -> counted plays of the year, of every creator who has some.
    """

    def __init__(
        self, rows: PlayRows, year: int, as_of: int, zone: ZoneInfo, rules: StreakRules = DEFAULT_RULES
    ) -> None:
        self.all, self.year, self.as_of, self.zone, self._rules = rows, year, as_of, zone, rules
        self.all_local = rows.local(zone)
        self.first = day_of(date(year, 1, 1))
        self.end = day_of(date(year + 1, 1, 1))
        inside = (self.all_local >= self.first * DAY_MS) & (self.all_local < self.end * DAY_MS)
        self.rows, self.local = rows.where(inside), self.all_local[inside]
        self.plays = int(self.rows.plays.sum())
        self.now = local_moment(as_of, zone)
        self.by_content = breakdowns.by_content(self.rows, self.rows.plays)
        self.by_creator = breakdowns.by_creator(self.rows, self.rows.plays)
        self.days = breakdowns.days_of(self.local, self.rows.plays)

    def review(self, creators: Mapping[str, str]) -> YearInReview:
        """Return the year in review.

        Args:
            creators: id -> name of creators, where it is known.
        """
        rows, counts, lasted = self.rows, breakdowns.finished(self.rows), self.rows.lasted
        by_genre = breakdowns.by_genre(rows, rows.plays)
        genres = ranking({name: n for name, n in by_genre.items() if name != UNKNOWN}, {}, GENRES)
        played = [
            (rows.contents[n], int(self.by_content[n])) for n in np.flatnonzero(self.by_content).tolist()
        ]
        by_title = {one.id: plays for one, plays in played}
        titles = {one.id: one.name for one, _ in played}
        rated = self._rated()
        found = YearInReview(
            year=self.year,
            complete=self.now >= self.end * DAY_MS,
            total_movies_watched=counts["movie"],
            total_shows_watched=counts["show"],
            total_episodes_watched=counts["episode"],
            total_hours=breakdowns.hours(int(lasted.sum())),
            plays=self.plays,
            plays_without_duration=int(rows.untimed.sum()),
            artists=len(self.by_creator),
            titles=len(by_title),
            days_watched=len(self.days),
            favorite_genres=tuple(one.name for one in genres.first),
            top_rated_content=tuple(one.id for one in rated),
            top_genres=genres,
            top_artists=ranking(self.by_creator, creators, PLACES),
            top_titles=ranking(by_title, titles, PLACES),
            top_rated=rated,
            viewing_trends=self._trends(lasted),
            longest_streak=self._longest(),
            first_times=self._first_times(creators),
            busiest_day=self._busiest(),
            memorable_moments=(),
            previous_year=self._before(),
        )
        return msgspec.structs.replace(found, memorable_moments=sentences(found, self._occasion()))

    def _trends(self, lasted: I64) -> Trends:
        plays = self.rows.plays
        months = breakdowns.months_of(self.local) % 12
        weekdays = weekday(self.local // DAY_MS)
        return Trends(
            plays_by_month=tuple(breakdowns.added(months, plays, 12).tolist()),
            hours_by_month=tuple(
                breakdowns.hours(ms) for ms in breakdowns.added(months, lasted, 12).tolist()
            ),
            plays_by_weekday=tuple(breakdowns.added(weekdays, plays, 7).tolist()),
            plays_by_hour=tuple(breakdowns.by_hour(self.local, plays)),
        )

    def _rated(self) -> tuple[Rated, ...]:
        """Return what of the year was rated highest: by the newest rating of each content."""
        rated = np.flatnonzero(self.all.rated > 0)
        newest = rated[np.lexsort((self.all.rating[rated], self.all.rated[rated]))]
        ratings = dict(zip(self.all.content[newest].tolist(), self.all.rating[newest].tolist(), strict=True))
        own = [(-rating, self.all.contents[n]) for n, rating in ratings.items() if self.by_content[n]]
        own.sort(key=lambda one: (one[0], one[1].id))
        return tuple(Rated(one.id, one.name, -rating / 100) for rating, one in own[:PLACES])

    def _longest(self) -> LongestStreak | None:
        """Return the longest streak, as far as it is in the year."""
        known = watched(self.all.counted, self.zone, with_types=False)
        bridges = Bridges(self._rules, self.as_of, self.zone, known.left_out)
        longest = DaySet()
        for run in calendar_runs(known, bridges, today_of(known, self.as_of, self.zone), self.zone).all:
            # No more days of it are in the year than it has.
            if run.days > len(longest) and run.last >= self.first and run.first < self.end:
                inside = self.days & DaySet.between(run.first, run.last)
                longest = inside if len(inside) > len(longest) else longest
        if len(longest) < 2:
            return None
        return LongestStreak(
            len(longest), date_of(longest.first).isoformat(), date_of(longest.last).isoformat()
        )

    def _busiest(self) -> BusiestDay:
        plays = breakdowns.by_day(self.local, self.rows.plays, self.first, self.end - 1)
        most = max(plays)
        days = [date_of(self.first + n).isoformat() for n, number in enumerate(plays) if number == most]
        return BusiestDay(days[0], most, tuple(days[1:]))

    def _first_times(self, creators: Mapping[str, str]) -> FirstTimes:
        earlier = (self.all_local < self.first * DAY_MS) & (self.all.plays > 0)
        known = np.unique(self.all.content[earlier])
        before = {self.all.contents[n].creator for n in known.tolist()}
        artists = {id_: plays for id_, plays in self.by_creator.items() if id_ not in before}
        favorite = min(artists, key=lambda id_: (-artists[id_], id_), default=None)
        return FirstTimes(
            artists=len(artists),
            titles=len(np.setdiff1d(np.flatnonzero(self.by_content), known)),
            favorite_artist=None if favorite is None else creators.get(favorite) or favorite,
            is_first_year=not known.size,
        )

    def _before(self) -> YearBefore | None:
        first, end = day_of(date(self.year - 1, 1, 1)) * DAY_MS, self.first * DAY_MS
        if self.first * DAY_MS <= self.now < self.end * DAY_MS:
            end = span_before("year", self.now).end
        inside = (self.all_local >= first) & (self.all_local < end)
        by_row = self.all.plays[inside]
        plays = int(by_row.sum())
        if not plays:
            return None
        ms = int(self.all.lasted[inside].sum())
        return YearBefore(
            year=self.year - 1,
            plays=plays,
            total_hours=breakdowns.hours(ms),
            days_watched=len(breakdowns.days_of(self.all_local[inside], by_row)),
            plays_change=growth(self.plays, plays),
            hours_change=growth(int(self.rows.lasted.sum()), ms),
        )

    def _occasion(self) -> Occasion:
        """Return what sentences need besides the answer."""
        counted = self.rows.plays > 0
        days = self.local[counted] // DAY_MS
        pairs = self.rows.content[counted] * (self.end - self.first) + days - self.first
        found, index = np.unique(pairs, return_inverse=True)
        plays = breakdowns.added(index, self.rows.plays[counted], len(found))
        most = int(plays.max())
        [best] = found[plays == most].tolist() if (plays == most).sum() == 1 else [None]
        earlier = self.all_local[(self.all_local < self.first * DAY_MS) & (self.all.plays > 0)] // DAY_MS
        gap = self.days.first - int(earlier.max()) - 1 if earlier.size else 0
        occasion = Occasion(gap, date_of(self.days.first), milestone=self._milestone())
        if best is None:
            return occasion
        content, day = divmod(best, self.end - self.first)
        return occasion._replace(
            title=self.rows.contents[content].name, title_day=date_of(self.first + day), title_plays=most
        )

    def _milestone(self) -> tuple[str, int, date] | None:
        """Return kind, number and day of the greatest milestone of the year."""
        found = reached(first_finishes(finishes_of(self.all)))
        # Of plays that began at one moment in two zones the earlier day is taken, whatever the order of rows.
        ahead = self.all_local - self.all.at
        days = {one.at: int((one.at + ahead[self.all.done == one.at].min()) // DAY_MS) for one in found}
        own = [one for one in found if self.first <= days[one.at] < self.end]
        best = max(own, key=lambda one: one.number, default=None)
        return None if best is None else (best.kind, best.number, date_of(days[best.at]))
