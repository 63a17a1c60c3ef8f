"""Candidates for streaks: what stands gives a person days and finishes, and who lost something is marked."""

from hypothesis import given
from hypothesis import strategies as st

import fact_strategies
from content_streams import PLENTY, Requests, borders, facts_of, play, restarted, taken
from fact_strategies import START
from record_facts import (
    BOT,
    COUNTED,
    DAY,
    DEVICE,
    FINISHED,
    MINUTE,
    NAMED,
    NO_OFFSET,
    QUARTER,
    TIMED,
    Fact,
    entry,
    names,
    standing_facts,
)
from record_facts import content64 as hashed
from streakline.counting.tracker import ContentTracker
from streakline.streams.candidates import ERASED, MOVED, ROBOT, RULED
from streakline.streams.entries import Cold, Entry
from streakline.streams.hashing import hash64

FREEZE, SETTINGS = 17, 20
EPISODE, TRACK = 7, 2
MINE = TIMED | COUNTED | NAMED


def gives(fact: Fact) -> bool:
    return fact.countable and fact.kind <= 3 and fact.flags & (NAMED | COUNTED) == NAMED | COUNTED


def plain(stream: Requests) -> tuple[set[tuple[int, int, int]], dict[tuple[int, int], int]]:
    """Return (person, zone, day) of all counted plays that stand or are late, and when each finish began first."""
    late = [fact for fact in facts_of(stream) if fact.late]
    days, finishes = set(), dict[tuple[int, int], int]()
    for fact in [*filter(gives, standing_facts(facts_of(stream))), *filter(gives, late)]:
        off = 0 if fact.off == NO_OFFSET else fact.off
        days.add((fact.listener, fact.off, (fact.start + off * QUARTER) // DAY))
        if fact.flags & FINISHED:
            what = fact.listener, hashed(fact.content)
            finishes[what] = min(fact.start, finishes.get(what, fact.start))
    return days, finishes


def sent(
    tracker: ContentTracker,
) -> tuple[set[tuple[int, int, int]], dict[tuple[int, int], int], dict[int, int]]:
    """Return the same of the candidates, and the marks of each person."""
    days, finishes, marks = set(), dict[tuple[int, int], int](), dict[int, int]()
    played, marked = tracker.plays.waiting()
    for row in played:
        off = 0 if row["off"] == NO_OFFSET else int(row["off"])
        days.add((int(row["person"]), int(row["off"]), (int(row["start"]) + off * QUARTER) // DAY))
        if row["flags"] & FINISHED:
            what = int(row["person"]), int(row["content64"])
            finishes[what] = min(int(row["start"]), finishes.get(what, int(row["start"])))
    for person, why in marked.tolist():
        marks[person] = marks.get(person, 0) | why
    return days, finishes, marks


@given(fact_strategies.requests(), borders, st.sets(st.integers(0, 30)))
def test_candidates_are_what_stands_but_of_marked_persons(stream, at, restarts):
    tracker, batch = ContentTracker(0, PLENTY), []
    for number, request in enumerate(stream):
        batch.append(request)
        if number in at or number == len(stream) - 1:
            taken(batch, tracker)
            batch = []
            if number in restarts:
                tracker = restarted(tracker)
    days, finishes, marks = sent(tracker)
    true_days, true_finishes = plain(stream)
    assert true_days <= days
    assert true_finishes.keys() <= finishes.keys()
    sure = {person for person, _, _ in days | true_days} - {p for p, why in marks.items() if why & MOVED}
    assert {one for one in days if one[0] in sure} == {one for one in true_days if one[0] in sure}
    assert {w: at for w, at in finishes.items() if w[0] in sure} == {
        w: at for w, at in true_finishes.items() if w[0] in sure
    }


def test_repeats_and_further_plays_of_a_day_are_not_sent_again():
    tracker = taken([(START, [play(flags=MINE), play(number=2, flags=MINE), play(flags=MINE)])])
    taken([(START + 1, [play(number=3, flags=MINE)])], tracker)
    assert len(tracker.plays.taken().played) == 1
    taken([(START + 2, [play(number=4, flags=MINE)])], tracker)
    assert not tracker.plays


def test_a_play_that_has_begun_gives_its_day_beside_one_that_has_not():
    ahead, begun = play(flags=MINE, start=START + 10 * MINUTE), play(number=2, flags=MINE)
    for batches in ([(START, [ahead, begun])], [(START, [ahead]), (START + 1, [begun])]):
        played = taken(batches, borders={1}).plays.taken().played
        assert sorted(played["start"].tolist()) == [begun.start, ahead.start]


def test_an_earlier_finish_is_sent_after_a_later_one():
    later = play(flags=MINE | FINISHED, start=START)
    earlier = play(number=2, flags=MINE | FINISHED, start=START - 2 * MINUTE)
    tracker = taken([(START, [later])])
    tracker.plays.taken()
    taken([(START + 1, [earlier]), (START + 2, [later._replace(id=3)])], tracker)
    assert tracker.plays.taken().played["start"].tolist() == [earlier.start]


def test_who_is_no_person_gives_nothing():
    nobody = [play(number=n, flags=TIMED | COUNTED | of) for n, of in enumerate((0, DEVICE, NAMED | BOT))]
    uncounted = play(number=9, flags=TIMED | NAMED)
    assert taken([(START, [*nobody, uncounted])]).plays.waiting().played.size == 0


def test_a_play_that_another_person_takes_over_marks_the_first_and_gives_the_second():
    tracker = taken(
        [(START, [play(flags=MINE, listener=1)]), (START + 1, [play(dur=40_000, flags=MINE, listener=2)])],
        borders={1},
    )
    days, _, marks = sent(tracker)
    assert {person for person, _, _ in days} == {1, 2}
    assert marks == {1: MOVED}


def test_a_shorter_event_of_a_play_gives_its_person_a_mark_and_no_day():
    tracker = taken(
        [(START, [play(flags=MINE, listener=1)]), (START + 1, [play(dur=25_000, flags=MINE, listener=2)])],
        borders={1},
    )
    days, _, marks = sent(tracker)
    assert {person for person, _, _ in days} == {1}
    assert marks == {2: MOVED}


def test_a_play_whose_identity_cannot_be_kept_gives_its_day_and_a_mark():
    facts = [play(number=number, content=number, flags=MINE, listener=number) for number in (1, 2, 3)]
    days, _, marks = sent(
        taken([(START, facts[:2]), (START + 1, facts[2:])], ContentTracker(0, 1), borders={1})
    )
    assert {person for person, _, _ in days} == {1, 2, 3}
    assert marks == {3: MOVED}


def test_persons_with_rules_of_their_own_and_those_that_robots_name_are_marked():
    facts = [
        Fact(1, 1, FREEZE, START, START, START, flags=NAMED, listener=1),
        Fact(1, 2, SETTINGS, START, START, START, flags=DEVICE, listener=2),
        play(flags=MINE | BOT, listener=3),
    ]
    assert sent(taken([(START, facts)]))[2] == {1: RULED, 3: ROBOT}


def test_every_rule_of_a_person_is_sent_for_each_may_change_a_streak():
    tracker = ContentTracker(0, PLENTY)
    for number in range(2):
        freeze = Fact(1, number, FREEZE, START, START, START, flags=NAMED, listener=1)
        tracker.take([((START + number) << 22, entry([freeze]))], names)
        assert sent(tracker)[2] == {1: RULED}


def test_an_erased_person_is_marked():
    tracker = ContentTracker(0, PLENTY)
    tracker.names.seed = 7
    tracker.take([(START << 22, Entry(control={"kind": "erase", "userId": "alice"}))], names)
    assert sent(tracker)[2] == {hash64("alice", 7): ERASED}


def test_a_finished_episode_names_its_show_and_a_late_one_too():
    def cold(held: Entry) -> list[Cold]:
        return [Cold(row.contentId, "", parentId="the show") for row in names(held)]

    tracker = ContentTracker(0, PLENTY)
    tracker.names.seed = 7
    facts = [
        play(number=1, flags=MINE | FINISHED, ctype=EPISODE),
        play(2, 2, flags=MINE | FINISHED, ctype=TRACK),
    ]
    late = play(3, 3, start=START - 90 * MINUTE, flags=MINE | FINISHED, ctype=EPISODE)
    tracker.take([(START << 22, entry([*facts, late]))], cold)
    played = tracker.plays.taken().played
    assert dict(zip(played["content64"].tolist(), played["parent64"].tolist(), strict=True)) == {
        hashed(1): hash64("the show", 7), hashed(2): 0, hashed(3): hash64("the show", 7),
    }  # fmt: skip


def test_while_silent_nothing_is_kept():
    tracker = ContentTracker(0, PLENTY)
    facts = [play(flags=MINE), Fact(1, 1, FREEZE, START, START, START, flags=NAMED, listener=1)]
    tracker.take([(START << 22, entry(facts))], names, silent=True)
    assert not tracker.plays
