"""Personal events in any order, repeated and late add up to what a list that is walked in order of time gives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from person_rows import plays_of
from slow_calendar import slow_streak
from streakline import zones
from streakline.people.local_days import date_of
from streakline.people.personal.stated import NOTHING_STATED, Personal, PersonalEvent, personal_of
from streakline.people.streak_rules import Freeze, Pause, Repair, StreakRules, holding
from streakline.people.streaks import streak_of
from streakline.times import DAY_MS, parse_when

BEGIN = parse_when("2024-10-24T00:00Z")[0]
HOUR = 3_600_000
LATER = BEGIN + 1_000 * DAY_MS
MOMENTS = st.integers(0, 12 * 24).map(lambda hours: BEGIN + hours * HOUR)
DAYS = st.integers(BEGIN // DAY_MS - 2, BEGIN // DAY_MS + 13)
ZONES = ["UTC", "Europe/London", "Pacific/Chatham", "Pacific/Pago_Pago"]


def text(day: int) -> str:
    return date_of(day).isoformat()


SAID = st.one_of(
    st.tuples(st.just("freeze"), st.just({})),
    st.tuples(st.just("pause"), st.tuples(DAYS, st.integers(0, 3)).map(
        lambda pair: {"from": text(pair[0]), "to": text(pair[0] + pair[1])}
    )),
    st.tuples(st.just("repair"), DAYS.map(lambda day: {"day": text(day)})),
    st.tuples(st.just("settings"), st.fixed_dictionaries({}, optional={
        "zone": st.sampled_from(ZONES), "mode": st.just("calendar-day"), "weekendsOff": st.booleans()
    })),
    st.tuples(st.sampled_from(["freeze", "pause", "repair"]), st.sampled_from("abc").map(lambda id_: {"undoes": id_})),
)  # fmt: skip
EVENTS = st.lists(
    st.builds(
        lambda said, id_, at: PersonalEvent(said[0], id_, at, json.dumps(said[1])),
        SAID, st.sampled_from("abc"), MOMENTS,
    ), max_size=12,
)  # fmt: skip


def slow_rules(events: list[PersonalEvent], as_of: int) -> tuple[str, StreakRules]:
    """Return zone and rules by a walk through a list in order of time, in which each statement replaces nothing."""
    known = [(one, json.loads(one.properties)) for one in events if one.at <= as_of]
    known.sort(key=lambda pair: (pair[0].at, pair[0].id, json.dumps(pair[1], sort_keys=True)))
    gone = {(one.kind, said["undoes"]) for one, said in known if "undoes" in said}
    seen: set[tuple[str, str]] = set()
    zone, weekends_off, found = "UTC", False, {"freeze": set(), "pause": set(), "repair": set()}
    for one, said in known:
        if one.kind == "settings":
            zone, weekends_off = said.get("zone", zone), said.get("weekendsOff", weekends_off)
        elif "undoes" not in said and (one.kind, one.id) not in seen:
            seen.add((one.kind, one.id))
            if (one.kind, one.id) not in gone:
                found[one.kind].add((one.id, one.at, *said.values()))
    number = {text(day): day for day in range(BEGIN // DAY_MS - 9, BEGIN // DAY_MS + 20)}
    return zone, StreakRules(
        weekends_off=weekends_off,
        freezes=frozenset(Freeze(at, id_) for id_, at in found["freeze"]),
        pauses=frozenset(Pause(number[first], number[last]) for _, _, first, last in found["pause"]),
        repairs=frozenset(Repair(number[day], at) for _, at, day in found["repair"]),
    )


@given(EVENTS, st.lists(MOMENTS, max_size=12), MOMENTS, st.randoms(use_true_random=False))
def test_a_streak_by_personal_events_in_any_order_is_that_of_a_walked_calendar(events, starts, as_of, random):
    delivered = events * 2
    random.shuffle(delivered)
    known = personal_of(delivered, as_of)
    zone, rules = slow_rules(events, as_of)
    own, plays = zones.zone(zone), plays_of(starts)
    seen = streak_of(plays, as_of, known.zone or zones.zone("UTC"), known.rules())
    slow = slow_streak(plays, as_of, own, rules)
    assert (seen.current_streak, seen.longest_streak, seen.status) == (
        slow.current,
        slow.longest,
        slow.status,
    )
    assert seen.freezes.balance == slow.balance
    assert seen.freezes.used == tuple(day.isoformat() for day in slow.used)


@given(EVENTS, EVENTS, st.randoms(use_true_random=False))
def test_what_comes_late_changes_nothing_but_by_being_there(early, late, random):
    whole = [*early, *late]
    random.shuffle(whole)
    assert personal_of([*early, *late], LATER) == personal_of(whole, LATER)
    assert personal_of(set(whole), LATER) == personal_of(whole, LATER)


def said(kind: str, id_: str, at: str, **fields: Any) -> PersonalEvent:
    return PersonalEvent(kind, id_, parse_when(at)[0], json.dumps(fields))


def test_who_stated_nothing_has_the_defaults():
    assert personal_of([], LATER) == NOTHING_STATED == Personal()
    assert personal_of([], LATER).rules() == StreakRules()


def test_of_each_setting_the_newest_that_is_stated_holds():
    stated = [
        said("settings", "s3", "2024-05-03T00:00Z", mode="rolling-24h"),
        said("settings", "s1", "2024-05-01T00:00Z", zone="Asia/Tokyo", weekendsOff=True),
        said("settings", "s2", "2024-05-02T00:00Z", zone="Europe/Berlin"),
    ]
    known = personal_of(stated, LATER)
    assert (known.zone, known.mode, known.weekends_off) == (zones.zone("Europe/Berlin"), "rolling-24h", True)
    assert personal_of(stated, parse_when("2024-05-01T12:00Z")[0]).zone == zones.zone("Asia/Tokyo")
    assert known.rules("calendar-day").mode == "calendar-day"


def test_one_id_counts_once_as_it_was_stated_first_and_what_is_taken_back_stays_so():
    twice = [said("freeze", "f", "2024-05-02T00:00Z"), said("freeze", "f", "2024-05-01T00:00Z")]
    assert personal_of(twice, LATER).freezes == (Freeze(parse_when("2024-05-01T00:00Z")[0], "f"),)
    back = said("freeze", "u", "2024-04-01T00:00Z", undoes="f")
    assert personal_of([back, *twice], LATER).freezes == ()
    other = said("pause", "u", "2024-05-01T00:00Z", undoes="f")
    assert len(personal_of([other, *twice], LATER).freezes) == 1


@pytest.mark.parametrize(
    "one",
    [
        PersonalEvent("pause", "p", 0, ""),
        PersonalEvent("pause", "p", 0, '{"from": "2024-05-01"}'),
        PersonalEvent("pause", "p", 0, '{"from": "2024-05-01", "to": "2025-05-01"}'),
        PersonalEvent("pause", "p", 0, '{"from": 7, "to": "2024-05-01"}'),
        PersonalEvent("repair", "r", 0, '{"day": "soon"}'),
        PersonalEvent("repair", "r", 0, "[1]"),
        PersonalEvent("settings", "s", 0, '{"zone": "Mars", "mode": {}, "weekendsOff": 1}'),
        PersonalEvent("settings", "s", 0, "{"),
        PersonalEvent("dance", "d", 0, "{}"),
    ],
)
def test_what_an_older_build_took_and_nobody_can_use_says_nothing(one):
    assert personal_of([one], LATER) == NOTHING_STATED


def test_of_repairs_those_that_hold_are_told():
    day = parse_when("2024-05-01T00:00Z")[0] // DAY_MS
    early, soon, late = (Repair(day + after, (day + after + 1) * DAY_MS) for after in (0, 3, 7))
    assert holding({late, soon, early}, LATER, zones.zone("UTC")) == [early, late]
