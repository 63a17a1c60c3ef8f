"""Live rows of persons as they stand after years, and what must be in them after more plays."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import redis

from bench.streams.pattern import START_MS
from bench.streams.workload import people_of
from streakline.people.day_sets import DaySet
from streakline.people.live.finishes import Finishes
from streakline.people.live.places import place_of
from streakline.people.live.rows import PersonRow
from streakline.streams import keys
from streakline.streams.records import COUNTED, NAMED, NO_OFFSET, Records
from streakline.times import DAY_MS

TRACK: Final = 2
"""The content type of the workload."""
AT_ONCE: Final = 2_000
SAMPLE: Final = 2_000
"""Persons whose rows are compared."""


class Filled(NamedTuple):
    """What was written."""

    persons: list[int]
    """Hashes of the persons."""
    parts: int


def fill(client: redis.Redis, parts: int, listeners: int, people: int, days: int, finishes: int) -> Filled:
    """Write rows of so many days and finishes each, all before the workload begins."""
    rng = np.random.default_rng(11)
    persons = people_of(listeners, people).tolist()
    today = START_MS // DAY_MS
    for first in range(0, len(persons), AT_ONCE):
        pipe: Any = client.pipeline(transaction=False)
        for person in persons[first : first + AT_ONCE]:
            row = PersonRow()
            row.days[NO_OFFSET, TRACK] = DaySet.of(today - 1 - rng.choice(2 * days, days, replace=False))
            moments = np.sort(START_MS - DAY_MS - rng.integers(0, days * DAY_MS, finishes))
            ids = rng.integers(0, 1 << 63, finishes, np.uint64)
            row.finishes["track"] = Finishes(ids.tobytes(), moments.astype(np.int64).tobytes())
            part, slot, field = place_of(person, parts)
            pipe.hset(keys.streaks(part, slot), field, row.packed())
        pipe.execute()
    return Filled(persons, parts)


def rows_of(client: redis.Redis, filled: Filled) -> dict[int, PersonRow]:
    """Return the rows of a sample of the persons."""
    sample = filled.persons[:: max(1, len(filled.persons) // SAMPLE)]
    pipe: Any = client.pipeline(transaction=False)
    for person in sample:
        part, slot, field = place_of(person, filled.parts)
        pipe.hget(keys.streaks(part, slot), field)
    return {person: PersonRow.unpacked(packed) for person, packed in zip(sample, pipe.execute(), strict=True)}


def wrong(before: dict[int, PersonRow], after: dict[int, PersonRow], played: list[Records]) -> list[str]:
    """Return what is not as it must be: a row has what it had, and the days of counted plays, and nothing else."""
    days: dict[int, set[int]] = {}
    for made in played:
        some = made[(made["flags"] & np.uint8(NAMED | COUNTED)) == NAMED | COUNTED]
        day = some["start"] // DAY_MS
        for person, one in zip(some["listener64"].tolist(), day.tolist(), strict=True):
            if person in before:
                days.setdefault(person, set()).add(one)
    faults = []
    for person, row in before.items():
        wanted = set(row.days[NO_OFFSET, TRACK]) | days.get(person, set())
        found = set(after[person].days[NO_OFFSET, TRACK])
        if found != wanted and not after[person].marks:  # a marked row says itself that history has to answer
            faults.append(f"person {person} has other days: {sorted(found ^ wanted)}")
        old, new = row.finishes["track"], after[person].finishes["track"]
        if new.ids[: len(old.ids)] != old.ids:
            faults.append(f"person {person} lost finishes")
    return faults
