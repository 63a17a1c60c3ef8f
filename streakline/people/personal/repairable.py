"""Which missed days of a person a repair would take back now, and what his streak would be then."""

from __future__ import annotations

from collections.abc import Collection
from itertools import takewhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from streakline.people.local_days import Plays, local_day, watched
from streakline.people.streak_rules import Bridges, Repair, StreakRules, holding
from streakline.people.streaks import runs_of
from streakline.streak_limits import REPAIR_BACK


class RepairableDay(NamedTuple):
    """A missed day, and the current streak of the person once it is repaired."""

    day: int
    current_streak: int


class Repairable(NamedTuple):
    """What a repair that is made now can take back."""

    days: tuple[RepairableDay, ...] = ()
    """Missed days of which it would hold, in order; none while another repair forbids it."""
    again: int | None = None
    """The first day on which another repair holds; None if that is today."""


def repairable(
    plays: Plays, streak: int, used: Collection[int], as_of: int, zone: ZoneInfo, rules: StreakRules
) -> Repairable:
    """Return which days a repair would take back: missed ones of the last days, after the first play.

    Args:
        plays: counted ones of one person; those that began at `as_of` or later are left out.
        streak: his current one.
        used: the days that a freeze covers, which are not missed.
        as_of: the moment of the repair, ms UTC.
        zone: of the person.
        rules: how his streak is counted.
    """
    today = local_day(as_of, zone)
    made = [local_day(one.at, zone) for one in holding(rules.repairs, as_of, zone)]
    if made and made[-1] + REPAIR_BACK > today:
        return Repairable(again=made[-1] + REPAIR_BACK)
    known = plays.before(as_of)
    found = watched(known, zone)
    bridges = Bridges(rules, as_of, zone, found.left_out)
    missed = [
        day
        for day in range(today - REPAIR_BACK, today)
        if found.days
        and found.days.first < day
        and day not in found.days
        and day not in used
        and not bridges.are_free(day)
    ]

    if not missed:
        return Repairable()
    # Of a gap the first missed day breaks a streak, and of several gaps the last one: no other repair changes it.
    played = max(day for day in found.days if day < missed[-1])
    breaking = [*takewhile(lambda day: day > played, reversed(missed))][-1]
    repaired = msgspec.structs.replace(rules, repairs=rules.repairs | {Repair(breaking, as_of)})
    current = runs_of(known, found, as_of, zone, repaired)[0].current
    streaks = {breaking: current.days if current else 0}
    return Repairable(tuple(RepairableDay(day, streaks.get(day, streak)) for day in missed))
