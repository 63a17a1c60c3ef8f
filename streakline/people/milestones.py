"""Milestones: how many different movies, shows, episodes and tracks a person finished, and when.

The date of a milestone is that of the n-th different finish in the time of the events, whatever the order in which
they came. A show is finished as soon as one of its episodes is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple, TypeVar

import msgspec
import numpy as np

from streakline.people.play_rows import PlayRows
from streakline.times import DAY_MS, iso

Id = TypeVar("Id", str, int)
Kind = Literal["movie", "show", "episode", "track"]
KINDS: Final[tuple[Kind, ...]] = ("movie", "show", "episode", "track")
TIERS: Final[dict[int, str]] = {
    10: "bronze", 25: "bronze", 50: "silver", 100: "silver", 250: "gold", 500: "gold", 1000: "platinum",
}  # fmt: skip
"""Threshold -> tier, in rising order."""
THRESHOLDS: Final = tuple(TIERS)
_KIND_OF: Final[dict[str, Kind]] = {kind: kind for kind in KINDS}
_NEVER: Final = int(np.iinfo(np.int64).max)


class Finish(NamedTuple):
    """A content that a person finished."""

    type: str
    id: str
    at: int
    """When that play began, ms UTC."""
    parent: str = ""
    """Of an episode its show."""


class Reached(NamedTuple):
    """A threshold that a person has reached."""

    kind: Kind
    number: int
    """The threshold."""
    at: int
    """When the play began that reached it, ms UTC."""


class Milestone(msgspec.Struct, frozen=True, rename="camel"):
    """A number of different contents that a person has finished.

    Attributes:
        milestone_type: `movie`, `show`, `episode` or `track`.
        metric_achieved: the threshold.
        achievement_date: when the play began that reached it, ISO 8601.
        celebration_tier: `bronze`, `silver`, `gold` or `platinum`.
        content_breakdown: how many of each kind were finished by then.
        historical_context: how long it took, in a sentence.
    """

    milestone_type: Kind
    metric_achieved: int
    achievement_date: str
    celebration_tier: str
    content_breakdown: dict[str, int]
    historical_context: str


class Progress(msgspec.Struct, frozen=True, rename="camel"):
    """How far the next milestone of a kind is.

    Attributes:
        milestone_type: `movie`, `show`, `episode` or `track`.
        finished: different ones finished.
        next: the next threshold; null after the last one.
        remaining: how many lack to it; null after the last one.
        celebration_tier: of the next one; null after the last one.
    """

    milestone_type: Kind
    finished: int
    next: int | None
    remaining: int | None
    celebration_tier: str | None


class Milestones(msgspec.Struct, frozen=True, rename="camel"):
    """The milestones of a person, newest first, and the way to the next ones."""

    milestones: tuple[Milestone, ...]
    progress: tuple[Progress, ...]


def milestones_of(finishes: Iterable[Finish]) -> Milestones:
    """Return the milestones of a person.

    Args:
        finishes: what was finished, in any order, repeated or not. Types that are no kind of milestones are left out.
    """
    moments = first_finishes(finishes)
    return Milestones(
        milestones=tuple(milestone(one, moments) for one in newest_first(moments)),
        progress=tuple(_progress(kind, len(moments[kind])) for kind in KINDS),
    )


def finishes_of(rows: PlayRows) -> list[Finish]:
    """Return what the rows of a person say was finished: of each content the first time."""
    done = np.flatnonzero(rows.done > 0)
    first = np.full(len(rows.contents), _NEVER, np.int64)
    np.minimum.at(first, rows.content[done], rows.done[done])
    return [
        Finish(one.type, one.id, at, one.parent)
        for one, at in zip(rows.contents, first.tolist(), strict=True)
        if at != _NEVER
    ]


def first_finishes(finishes: Iterable[Finish]) -> dict[Kind, list[int]]:
    """Return by kind when each different one was finished first, ms UTC in rising order."""
    first: dict[Kind, dict[str, int]] = {kind: {} for kind in KINDS}
    for type_, id_, at, parent in finishes:
        for kind, counted in counted_as(type_, id_, parent):
            of = first[kind]
            if at < of.get(counted, _NEVER):
                of[counted] = at
    return {kind: sorted(of.values()) for kind, of in first.items()}


def reached(moments: Mapping[Kind, Sequence[int]]) -> list[Reached]:
    """Return the thresholds reached, by kind and in rising order.

    Args:
        moments: as `first_finishes` gives them.
    """
    return [
        Reached(kind, number, moments[kind][number - 1])
        for kind in KINDS
        for number in THRESHOLDS
        if number <= len(moments[kind])
    ]


def newest_first(moments: Mapping[Kind, Sequence[int]]) -> list[Reached]:
    """Return the thresholds reached, the newest first; `moments` are as `first_finishes` gives them."""
    return sorted(reached(moments), key=lambda one: (-one.at, KINDS.index(one.kind), -one.number))


def counted_as(type_: str, id_: Id, parent: Id) -> list[tuple[Kind, Id]]:
    """Return as what a finished content counts: an episode also as its show.

    Args:
        type_: of the content.
        id_: of the content, or its hash.
        parent: its show likewise, "" or 0 if it has none.
    """
    kind = _KIND_OF.get(type_)
    if kind is None:
        return []
    return [(kind, id_), ("show", parent)] if kind == "episode" and parent else [(kind, id_)]


def milestone(one: Reached, moments: Mapping[Kind, Sequence[int]]) -> Milestone:
    """Return the milestone of a threshold that was reached; `moments` are as `first_finishes` gives them."""
    return Milestone(
        milestone_type=one.kind,
        metric_achieved=one.number,
        achievement_date=iso(one.at),
        celebration_tier=TIERS[one.number],
        content_breakdown={kind: bisect_right(moments[kind], one.at) for kind in KINDS},
        historical_context=_context(one.kind, one.number, moments[one.kind]),
    )


def _context(kind: Kind, number: int, moments: Sequence[int]) -> str:
    before = max((one for one in THRESHOLDS if one < number), default=1)
    days = (moments[number - 1] - moments[before - 1]) // DAY_MS
    after = "less than a day" if not days else "1 day" if days == 1 else f"{days:,} days"
    since = "the first" if before == 1 else f"{kind} {before:,}"
    return f"{kind.capitalize()} {number:,}, {after} after {since}."


def _progress(kind: Kind, finished: int) -> Progress:
    following = next((one for one in THRESHOLDS if one > finished), None)
    if following is None:
        return Progress(kind, finished, None, None, None)
    return Progress(kind, finished, following, following - finished, TIERS[following])
