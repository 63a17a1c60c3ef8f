"""The slow, obvious definition of a streak: a calendar that is walked day by day, from a list of what happened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from streakline.people.local_days import EPOCH, Plays
from streakline.people.streak_rules import StreakRules
from streakline.streams.records import NO_OFFSET

DAY = timedelta(days=1)


class SlowStreak(NamedTuple):
    """What a walk through the calendar found."""

    current: int
    longest: int
    start: date | None
    longest_start: date | None
    last: date | None
    status: str
    balance: int
    used: tuple[date, ...]


def utc(ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)


def clock(ms: int, quarters: int, zone: ZoneInfo) -> datetime:
    """Return what the clock on the wall showed."""
    at = utc(ms)
    if quarters == NO_OFFSET:
        return at.astimezone(zone).replace(tzinfo=None)
    return (at + timedelta(minutes=15 * quarters)).replace(tzinfo=None)


@lru_cache(maxsize=1_000)
def no_dates(zone: ZoneInfo, first: date, last: date) -> set[date]:
    """Return the dates that a zone does not have: it shows each other one for 23 hours or more."""
    at = datetime(first.year, first.month, first.day, tzinfo=UTC) - 2 * DAY
    shown = set()
    while at.date() <= last + 2 * DAY:
        shown.add(at.astimezone(zone).date())
        at += timedelta(hours=6)
    return {first + n * DAY for n in range((last - first).days + 1)} - shown


def left_out(plays: Plays, zone: ZoneInfo) -> set[date]:
    """Return the dates between two plays, one after the other, that nobody could miss."""
    rows = sorted(zip(plays.starts.tolist(), plays.offsets.tolist(), plays.types.tolist(), strict=True))
    found = set()
    for (before, own, _), (after, other, _) in pairwise(rows):
        one, two = clock(before, own, zone), clock(after, other, zone)
        missing = [one.date() + n * DAY for n in range(1, (two.date() - one.date()).days)]
        jump = (two - one) - (utc(after) - utc(before))
        if after - before < 24 * 3_600_000 or (missing and len(missing) <= jump // DAY):
            found.update(missing)
    return found


def repaired_dates(rules: StreakRules, as_of: int, zone: ZoneInfo) -> set[date]:
    """Return the dates that repairs took back."""
    free = set()
    latest = None
    for one in sorted(rules.repairs, key=lambda one: (one.at, one.day)):
        made, day = utc(one.at).astimezone(zone).date(), date.fromordinal(one.day + EPOCH)
        if one.at <= as_of and DAY <= made - day <= 7 * DAY and (latest is None or made - latest >= 7 * DAY):
            free.add(day)
            latest = made
    return free


def free_dates(rules: StreakRules, as_of: int, zone: ZoneInfo) -> set[date]:
    """Return the dates of pauses and repairs."""
    paused = {date.fromordinal(day + EPOCH) for one in rules.pauses for day in range(one.first, one.last + 1)}
    return paused | repaired_dates(rules, as_of, zone)


def slow_streak(plays: Plays, as_of: int, zone: ZoneInfo, rules: StreakRules) -> SlowStreak:
    """Walk from the first day to today."""
    rows = zip(plays.starts.tolist(), plays.offsets.tolist(), strict=True)
    active = {clock(ms, own, zone).date() for ms, own in rows if ms < as_of}
    today = max([utc(as_of).astimezone(zone).date(), *active])
    gains = [utc(one.at).astimezone(zone).date() for one in rules.freezes if one.at <= as_of]
    first = min([today, *active, *gains])
    free = free_dates(rules, as_of, zone) | left_out(plays.before(as_of), zone)
    free |= no_dates(zone, first, today)
    balance = 0
    used: list[date] = []
    streak: list[date] = []
    longest: list[date] = []
    day = first
    while day <= today:
        balance = min(2, balance + gains.count(day))
        is_free = day in free or (rules.weekends_off and day.weekday() >= 5)
        if day in active:
            streak.append(day)
        elif day < today and not is_free and streak:
            if balance:
                balance -= 1
                used.append(day)
            else:
                streak = []
        if len(streak) > len(longest):
            longest = list(streak)
        day += DAY
    return SlowStreak(
        len(streak), len(longest), first_of(streak), first_of(longest), max(active, default=None),
        _status(streak, today in active, today, free, rules, used), balance, tuple(used),
    )  # fmt: skip


def _status(
    streak: list[date], is_active: bool, today: date, free: set[date], rules: StreakRules, used: list[date]
) -> str:
    if not streak:
        return "broken"
    if is_active:
        return "active"
    is_off = today in free or (rules.weekends_off and today.weekday() >= 5)
    return "frozen" if is_off or today - DAY in used else "atRisk"


def first_of(days: Iterable[date]) -> date | None:
    return next(iter(days), None)
