"""Streaks by days, held to a calendar that is walked day by day."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from person_rows import plays_of
from slow_calendar import slow_streak
from streakline import zones
from streakline.people.local_days import Plays, day_of
from streakline.people.streak_rules import Freeze, Pause, Repair, StreakRules
from streakline.people.streaks import Streak, streak_of
from streakline.streams.records import NO_OFFSET
from streakline.times import parse_when

HOUR = 3_600_000
EDGES = [
    "2011-12-25T00:00Z",
    "2024-03-08T00:00Z",
    "2024-10-24T00:00Z",
    "2010-03-10T00:00Z",
    "2018-11-01T00:00Z",
]
"""Begin of some days about which clocks jump, back and forth, by an hour or by a day."""
ZONES = st.sampled_from(
    ["UTC", "Europe/London", "America/New_York", "Pacific/Apia", "Pacific/Chatham", "Asia/Kolkata",
     "America/Sao_Paulo", "America/Los_Angeles", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Pago_Pago"]
)  # fmt: skip
OFFSETS = st.sampled_from([NO_OFFSET, NO_OFFSET, 0, 56, -48, 36, -40, 51])


@st.composite
def stories(draw: st.DrawFn) -> tuple[Plays, int, StreakRules]:
    """Draw plays of some days about a jump of clocks, what bridges them, and a moment."""
    begin = parse_when(draw(st.sampled_from(EDGES)))[0]
    moments = st.integers(0, 12 * 24 * 4).map(lambda quarters: begin + quarters * HOUR // 4)
    rows = draw(st.lists(st.tuples(moments, OFFSETS, st.integers(0, 3)), max_size=14))
    first = begin // 86_400_000
    days = st.integers(first - 2, first + 13)
    pauses = st.tuples(days, st.integers(0, 4)).map(lambda pair: Pause(pair[0], pair[0] + pair[1]))
    rules = StreakRules(
        weekends_off=draw(st.booleans()),
        freezes=draw(st.frozensets(st.builds(Freeze, moments, st.sampled_from("ab")), max_size=4)),
        pauses=draw(st.frozensets(pauses, max_size=1)),
        repairs=draw(st.frozensets(st.builds(Repair, days, moments), max_size=3)),
    )
    starts, offsets, types = zip(*rows, strict=True) if rows else ((), (), ())
    return plays_of(starts, offsets, types), draw(moments), rules


def iso_date(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


@given(stories(), ZONES)
def test_a_streak_is_that_of_a_calendar_walked_day_by_day(story, zone):
    plays, as_of, rules = story
    own = zones.zone(zone)
    seen, slow = streak_of(plays, as_of, own, rules), slow_streak(plays, as_of, own, rules)
    assert seen.current_streak == slow.current
    assert seen.longest_streak == slow.longest
    assert seen.streak_start_date == iso_date(slow.start)
    assert seen.longest_streak_start == iso_date(slow.longest_start)
    assert seen.last_watched_date == iso_date(slow.last)
    assert seen.status == slow.status
    assert seen.freezes.balance == slow.balance
    assert seen.freezes.used == tuple(day.isoformat() for day in slow.used)


@given(stories(), ZONES, st.randoms(use_true_random=False))
def test_neither_order_nor_repeats_change_a_streak(story, zone, random):
    plays, as_of, rules = story
    order = [*range(len(plays.starts))] * 2
    random.shuffle(order)
    index = np.array(order, np.int64)
    again = Plays(plays.starts[index], plays.offsets[index], plays.types[index])
    own = zones.zone(zone)
    assert streak_of(again, as_of, own, rules) == streak_of(plays, as_of, own, rules)


@given(stories(), ZONES)
def test_a_streak_breaks_at_the_moment_that_it_names_and_not_before(story, zone):
    plays, as_of, rules = story
    own = zones.zone(zone)
    seen = streak_of(plays, as_of, own, rules)
    if seen.play_before is None:
        assert seen.current_streak == 0
        return
    known = plays.before(as_of)
    breaks = parse_when(seen.play_before)[0]
    later = StreakRules(
        weekends_off=rules.weekends_off,
        freezes=frozenset(one for one in rules.freezes if one.at <= as_of),
        pauses=rules.pauses,
        repairs=frozenset(one for one in rules.repairs if one.at <= as_of),
    )
    before, after = (streak_of(known, at, own, later) for at in (breaks - 1, breaks))
    assert before.current_streak == seen.current_streak
    assert after.current_streak == 0


@given(stories(), ZONES)
def test_nothing_but_play_lengthens_a_streak(story, zone):
    plays, as_of, rules = story
    own = zones.zone(zone)
    seen = streak_of(plays, as_of, own, rules)
    assert seen.longest_streak <= seen.days_watched
    assert seen.current_streak <= seen.longest_streak
    plain = streak_of(plays, as_of, own)
    assert plain.longest_streak <= seen.longest_streak


def streak(*starts: str, as_of: str, zone: str = "UTC", **rules: object) -> Streak:
    """Return the streak of plays that began at some times."""
    moments = [parse_when(text)[0] for text in starts]
    return streak_of(plays_of(moments), parse_when(as_of)[0], zones.zone(zone), StreakRules(**rules))


def test_who_never_played_has_no_streak():
    seen = streak(as_of="2024-05-05T12:00Z")
    assert (seen.current_streak, seen.longest_streak, seen.status) == (0, 0, "broken")
    assert (seen.last_watched_date, seen.streak_start_date, seen.play_before) == (None, None, None)


def test_a_day_number_is_that_of_its_date():
    assert day_of(date(1970, 1, 1)) == 0
    assert day_of(date(2024, 2, 29)) == 19_782
