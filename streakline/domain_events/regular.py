"""What is found of a person by all that history has: at any moment, every night, and of the year that is over."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from streakline.domain_events.found import (
    Found,
    milestones_achieved,
    streak_updated,
    time_calculated,
    year_generated,
)
from streakline.people.milestones import finishes_of, milestones_of
from streakline.people.play_rows import PlayRows
from streakline.people.streak_rules import StreakRules
from streakline.people.streaks import streak_of
from streakline.people.viewing_time import PERIODS, viewing_time
from streakline.people.yearly.review import year_of
from streakline.times import DAY_MS


def found_now(user: str, rows: PlayRows, zone: ZoneInfo, rules: StreakRules, now: int) -> list[Found]:
    """Return milestones and streak of a person.

    Args:
        user: the person.
        rows: all that history has of the person.
        zone: of the person.
        rules: how the streak is counted.
        now: the moment, ms UTC.
    """
    streak = streak_updated(user, streak_of(rows.counted, now, zone, rules), now)
    found = milestones_achieved(user, milestones_of(finishes_of(rows)).milestones, now)
    return found if streak is None else [*found, streak]


def found_by_night(
    user: str, rows: PlayRows, zone: ZoneInfo, rules: StreakRules, now: int, since: int
) -> list[Found]:
    """Return what `found_now` does, and the viewing time of whoever played lately.

    Args:
        user: as there.
        rows: as there.
        zone: as there.
        rules: as there.
        now: as there.
        since: up to which moment the run before had looked, ms UTC.
    """
    found = found_now(user, rows, zone, rules, now)
    if rows.at.size and int(rows.last.max()) >= since - DAY_MS:
        found += [time_calculated(user, viewing_time(rows, period, now, zone), now) for period in PERIODS]
    return found


def found_of_year(
    user: str,
    rows: PlayRows,
    zone: ZoneInfo,
    rules: StreakRules,
    now: int,
    year: int,
    creators: Mapping[str, str],
) -> list[Found]:
    """Return the review of a year of a person; nothing of one without a play.

    Args:
        user: the person.
        rows: all that history has of the person.
        zone: of the person.
        rules: what bridges days without a play.
        now: the moment, ms UTC.
        year: which.
        creators: id -> name of creators, where it is known.
    """
    own = year_of(rows, year, now, zone, rules)
    return [] if own is None else [year_generated(user, own.review(creators), now)]
