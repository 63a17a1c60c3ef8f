"""What the live row of a person says as domain events: the same as history, or nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from streakline.domain_events.found import Found, milestone_subject, milestones_achieved, streak_updated
from streakline.people.live.answers import is_whole, streak_now
from streakline.people.live.finishes import MOST
from streakline.people.live.rows import PersonRow
from streakline.people.milestones import Milestone, milestone, reached


class LiveMilestones(NamedTuple):
    """The milestones of a row.

    Attributes:
        known: those of which it knows everything.
        reached: subjects of those of which it knows no more than that they are reached.
    """

    known: tuple[Milestone, ...]
    reached: tuple[str, ...]


def live_milestones(row: PersonRow) -> LiveMilestones:
    """Return the milestones of a whole row.

    Of each kind it has the first `MOST` finishes, so it does not know how many there were at a moment after these.
    """
    moments = row.moments
    upto = min((of[-1] for of in moments.values() if len(of) >= MOST), default=None)
    known, unknown = list[Milestone](), list[str]()
    for one in reached(moments):
        if upto is None or one.at < upto:
            known.append(milestone(one, moments))
        else:
            unknown.append(milestone_subject(one.kind, one.number))
    return LiveMilestones(tuple(known), tuple(unknown))


def found_live(row: PersonRow, user: str, at: int, emitted: Collection[str]) -> list[Found] | None:
    """Return the events of what a row says at a moment (ms), None if only history can.

    Args:
        row: of the person.
        user: the person.
        at: now, ms UTC.
        emitted: subjects of which an event was emitted; of milestones that the row does not know, only others matter.
    """
    if not is_whole(row):
        return None
    milestones = live_milestones(row)
    if not set(emitted).issuperset(milestones.reached):
        return None
    streak = streak_updated(user, streak_now(row, at), at)
    return [*milestones_achieved(user, milestones.known, at), *([] if streak is None else [streak])]
