"""What bridges a day without a play, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from streakline import zones
from streakline.people.local_days import date_of, day_of
from streakline.people.streak_rules import Bridges, Freeze, Pause, Repair, StreakRules, repaired
from streakline.times import DAY_MS

UTC = zones.zone("UTC")
MONDAY = day_of(date(2024, 5, 6))


def noon(day: int) -> int:
    return day * DAY_MS + DAY_MS // 2


def test_a_pause_of_90_days_is_one_and_a_longer_one_is_refused_by_name():
    assert Pause(MONDAY, MONDAY + 89).last == MONDAY + 89
    with pytest.raises(
        ValueError, match="a pause from 2024-05-06 to 2024-08-04 has 91 days, 90 are the most"
    ):
        Pause(MONDAY, MONDAY + 90)


def test_a_pause_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="a pause ends on 2024-05-05, before it begins on 2024-05-06"):
        Pause(MONDAY, MONDAY - 1)


@pytest.mark.parametrize(("made", "is_repaired"), [(-1, False), (0, False), (1, True), (7, True), (8, False)])
def test_a_repair_is_of_a_day_up_to_seven_days_back(made, is_repaired):
    days = repaired([Repair(MONDAY, noon(MONDAY + made))], noon(MONDAY + 90), UTC)
    assert list(days) == ([MONDAY] if is_repaired else [])


def test_one_repair_is_made_in_seven_days_whatever_the_order():
    repairs = [Repair(MONDAY + back, noon(MONDAY + made)) for back, made in ((0, 2), (1, 3), (7, 9), (8, 8))]
    for some in (repairs, repairs[::-1]):
        days = repaired(some, noon(MONDAY + 90), UTC)
        assert [day - MONDAY for day in days] == [0, 7]


def test_a_repair_that_is_not_made_yet_repairs_nothing():
    assert not repaired([Repair(MONDAY, noon(MONDAY + 1))], noon(MONDAY + 1) - 1, UTC)


def test_weekends_off_are_saturday_and_sunday():
    bridges = Bridges(StreakRules(weekends_off=True), noon(MONDAY), UTC)
    assert [date_of(day).strftime("%a") for day in range(MONDAY, MONDAY + 7) if bridges.are_free(day)] == [
        "Sat",
        "Sun",
    ]


def test_two_freezes_are_held_at_most():
    freezes = frozenset(Freeze(noon(MONDAY), str(number)) for number in range(3))
    bridges = Bridges(StreakRules(freezes=freezes), noon(MONDAY), UTC)
    bridges.gain(MONDAY)
    assert bridges.balance == 2
    assert not bridges.hold(MONDAY + 1, MONDAY + 3)
    assert bridges.used == [MONDAY + 1, MONDAY + 2]


def test_a_freeze_covers_the_day_on_which_it_is_got_and_none_before():
    bridges = Bridges(StreakRules(freezes=frozenset({Freeze(noon(MONDAY))})), noon(MONDAY + 5), UTC)
    assert not bridges.hold(MONDAY - 1, MONDAY - 1)
    assert bridges.hold(MONDAY, MONDAY)
    assert not bridges.hold(MONDAY + 1, MONDAY + 1)


def test_a_freeze_that_is_not_got_yet_is_not_held():
    bridges = Bridges(StreakRules(freezes=frozenset({Freeze(noon(MONDAY))})), noon(MONDAY) - 1, UTC)
    bridges.gain(MONDAY)
    assert bridges.balance == 0


def test_a_streak_outlasts_free_days_and_those_that_freezes_cover():
    rules = StreakRules(weekends_off=True, freezes=frozenset({Freeze(noon(MONDAY))}))
    bridges = Bridges(rules, noon(MONDAY), UTC)
    bridges.gain(MONDAY)
    assert bridges.outlasted(MONDAY + 4) == MONDAY + 7
