"""Streaks by the mode `rolling-24h`, held to a walk through time in quarter hours."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from person_rows import plays_of
from slow_calendar import free_dates
from streakline import zones
from streakline.people.streak_rules import Freeze, Pause, Repair, StreakRules
from streakline.people.streaks import Streak, streak_of
from streakline.times import parse_when

QUARTER = 900_000
DAY = 96
"""Quarter hours."""


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[int], int, StreakRules, str]:
    """Draw plays at quarter hours of some days about a change of clocks, what bridges them, a moment, a zone."""
    begin = parse_when(draw(st.sampled_from(["2024-03-28T00:00Z", "2024-10-24T00:00Z"])))[0]
    moments = st.integers(0, 9 * DAY).map(lambda quarter: begin + quarter * QUARTER)
    days = st.integers(begin // 86_400_000 - 1, begin // 86_400_000 + 9)
    pauses = st.tuples(days, st.integers(0, 2)).map(lambda pair: Pause(pair[0], pair[0] + pair[1]))
    rules = StreakRules(
        mode="rolling-24h",
        weekends_off=draw(st.booleans()),
        freezes=draw(st.frozensets(st.builds(Freeze, moments, st.sampled_from("ab")), max_size=3)),
        pauses=draw(st.frozensets(pauses, max_size=1)),
        repairs=draw(st.frozensets(st.builds(Repair, days, moments), max_size=2)),
    )
    plays = draw(st.lists(moments, max_size=10))
    return (
        plays,
        draw(moments) + 1,
        rules,
        draw(st.sampled_from(["UTC", "Europe/London", "America/New_York"])),
    )


def slow_rolling(plays: list[int], as_of: int, rules: StreakRules, zone: str) -> tuple[int, int, int, int]:
    """Return current and longest streak, freezes left and used, by a walk in quarter hours."""
    own = zones.zone(zone)
    free = free_dates(rules, as_of, own)

    @cache
    def day_at(ms: int) -> date:
        return datetime.fromtimestamp(ms / 1000, own).date()

    def is_free(ms: int) -> bool:
        return day_at(ms) in free or (rules.weekends_off and day_at(ms).weekday() >= 5)

    gains = sorted((day_at(one.at) for one in rules.freezes if one.at <= as_of), reverse=True)
    known = sorted({ms for ms in plays if ms < as_of})
    balance = used = counted = longest = alive = 0
    for start, end in pairwise([*known, as_of]):
        alive = counted // DAY + 1
        longest = max(longest, alive)
        idle = passed = (
            0  # quarter hours that count: since the play or the last freeze, and without what freezes cover
        )
        for at in range(start, end - QUARTER + 1, QUARTER):
            if not alive or is_free(at):
                continue
            idle, passed = idle + 1, passed + 1
            if idle < DAY:
                continue
            while gains and gains[-1] <= day_at(at + QUARTER):
                gains.pop()
                balance = min(2, balance + 1)
            alive = alive if balance else 0
            if balance:
                balance, used, idle, passed = balance - 1, used + 1, 0, passed - DAY
        counted = (
            (counted + ((end - start) // QUARTER if end - start < DAY * QUARTER else passed)) if alive else 0
        )
    balance = min(2, balance + sum(gain <= day_at(as_of) for gain in gains))
    return alive, longest, balance, used


@given(stories())
def test_a_rolling_streak_is_that_of_a_walk_in_quarter_hours(story):
    plays, as_of, rules, zone = story
    seen = streak_of(plays_of(plays), as_of, zones.zone(zone), rules)
    found = (seen.current_streak, seen.longest_streak, seen.freezes.balance, len(seen.freezes.used))
    assert found == slow_rolling(plays, as_of, rules, zone)


@given(stories())
def test_a_rolling_streak_breaks_at_the_moment_that_it_names_and_not_before(story):
    plays, as_of, rules, zone = story
    own = zones.zone(zone)
    known = plays_of([ms for ms in plays if ms < as_of])
    seen = streak_of(known, as_of, own, rules)
    if seen.play_before is None:
        assert seen.current_streak == 0
        return
    breaks = parse_when(seen.play_before)[0]
    later = StreakRules(
        mode="rolling-24h",
        weekends_off=rules.weekends_off,
        freezes=frozenset(one for one in rules.freezes if one.at <= as_of),
        pauses=rules.pauses,
        repairs=frozenset(one for one in rules.repairs if one.at <= as_of),
    )
    before, after = (streak_of(known, at, own, later) for at in (breaks - 1, breaks))
    assert before.current_streak == seen.current_streak
    assert after.current_streak == 0


def rolling(*starts: str, as_of: str, zone: str = "UTC", **rules: object) -> Streak:
    """Return the rolling streak of plays that began at some times."""
    moments = [parse_when(text)[0] for text in starts]
    own = StreakRules(mode="rolling-24h", **rules)
    return streak_of(plays_of(moments), parse_when(as_of)[0], zones.zone(zone), own)


def test_plays_less_than_24_hours_apart_are_one_streak():
    seen = rolling("2024-05-01T20:00Z", "2024-05-02T19:59Z", "2024-05-03T19:58Z", as_of="2024-05-04T10:00Z")
    assert (seen.current_streak, seen.status, seen.streak_start_date) == (2, "atRisk", "2024-05-01")
    assert seen.play_before == "2024-05-04T19:58:00.000Z"


def test_24_hours_without_a_play_break_a_rolling_streak():
    seen = rolling("2024-05-01T20:00Z", "2024-05-02T20:00Z", as_of="2024-05-02T21:00Z")
    assert (seen.current_streak, seen.longest_streak, seen.status) == (1, 1, "active")
    assert rolling("2024-05-01T20:00Z", as_of="2024-05-02T20:00Z").status == "broken"


def test_a_freeze_is_24_hours_of_a_rolling_streak_and_lengthens_nothing():
    freezes = frozenset({Freeze(parse_when("2024-05-01T00:00Z")[0])})
    seen = rolling("2024-05-01T20:00Z", "2024-05-03T10:00Z", as_of="2024-05-03T11:00Z", freezes=freezes)
    assert (seen.current_streak, seen.status, seen.freezes.balance) == (1, "active", 0)
    assert seen.freezes.used == ("2024-05-02",)


def test_a_pause_stops_the_clock_of_a_rolling_streak():
    pause = Pause(19_845, 19_846)  # 2024-05-02 and -03
    seen = rolling(
        "2024-05-01T20:00Z", "2024-05-04T19:00Z", as_of="2024-05-04T20:00Z", pauses=frozenset({pause})
    )
    assert (seen.current_streak, seen.status) == (1, "active")
    late = rolling(
        "2024-05-01T20:00Z", "2024-05-04T20:00Z", as_of="2024-05-04T20:30Z", pauses=frozenset({pause})
    )
    assert late.streak_start_date == "2024-05-04"
    off = rolling("2024-05-01T20:00Z", as_of="2024-05-03T12:00Z", pauses=frozenset({pause}))
    assert (off.current_streak, off.status) == (1, "frozen")
