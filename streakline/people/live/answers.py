"""What the live row of a person answers: the same as history, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from streakline.people.day_sets import NO_DAYS, DaySet
from streakline.people.live.rows import PersonRow
from streakline.people.local_days import Watched
from streakline.people.milestones import TIERS, Kind, newest_first
from streakline.people.streaks import Streak, streak_of_days
from streakline.streams.records import NO_OFFSET
from streakline.times import DAY_MS, QUARTER_MS, iso

Source = Literal["live", "history"]
UTC: Final = ZoneInfo("UTC")
"""The zone of plays that named none, and by which today ends."""
_DAY: Final = DAY_MS // QUARTER_MS


class ShortMilestone(msgspec.Struct, frozen=True, rename="camel"):
    """A number of different contents that a person has finished, and when."""

    milestone_type: Kind
    metric_achieved: int
    achievement_date: str
    celebration_tier: str


class StreakNow(Streak, frozen=True, rename="camel"):
    """The streak and the milestones of a person now.

    Attributes:
        milestones: those reached, newest first.
        source: `live` if one read of Redis answers it, `history` where only history can.
        user_id: whose.
        tz: the zone of plays that named none, and by which today ends: the person's own, else UTC.
        as_of: the moment, ISO 8601.
    """

    milestones: tuple[ShortMilestone, ...]
    source: Source
    user_id: str
    tz: str
    as_of: str


_SHOWN: Final = ("current_streak", "longest_streak", "last_watched_date", "status", "milestones", "source")


def live_answer(row: PersonRow, user: str, as_of: int) -> StreakNow | None:
    """Return what a row answers at a moment (ms), None if only history can."""
    if not is_whole(row):
        return None
    streak = msgspec.structs.asdict(streak_now(row, as_of))
    milestones = milestones_now(row)
    return StreakNow(
        **streak, milestones=milestones, source="live", user_id=user, tz=UTC.key, as_of=iso(as_of)
    )


def user_topic(user: str, now: StreakNow | None) -> dict[str, Any]:
    """Return the data of `user:ID`; before anything is known of the person, who it is."""
    if now is None:
        return {"userId": user}
    shown = msgspec.to_builtins(now)
    return {"userId": user, **{name: shown[name] for name in (_camel(name) for name in _SHOWN)}}


def is_whole(row: PersonRow) -> bool:
    """Tell whether a row tells everything of its person's days and finishes.

    Days that the clocks left out on a journey follow from moments, which it does not have.
    """
    return not row.marks and not _may_have_left_out(row)


def streak_now(row: PersonRow, as_of: int) -> Streak:
    """Return the streak of a whole row at a moment (ms), by days of UTC where plays named no zone."""
    by_type: dict[int, DaySet] = {}
    for (_, ctype), days in row.days.items():
        by_type[ctype] = by_type.get(ctype, NO_DAYS) | days
    return streak_of_days(Watched(row.all_days, NO_DAYS, by_type), as_of, UTC)


def milestones_now(row: PersonRow) -> tuple[ShortMilestone, ...]:
    """Return the milestones of a whole row, newest first."""
    return short_milestones(row.moments)


def short_milestones(moments: Mapping[Kind, Sequence[int]]) -> tuple[ShortMilestone, ...]:
    """Return the milestones, newest first, of the moments of different finishes by kind, in rising order."""
    found = newest_first(moments)
    return tuple(ShortMilestone(one.kind, one.number, iso(one.at), TIERS[one.number]) for one in found)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _may_have_left_out(row: PersonRow) -> bool:
    """Tell whether two plays of different zones may have been less than a day apart with a whole local day between.

    For that the clock must have gone ahead by more than the whole days between but one.
    """
    by_zone: dict[int, DaySet] = {}
    for (off, _), days in row.days.items():
        ahead = 0 if off == NO_OFFSET else off
        by_zone[ahead] = by_zone.get(ahead, NO_DAYS) | days
    if len(by_zone) < 2:  # the rule
        return False
    for before, after in pairwise(row.all_days):
        between = after - before - 1
        if between < 1 or between > 3:
            continue
        left = [zone for zone, days in by_zone.items() if any(day in days for day in _near(before))]
        met = [zone for zone, days in by_zone.items() if any(day in days for day in _near(after))]
        if max(met) - min(left) > (between - 1) * _DAY:
            return True
    return False


def _near(day: int) -> range:
    """Return the days on which the play before or after a gap may lie: on a journey local days need not rise."""
    return range(day - 3, day + 4)
