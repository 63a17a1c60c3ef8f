"""Streaks: how many days in a row a person played something, as a pure function of sets.

Plays and what bridges days without one are sets: whatever their order, and however often they are repeated, the
streak is the same. A late play changes the past of a streak and gives back the freeze of its day.
"""

from __future__ import annotations

from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from streakline.history.midnight import day_start
from streakline.kinds import CONTENT_TYPES
from streakline.people.day_sets import DaySet
from streakline.people.local_days import Plays, Watched, date_of, local_day, watched
from streakline.people.rolling import rolling_runs
from streakline.people.runs import Run, Runs
from streakline.people.streak_rules import DEFAULT_RULES, Bridges, StreakRules
from streakline.streak_limits import MOST_FREEZES
from streakline.times import iso

Status = Literal["active", "atRisk", "frozen", "broken"]
_UNKNOWN: Final = 0
"""The code of the content type that nobody named."""


class Freezes(msgspec.Struct, frozen=True, rename="camel"):
    """The freezes of a person.

    Attributes:
        balance: how many are left.
        most: how many can be held.
        used: the days that one covers, ISO dates in order.
    """

    balance: int
    most: int
    used: tuple[str, ...]


class Streak(msgspec.Struct, frozen=True, rename="camel"):
    """The streak of a person at a moment. Days are ISO dates of the person's calendar.

    Attributes:
        current_streak: days of the streak that is alive; 0 if none is.
        longest_streak: days of the longest one there was; of equal ones the first.
        last_watched_date: the last day with a counted play; null if there never was one.
        streak_start_date: the first day of the streak that is alive.
        longest_streak_start: the first day of the longest one.
        status: `active` with a play today; without one `frozen` if a pause, a day off or a freeze used yesterday holds
            it, else `atRisk`; `broken` if no streak is alive.
        content_types: types of what was played in the streak that is alive, by name.
        freezes: what is left of them, and what they cover.
        mode: how it was counted.
        play_before: the moment at which the streak breaks if nothing is played, freezes included; ISO 8601.
        days_watched: different days with a counted play, ever.
    """

    current_streak: int
    longest_streak: int
    last_watched_date: str | None
    streak_start_date: str | None
    longest_streak_start: str | None
    status: Status
    content_types: tuple[str, ...]
    freezes: Freezes
    mode: str
    play_before: str | None
    days_watched: int


def streak_of(plays: Plays, as_of: int, zone: ZoneInfo, rules: StreakRules = DEFAULT_RULES) -> Streak:
    """Return the streak of a person.

    Args:
        plays: counted ones; those that began at `as_of` or later are left out.
        as_of: the moment, ms UTC.
        zone: of the person: for plays whose events named none, and for what today is.
        rules: how it is counted, and what bridges days without a play.
    """
    known = plays.before(as_of)
    days = watched(known, zone)
    runs, bridges = runs_of(known, days, as_of, zone, rules)
    return _streak(runs, days, as_of, zone, rules, bridges)


def runs_of(
    known: Plays, days: Watched, as_of: int, zone: ZoneInfo, rules: StreakRules
) -> tuple[Runs, Bridges]:
    """Return the streaks of a person by the mode of the rules, and what bridged days without a play.

    Args:
        known: counted plays of before `as_of`, in order of time.
        days: of these plays.
        as_of: the moment, ms UTC.
        zone: of the person.
        rules: how they are counted.
    """
    if rules.mode == "calendar-day":
        bridges = Bridges(rules, as_of, zone, days.left_out)
        return calendar_runs(days, bridges, today_of(days, as_of, zone), zone), bridges
    bridges = Bridges(rules, as_of, zone)
    return rolling_runs(known, bridges, as_of, zone), bridges


def streak_of_days(days: Watched, as_of: int, zone: ZoneInfo, rules: StreakRules = DEFAULT_RULES) -> Streak:
    """Return the streak of a person's days, by the mode `calendar-day`.

    Args:
        days: of plays that began before `as_of`.
        as_of: the moment, ms UTC.
        zone: of the person, for what today is.
        rules: what bridges days without a play.
    """
    bridges = Bridges(rules, as_of, zone, days.left_out)
    runs = calendar_runs(days, bridges, today_of(days, as_of, zone), zone)
    return _streak(runs, days, as_of, zone, rules, bridges)


def today_of(days: Watched, as_of: int, zone: ZoneInfo) -> int:
    """Return the day of a person at a moment: a play that began in a zone ahead has begun it already."""
    today = local_day(as_of, zone)
    return max(today, days.days.last) if days.days else today


def calendar_runs(days: Watched, bridges: Bridges, today: int, zone: ZoneInfo) -> Runs:
    """Return the streaks of days in a row.

    Args:
        days: with a play.
        bridges: what holds over days without one; asked once, up to today.
        today: the day of the person now, which is not over.
        zone: by which it ends.
    """
    found: list[Run] = []
    last: int | None = None
    for day in days.days:
        if last is not None and bridges.hold(last + 1, day - 1):
            found[-1] = found[-1].longer(1, day)
        else:
            found.append(Run(day, day, 1))
        last = day
    if last is None or not bridges.hold(last + 1, today - 1):
        bridges.gain(today)
        return Runs(tuple(found))
    bridges.gain(today)
    ends = bridges.outlasted(today + 1 if last == today else today)
    is_held = bridges.are_free(today) or today - 1 in bridges.used
    return Runs(tuple(found), day_start(date_of(ends + 1), zone), is_held)


def _streak(
    runs: Runs, days: Watched, as_of: int, zone: ZoneInfo, rules: StreakRules, bridges: Bridges
) -> Streak:
    current, longest = runs.current, runs.longest
    status: Status = "broken"
    if current is not None:
        is_active = today_of(days, as_of, zone) in days.days
        status = "active" if is_active else "frozen" if runs.is_held else "atRisk"
    used = tuple(_text(day) for day in bridges.used)
    return Streak(
        current_streak=current.days if current else 0,
        longest_streak=longest.days if longest else 0,
        last_watched_date=_text(days.days.last) if days.days else None,
        streak_start_date=_text(current.first) if current else None,
        longest_streak_start=_text(longest.first) if longest else None,
        status=status,
        content_types=_types(days, current) if current else (),
        freezes=Freezes(bridges.balance, MOST_FREEZES, used),
        mode=rules.mode,
        play_before=None if runs.breaks_at is None else iso(runs.breaks_at),
        days_watched=len(days.days),
    )


def _types(days: Watched, run: Run) -> tuple[str, ...]:
    within = DaySet.between(run.first, run.last)
    named = {CONTENT_TYPES[code] for code, own in days.by_type.items() if code != _UNKNOWN and own & within}
    return tuple(sorted(named))


def _text(day: int) -> str:
    return date_of(day).isoformat()
