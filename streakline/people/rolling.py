"""Streaks by the mode `rolling-24h`: plays of which each begins less than 24 hours after the one before it.

A streak has as many days as 24 hours fit between its first and its last play, and one. Time that is bridged does not
pass: that of a pause, a day off or a repaired day within a gap of 24 hours or more, and 24 hours a freeze.
"""

from __future__ import annotations

from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from streakline.history.midnight import day_start
from streakline.people.local_days import Plays, date_of, local_day, offsets_of
from streakline.people.runs import Run, Runs
from streakline.people.streak_rules import Bridges
from streakline.times import DAY_MS


class _Gap(NamedTuple):
    """Time without a play."""

    is_held: bool
    bridged: int
    """ms of it that do not count."""
    breaks_at: int
    """The moment at which it breaks a streak: at or before its end if it is not held."""


def rolling_runs(plays: Plays, bridges: Bridges, as_of: int, zone: ZoneInfo) -> Runs:
    """Return the streaks of plays.

    Args:
        plays: counted ones in order of time, of before `as_of`.
        bridges: what holds over longer gaps; asked once.
        as_of: the moment, ms UTC.
        zone: of the person.
    """
    if not plays.starts.size:
        bridges.gain(local_day(as_of, zone))
        return Runs(())
    starts = plays.starts
    days = (starts + offsets_of(plays, zone)) // DAY_MS
    ends = [*np.flatnonzero(np.diff(starts) >= DAY_MS).tolist(), len(starts) - 1]
    found: list[Run] = []
    first, bridged, is_held = 0, 0, False
    for end in ends:
        run = Run(
            int(days[first]), int(days[end]), (int(starts[end] - starts[first]) - bridged) // DAY_MS + 1
        )
        found[len(found) - is_held :] = [run]
        if end + 1 < len(starts):
            gap = _gap(int(starts[end]), int(starts[end + 1]), bridges, zone)
            is_held = gap.is_held
            first, bridged = (first, bridged + gap.bridged) if is_held else (end + 1, 0)
    tail = _gap(int(starts[-1]), as_of, bridges, zone)
    today = local_day(as_of, zone)
    bridges.gain(today)
    if not tail.is_held:
        return Runs(tuple(found))
    is_held = as_of - int(starts[-1]) >= DAY_MS or bridges.are_free(today)
    return Runs(tuple(found), _breaks_at(tail.breaks_at, bridges, zone), is_held)


def _gap(start: int, end: int, bridges: Bridges, zone: ZoneInfo) -> _Gap:
    """Return what becomes of a gap between two moments, and use the freezes that it costs."""
    bridged = 0
    breaks_at = _passes(start, DAY_MS, bridges, zone)
    while breaks_at <= end:
        day = local_day(breaks_at, zone)
        bridges.gain(day)
        if not bridges.balance:
            return _Gap(is_held=False, bridged=0, breaks_at=breaks_at)
        bridges.balance -= 1
        bridges.used.append(day)
        bridged += DAY_MS
        breaks_at = _passes(breaks_at, DAY_MS, bridges, zone)
    return _Gap(is_held=True, bridged=bridged + _free_time(start, end, bridges, zone), breaks_at=breaks_at)


def _passes(start: int, needed: int, bridges: Bridges, zone: ZoneInfo) -> int:
    """Return the moment until which so much time (ms) passes that is not free."""
    day, at = local_day(start, zone), start
    while True:
        end = max(at, day_start(date_of(day + 1), zone))
        if not bridges.are_free(day):
            if end - at >= needed:
                return at + needed
            needed -= end - at
        day, at = day + 1, end


def _free_time(start: int, end: int, bridges: Bridges, zone: ZoneInfo) -> int:
    """Return how much of the time (ms) between two moments is free."""
    total, at = 0, start
    for day in range(local_day(start, zone), local_day(end, zone) + 1):
        until = min(end, max(at, day_start(date_of(day + 1), zone)))
        if bridges.are_free(day):
            total += until - at
        at = until
    return total


def _breaks_at(moment: int, bridges: Bridges, zone: ZoneInfo) -> int:
    """Return when a streak breaks that would break at a moment, with the freezes that are left."""
    for _ in range(bridges.balance):
        moment = _passes(moment, DAY_MS, bridges, zone)
    return moment
