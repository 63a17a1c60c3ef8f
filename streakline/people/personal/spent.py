"""What became of each freeze of a person: held, used for a day, or lost because as many were held as can be."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from streakline.people.local_days import local_day
from streakline.people.streak_rules import Freeze
from streakline.streak_limits import MOST_FREEZES

State = Literal["held", "used", "lost"]


class Spent(NamedTuple):
    """A freeze and what became of it."""

    freeze: Freeze
    state: State
    day: int | None = None
    """The day that it covers, if it was used."""


def spent(freezes: Iterable[Freeze], used: Sequence[int], as_of: int, zone: ZoneInfo) -> list[Spent]:
    """Return what became of each freeze, in the order in which they were got.

    Args:
        freezes: of one person, in any order.
        used: the days that one covers, in order, as `Bridges.used` has them: the freeze that was got first goes first.
        as_of: those that were got after this moment (ms) are left out.
        zone: of the person, by which a freeze has a day.
    """
    known = sorted((one for one in freezes if one.at <= as_of), key=lambda one: (one.at, one.id))
    waiting, held = deque(known), deque[Freeze]()
    became: dict[Freeze, Spent] = {}

    def gain(day: int | None) -> None:
        while waiting and (day is None or local_day(waiting[0].at, zone) <= day):
            one = waiting.popleft()
            if len(held) == MOST_FREEZES:
                became[one] = Spent(one, "lost")
            else:
                held.append(one)

    for day in used:
        gain(day)
        one = held.popleft()
        became[one] = Spent(one, "used", day)
    gain(None)
    return [became.get(one, Spent(one, "held")) for one in known]
