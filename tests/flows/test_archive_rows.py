"""Folding a batch: of each identity one event stands."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flows.archive_rows import Batch, folded
from streakline.entries import Cold
from streakline.records import RECORD

EVENTS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.sampled_from([1, 3, 4])), min_size=1)


@given(EVENTS)
def test_of_each_identity_the_longest_play_stands_and_of_equals_the_first(
    events: list[tuple[int, int, int]],
) -> None:
    records = np.zeros(len(events), RECORD)
    # An identity is of one kind: all events of a play, or the repeats of a like.
    records["id64"] = [identity * 2 + (kind == 4) for identity, _, kind in events]
    records["dur"] = [duration for _, duration, _ in events]
    records["kind"] = [kind for _, _, kind in events]
    rows = [Cold("c", str(place)) for place in range(len(events))]
    batch = folded(Batch(records, rows, np.arange(len(events), dtype=np.uint64)))

    best: dict[int, tuple[int, int]] = {}
    for place, (identity, duration, kind) in enumerate(events):
        key, length = identity * 2 + (kind == 4), 0 if kind == 4 else duration
        if key not in best or length > best[key][0]:
            best[key] = (length, place)
    expected = sorted(place for _, place in best.values())
    assert [int(row.id) for row in batch.rows] == expected
    assert batch.entry.tolist() == expected
