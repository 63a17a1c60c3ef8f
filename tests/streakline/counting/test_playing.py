"""What plays now, against a plain list of beats and ends."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from record_facts import ENDED, TIMED, Fact, hot, playing
from streakline.counting.playing import Playing
from streakline.streams.records import records_of

T = 1_763_700_300_000

steps = st.tuples(
    st.sampled_from([0, 1, 5_000, 10_000, 29_999, 30_000, 30_001]),  # ms since the one before
    st.sampled_from([1, 2, 3, 3, 3, 4]),  # kind
    st.integers(1, 3),  # content
    st.integers(1, 3),  # id
    st.integers(1, 3),  # listener
    st.sampled_from([0, 0, 0, -1, -10_000, -30_000, 60_000]),  # its own time against acceptance
)


def facts_of(drawn: list[tuple[int, ...]]) -> list[Fact]:
    moment, facts = T, []
    for step, kind, content, number, listener, skew in drawn:
        moment += step
        flags = TIMED | (ENDED if kind == 1 else 0)
        facts.append(Fact(content, number, kind, T, moment, moment + skew, 0, flags, listener))
    return facts


def added(running: Playing, facts: list[Fact]) -> Playing:
    running.add(records_of([hot(fact) for fact in facts]), np.array([fact.accepted for fact in facts]))
    running.expire(facts[-1].accepted)
    return running


def restarted(running: Playing) -> Playing:
    again = Playing()
    again.thaw(running.freeze())
    return again


@given(st.lists(steps, min_size=1, max_size=25), st.frozensets(st.integers(1, 24)))
def test_what_plays_equals_the_definition_for_any_batches(drawn, borders):
    facts, running, batch = facts_of(drawn), Playing(), []
    for number, fact in enumerate(facts):
        if number in borders:
            added(running, batch)
            batch = []
        batch.append(fact)
    added(running, batch)
    plain = playing(facts, facts[-1].accepted)
    assert running.by_content() == {key: len(who) for key, who in by_hash(plain).items()}


@given(st.lists(steps, min_size=1, max_size=25))
def test_a_restart_keeps_what_plays(drawn):
    running = Playing()
    for fact in facts_of(drawn):
        added(running, [fact])
        again = restarted(running)
        assert (again.by_content(), len(again)) == (running.by_content(), len(running))
        for later in (0, 15_000, 30_000):
            again.expire(fact.accepted + later)
            copy = restarted(running)
            copy.expire(fact.accepted + later)
            assert again.by_content() == copy.by_content()


def by_hash(table: dict[int, set[int]]) -> dict[int, set[int]]:
    return {int(records_of([hot(Fact(c, 1, 3, T, T, T))])["content64"][0]): who for c, who in table.items()}


def beat(number: int = 1, at: int = T, listener: int = 1, kind: int = 3, accepted: int | None = None) -> Fact:
    flags = TIMED | (ENDED if kind == 1 else 0)
    return Fact(1, number, kind, T, accepted or at, at, 0, flags, listener)


def test_a_play_shows_for_thirty_seconds_after_its_last_beat():
    running = added(Playing(), [beat()])
    running.expire(T + 29_999)
    assert len(running) == 1
    running.expire(T + 30_000)
    assert len(running) == 0
    assert running.by_content() == {}


def test_a_heartbeat_that_overtook_the_end_does_not_bring_the_play_back():
    running = added(Playing(), [beat(), beat(kind=1)])
    assert len(added(running, [beat(at=T + 1_000)])) == 0


def test_a_listener_with_two_plays_of_a_content_counts_once_until_both_end():
    running = added(Playing(), [beat(number=1), beat(number=2), beat(number=3, listener=2)])
    assert list(running.by_content().values()) == [2]
    added(running, [beat(number=1, kind=1)])
    assert list(running.by_content().values()) == [2]
    added(running, [beat(number=2, kind=1)])
    assert list(running.by_content().values()) == [1]


def test_a_listener_who_signs_in_under_way_is_the_one_that_shows():
    running = added(Playing(), [beat(listener=1), beat(number=2, listener=2)])
    added(running, [beat(listener=2, at=T + 10_000)])
    assert list(running.by_content().values()) == [1]


def test_a_sender_whose_clock_runs_ahead_shows_no_longer_than_others():
    running = added(Playing(), [beat(at=T + 600_000, accepted=T)])
    running.expire(T + 30_000)
    assert len(running) == 0


def test_a_heartbeat_older_than_the_last_one_changes_nothing():
    running = added(Playing(), [beat(at=T + 20_000)])
    added(running, [beat(at=T + 10_000, accepted=T + 20_000)])
    assert running.freeze()[0][3] == T + 20_000


def test_the_older_of_two_beats_expiring_leaves_the_play():
    running = added(Playing(), [beat(at=T), beat(at=T + 10_000)])
    running.expire(T + 30_000)
    assert len(running) == 1


def test_a_second_play_of_the_same_content_joins_the_first():
    running = added(Playing(), [beat(), beat(number=2, listener=2)])
    added(running, [beat(kind=1)])
    assert list(running.by_content().values()) == [1]
