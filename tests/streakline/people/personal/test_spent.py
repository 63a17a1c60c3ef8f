"""What became of each freeze, held to a balance that is walked day by day."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streakline import zones
from streakline.people.personal.spent import Spent, spent
from streakline.people.streak_rules import Bridges, Freeze, StreakRules
from streakline.times import DAY_MS

UTC = zones.zone("UTC")
DAY = 20_000
MOMENTS = st.integers(DAY * 4, (DAY + 12) * 4).map(lambda quarter: quarter * DAY_MS // 4)
FREEZES = st.frozensets(st.builds(Freeze, MOMENTS, st.sampled_from("abc")), max_size=7)


def at(day: float, id_: str = "a") -> Freeze:
    return Freeze(int((DAY + day) * DAY_MS), id_)


def test_the_freeze_that_was_got_first_is_used_first():
    one, two = at(0.5, "one"), at(1.5, "two")
    assert spent({two, one}, [DAY + 2], (DAY + 9) * DAY_MS, UTC) == [
        Spent(one, "used", DAY + 2),
        Spent(two, "held"),
    ]


def test_one_that_is_got_while_two_are_held_is_lost_and_one_got_later_is_not():
    one, two, three, four = at(0, "one"), at(0, "two"), at(1, "three"), at(3, "four")
    became = spent({one, two, three, four}, [DAY + 2], (DAY + 9) * DAY_MS, UTC)
    assert [(found.freeze.id, found.state) for found in became] == [
        ("one", "used"), ("two", "held"), ("three", "lost"), ("four", "held"),
    ]  # fmt: skip


def test_one_that_is_got_later_than_the_moment_is_not_known_yet():
    assert spent({at(3)}, [], (DAY + 3) * DAY_MS - 1, UTC) == []
    assert spent({at(3)}, [], (DAY + 3) * DAY_MS, UTC) == [Spent(at(3), "held")]


@given(FREEZES, st.sets(st.integers(DAY, DAY + 11)), st.booleans())
def test_as_many_are_held_and_used_as_a_streak_holds_and_uses(
    freezes: frozenset[Freeze], played: set[int], weekends_off: bool
) -> None:
    as_of = (DAY + 12) * DAY_MS
    bridges = Bridges(StreakRules(freezes=freezes, weekends_off=weekends_off), as_of, UTC)
    days = sorted(played)
    for before, after in zip(days, [*days[1:], DAY + 12], strict=False):
        bridges.hold(before + 1, after - 1)
    bridges.gain(DAY + 12)
    became = spent(freezes, bridges.used, as_of, UTC)
    assert {one.freeze for one in became} == freezes
    assert sum(one.state == "held" for one in became) == bridges.balance
    assert sorted(one.day for one in became if one.day is not None) == bridges.used
    assert all((one.day is not None) == (one.state == "used") for one in became)
    assert all(one.day is None or one.freeze.at // DAY_MS <= one.day for one in became)
