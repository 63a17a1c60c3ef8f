"""What bridges a day without a play: freezes, pauses, repairs, weekends off. Nothing of it lengthens a streak.

Each is a set, so that the order in which they came does not matter, nor whether they came twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from streakline.people.day_sets import NO_DAYS, DaySet
from streakline.people.local_days import date_of, local_day, weekday
from streakline.streak_limits import LONGEST_PAUSE, MOST_FREEZES, REPAIR_BACK, Mode

_SATURDAY: Final = 5


class Freeze(msgspec.Struct, frozen=True):
    """One freeze more, got at a moment (ms UTC). Two of one moment differ by their ids."""

    at: int
    id: str = ""


class Pause(msgspec.Struct, frozen=True):
    """Days without a play that do not count, from `first` to `last`, both in it.

    Raises:
        ValueError: if it ends before it begins, or is too long.
    """

    first: int
    last: int

    def __post_init__(self) -> None:
        """Refuse what is no pause."""
        days = self.last - self.first + 1
        if days < 1:
            msg = f"a pause ends on {date_of(self.last)}, before it begins on {date_of(self.first)}"
            raise ValueError(msg)
        if days > LONGEST_PAUSE:
            msg = (
                f"a pause from {date_of(self.first)} to {date_of(self.last)} has {days} days, "
                f"{LONGEST_PAUSE} are the most"
            )
            raise ValueError(msg)


class Repair(msgspec.Struct, frozen=True):
    """A missed day that somebody took back at a moment (ms UTC)."""

    day: int
    at: int


class StreakRules(msgspec.Struct, frozen=True):
    """How the streak of a person is counted, and what bridges it."""

    mode: Mode = "calendar-day"
    weekends_off: bool = False
    """Saturday and Sunday, by local date, need no play."""
    freezes: frozenset[Freeze] = frozenset()
    pauses: frozenset[Pause] = frozenset()
    repairs: frozenset[Repair] = frozenset()


DEFAULT_RULES: Final = StreakRules()


class Bridges:
    """The days that need no play, and the freezes that are left; asked in the order of days.

    Args:
        rules: of the person.
        as_of: what was made after this moment (ms) is not known yet.
        zone: of the person, by which freezes and repairs have a day.
        left_out: days that were none, see `streakline.people.local_days`.
    """

    def __init__(self, rules: StreakRules, as_of: int, zone: ZoneInfo, left_out: DaySet = NO_DAYS) -> None:
        self.balance = 0
        """Freezes held on the day that was asked for last."""
        self.used: list[int] = []
        """Days on which one was used, in order."""
        self._weekends_off = rules.weekends_off
        self._free = left_out | repaired(rules.repairs, as_of, zone)
        for pause in rules.pauses:
            self._free |= DaySet.between(pause.first, pause.last)
        self._gains = sorted(
            (local_day(one.at, zone) for one in rules.freezes if one.at <= as_of), reverse=True
        )

    def are_free(self, day: int) -> bool:
        """Tell whether a day needs no play."""
        return day in self._free or (self._weekends_off and weekday(day) >= _SATURDAY)

    def hold(self, first: int, last: int) -> bool:
        """Tell whether a streak outlives some days without a play; each that is not free costs a freeze.

        A freeze covers the earliest day that is missed after it was got. A day is missed when it is over, so one
        that is got on a day covers that day too.
        """
        for day in range(first, last + 1):
            if self.are_free(day):
                continue
            self.gain(day)
            if not self.balance:
                return False
            self.balance -= 1
            self.used.append(day)
        return True

    def gain(self, day: int) -> None:
        """Take the freezes that were got up to a day."""
        while self._gains and self._gains[-1] <= day:
            self._gains.pop()
            self.balance = min(MOST_FREEZES, self.balance + 1)

    def outlasted(self, day: int) -> int:
        """Return the day at whose end a streak breaks if no play comes from a day on, with the freezes held now."""
        left = self.balance
        while self.are_free(day) or left:
            left -= not self.are_free(day)
            day += 1
        return day


def repaired(repairs: Iterable[Repair], as_of: int, zone: ZoneInfo) -> DaySet:
    """Return the days that repairs took back, as `holding` does."""
    return DaySet.of([one.day for one in holding(repairs, as_of, zone)])


def holding(repairs: Iterable[Repair], as_of: int, zone: ZoneInfo) -> list[Repair]:
    """Return the repairs that hold, in order of time: none that was made too late, or too soon after another.

    Args:
        repairs: of the person.
        as_of: those made after this moment (ms) are left out.
        zone: of the person, by which a repair has a day.
    """
    found: list[Repair] = []
    latest: int | None = None
    for one in sorted(repairs, key=lambda one: (one.at, one.day)):
        made = local_day(one.at, zone)
        if one.at > as_of or not 1 <= made - one.day <= REPAIR_BACK:
            continue
        if latest is None or made - latest >= REPAIR_BACK:
            found.append(one)
            latest = made
    return found
