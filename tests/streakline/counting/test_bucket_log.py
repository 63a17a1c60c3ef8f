"""Which of several events of an identity stands, and what the log keeps of it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from record_facts import COUNTED, QUARTER, TIMED, Fact, hot
from streakline.counting.bucket_log import LOG, entries_of, firsts, longest, raw
from streakline.streams.records import records_of

START = 1_763_700_300_000 // QUARTER * QUARTER


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), max_size=30))
def test_the_longest_of_an_identity_stands_and_of_equals_the_first(events):
    plain: dict[int, int] = {}
    for place, (identity, dur) in enumerate(events):
        if identity not in plain or dur > events[plain[identity]][1]:
            plain[identity] = place
    identities, durs = np.array(events, np.uint32).reshape(-1, 2).T
    kept = longest(np.arange(len(events)), identities.astype(np.uint64), durs)
    assert sorted(kept.tolist()) == sorted(plain.values())


@given(st.lists(st.integers(0, 3), max_size=20))
def test_the_first_event_of_each_new_position(repeats):
    held, plain, positions = 7, {}, []
    for place, back in enumerate(repeats):
        number = held + len(plain) if back == 3 else held - 1 + min(back, len(plain))
        positions.append(number)
        if number >= held:
            plain.setdefault(number, place)
    assert firsts(np.array(positions, np.int64), held).tolist() == [plain[n] for n in sorted(plain)]


def test_an_entry_keeps_what_the_event_counted():
    at, dims = START + 61_000, (2, 3, 65_535, 5)
    fact = Fact(3, 1, 1, at, START, at, 30_000, TIMED | COUNTED, 1 << 63, dims, off=-14)
    (entry,) = entries_of(records_of([hot(fact)]), np.array([9]), START)
    assert (entry["dims"].tolist(), entry["dur"], entry["row"]) == ([2, 3, 65_535, 5], 30_000, 9)
    assert (entry["kind"], entry["flags"], entry["minute"]) == (1, TIMED | COUNTED, 1)
    assert (entry["listener64"], entry["off"]) == (1 << 63, -14)


def test_entries_move_as_bytes():
    log, other = np.zeros(3, LOG), np.ones(2, LOG)
    raw(log)[1:] = raw(other)
    assert log.tobytes() == np.zeros(1, LOG).tobytes() + other.tobytes()
