"""The record of a person: what was played most, over all time."""

from __future__ import annotations

from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from streakline.history.totals import most
from streakline.people.breakdowns import by_content, by_creator, by_day
from streakline.people.local_days import date_of, local_day
from streakline.people.play_rows import Content, PlayRows

WEEKS: Final = 53
"""Weeks of the calendar of a person: the running one and the year before it."""


class Played(NamedTuple):
    """How often something was played, and how long, ms."""

    plays: int
    ms: int


def top_contents(rows: PlayRows, number: int) -> list[tuple[Content, Played]]:
    """Return the contents with the most counted plays, so many at most; equal ones by id."""
    plays, lasted = by_content(rows, rows.plays).tolist(), by_content(rows, rows.lasted).tolist()
    found = [
        (content, Played(*counts))
        for content, *counts in zip(rows.contents, plays, lasted, strict=True)
        if counts[0]
    ]
    return sorted(found, key=lambda one: (-one[1].plays, one[0].id))[:number]


def top_creators(rows: PlayRows, number: int) -> list[tuple[str, Played]]:
    """Return the creators with the most counted plays, so many at most; equal ones by id."""
    plays, lasted = by_creator(rows, rows.plays), by_creator(rows, rows.lasted)
    return [(creator, Played(n, lasted.get(creator, 0))) for creator, n in most(plays, number).items()]


def calendar(rows: PlayRows, as_of: int, zone: ZoneInfo) -> list[tuple[str, int]]:
    """Return the local days of the last `WEEKS` weeks on which counted plays began, and how many, in order.

    Args:
        rows: of the person; those of `as_of` and later are left out.
        as_of: now, ms UTC; the last week is the one that it lies in. A week begins on Monday.
        zone: of the person: where plays were whose events named no zone.
    """
    known = rows.before(as_of)
    local = known.local(zone)
    today = local_day(as_of, zone)
    first = today - date_of(today).weekday() - (WEEKS - 1) * 7
    # A play in a zone ahead of the person's may be of tomorrow.
    counts = by_day(local, known.plays, first, today + 1)
    return [(date_of(first + n).isoformat(), plays) for n, plays in enumerate(counts) if plays]
