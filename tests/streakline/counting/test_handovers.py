"""A play that grows may be another person's by then, or lie on another day: reported as a plain definition says."""

from collections import Counter

import pytest
from hypothesis import given

import fact_strategies
from content_streams import PLENTY, borders, facts_of, play, restarted, taken
from fact_strategies import START
from record_facts import (
    BOT,
    COUNTED,
    DAY,
    DEVICE,
    NAMED,
    QUARTER,
    TIMED,
    Fact,
    content64,
    handed_over,
    standing_facts,
)
from streakline.counting.tracker import ContentTracker
from streakline.streams.persons import NO_DAY, NOBODY

PersonDay = tuple[int, int | None] | None
DENVER, KOLKATA = -28, 22


def reported(tracker: ContentTracker) -> list[tuple[PersonDay, PersonDay]]:
    """What the last batch handed over, as (person and day before, person and day now)."""

    def named(person: int, day: int) -> PersonDay:
        return None if person == NOBODY else (person, None if day == NO_DAY else day)

    return [
        (named(row["was"], row["was_day"]), named(row["person"], row["day"]))
        for some in tracker.handovers
        for row in some
    ]


@given(fact_strategies.requests())
def test_each_event_hands_over_as_the_plain_definition_says(stream):
    tracker, moved = ContentTracker(0, PLENTY), []
    for moment, facts in stream:
        for fact in facts or [None]:
            taken([(moment, [fact] if fact else [])], tracker)
            moved += [(row, some) for some, row in zip(tracker.handovers, reported(tracker), strict=True)]
    plain = handed_over(facts_of(stream))
    assert [row for row, _ in moved] == [(old.person_day, new.person_day) for old, new in plain]
    for (old, new), (_, [row]) in zip(plain, moved, strict=True):
        assert (row["content64"], row["start"]) == (content64(new.content), new.start)
        assert (row["was_flags"], row["flags"]) == (old.flags, new.flags)
    assert tracker.tally["handovers"] == len(plain)


@given(fact_strategies.requests(), borders)
def test_what_is_taken_back_and_given_leaves_the_days_that_stand_for_any_batches(stream, at):
    """Days of first events, less those taken back, with those given, are the days of what stands; over restarts too."""
    tracker, days = ContentTracker(0, PLENTY), Counter[PersonDay]()
    batch: list[tuple[int, list[Fact]]] = []
    for number, request in enumerate(stream):
        batch.append(request)
        if number in at or number == len(stream) - 1:
            taken(batch, tracker)
            for before, now in reported(tracker):
                days[before] -= 1
                days[now] += 1
            tracker, batch = restarted(tracker), []
    first: dict[tuple[int, int, int], Fact] = {}
    for fact in facts_of(stream):
        if fact.counting and not fact.late:
            first.setdefault(fact.identity, fact)
    days.update(fact.person_day for fact in first.values())
    del days[None]
    standing = Counter(fact.person_day for fact in standing_facts(facts_of(stream)) if fact.person_day)
    assert +days == standing
    assert min(days.values(), default=0) >= 0


def grown(before: Fact, **later: object) -> list[tuple[PersonDay, PersonDay]]:
    tracker = taken([(START, [before])])
    taken([(START + 1, [before._replace(dur=before.dur + 5_000, **later)])], tracker)
    return reported(tracker)


MORNING = play(flags=TIMED | COUNTED | NAMED, listener=7, off=KOLKATA)
TODAY = (START + KOLKATA * QUARTER) // DAY


def test_a_play_that_grows_and_stays_somebody_s_is_not_reported():
    assert grown(MORNING) == []
    assert grown(MORNING, dims=(9, 9, 9, 9), off=KOLKATA + 1) == []  # another zone, the same day


@pytest.mark.parametrize(
    ("later", "now"),
    [
        ({"listener": 8}, (8, TODAY)),
        ({"listener": 8, "flags": TIMED | COUNTED | DEVICE}, None),
        ({"flags": TIMED | COUNTED}, None),
        ({"flags": TIMED | COUNTED | NAMED | BOT}, None),
        ({"off": DENVER}, (7, (START + DENVER * QUARTER) // DAY)),
        ({"off": 32_767}, (7, None)),
    ],
)
def test_who_loses_a_play_is_reported_with_the_day(later, now):
    assert grown(MORNING, **later) == [((7, TODAY), now)]


@pytest.mark.parametrize("flags", [0, DEVICE, NAMED | BOT])
def test_who_signs_in_under_way_gains_the_play_and_nobody_loses_it(flags):
    visitor = MORNING._replace(flags=TIMED | COUNTED | flags)
    assert grown(visitor, flags=TIMED | COUNTED | NAMED, listener=9) == [(None, (9, TODAY))]
    assert grown(visitor, flags=TIMED | COUNTED | DEVICE, listener=9) == []


def test_a_shorter_or_a_late_word_hands_nothing_over():
    tracker = taken([(START, [MORNING])])
    taken([(START + 1, [MORNING._replace(dur=1, listener=8)])], tracker)
    assert reported(tracker) == []
    late = START + 5 * QUARTER
    taken([(late, [MORNING._replace(dur=60_000, listener=8, accepted=late)])], tracker)
    assert reported(tracker) == []


def test_what_was_handed_over_is_reported_by_one_batch_alone():
    tracker = taken([(START, [MORNING])])
    taken([(START + 1, [MORNING._replace(dur=60_000, listener=8)])], tracker)
    assert len(reported(tracker)) == 1
    taken([(START + 2, [])], tracker)
    assert reported(tracker) == []
