"""From batches to rows: of each identity one event stands, and packed counts become columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.archive.native import block
from flows.archive.rows import PROVISIONAL_COLUMNS, Batch, folded, provisional_columns
from streakline.kinds import CONTENT_TYPES
from streakline.measures import BREAKDOWN_DIMENSIONS, BREAKDOWNS, MEASURES, pack_counts
from streakline.streams.entries import Cold
from streakline.streams.records import RECORD

EVENTS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.sampled_from([1, 3, 4])), min_size=1)


@settings(deadline=None)
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


CODES = {0: "", 1: "other", 2: "web", 3: "ios"}
"""Codes that nobody handed out count as `other` too."""
CELLS = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 6)), st.integers(1, 1 << 40), max_size=8)
COUNTS = st.lists(st.tuples(st.integers(0, 1 << 50), CELLS, st.integers(0, 40)), min_size=1, max_size=12)


@settings(deadline=None)
@given(COUNTS, st.integers(0, 12))
def test_provisional_rows_say_what_the_packed_counts_say(
    counts: list[tuple[int, dict[tuple[int, int], int], int]], cut: int
) -> None:
    rows, expected = [], []
    for place, (measure, cells, ctype) in enumerate(counts):
        measures = [measure + number for number in range(len(MEASURES))]
        rows.append((900_000 * place, f"content-{place}", pack_counts(measures, cells, ctype)))
        maps: list[dict[str, int]] = [{} for _ in BREAKDOWNS]
        for (breakdown, code), count in cells.items():
            name = CODES.get(code, "other")
            maps[breakdown][name] = maps[breakdown].get(name, 0) + count
        type_name = CONTENT_TYPES[ctype] if ctype < len(CONTENT_TYPES) else "other"
        expected.append([1, 900 * place, 3, f"content-{place}", 77, type_name, *measures, *maps])

    asked = set()

    def name(dimension: str, code: int) -> str:
        asked.add(dimension)
        return CODES.get(code, "other")

    columns = provisional_columns(rows, 3, 77, name)
    assert len(columns) == len(PROVISIONAL_COLUMNS)
    assert asked <= set(BREAKDOWN_DIMENSIONS)
    for part in (slice(0, cut), slice(cut, None)):
        ours, plain = [column[part] for column in columns], expected[part]
        if plain:
            for place, column in enumerate(ours[: -len(BREAKDOWNS)]):
                assert list(column) == [row[place] for row in plain]
            for place in range(len(BREAKDOWNS)):
                held = pairs_of(ours[place - len(BREAKDOWNS)])
                assert held == [row[place - len(BREAKDOWNS)] for row in plain]


def pairs_of(column: Any) -> list[dict[str, int]]:
    """Read the column's bytes: up to where the pairs of each map go, all keys, all values."""
    data = block(["c"], ["Map(String, UInt64)"], [column])
    body = data[data.index(b"UInt64)") + len(b"UInt64)") :]
    ends = np.frombuffer(body[: 8 * len(column)], "<u8").tolist()
    keys, at = [], 8 * len(column)
    for _ in range(ends[-1]):
        keys.append(body[at + 1 : at + 1 + body[at]].decode())
        at += 1 + body[at]
    values = np.frombuffer(body[at:], "<u8").tolist()
    found = []
    for first, last in zip([0, *ends], ends, strict=False):
        found.append(dict(zip(keys[first:last], values[first:last], strict=True)))
        assert len(found[-1]) == last - first, "a key came twice"
    return found


def test_a_negative_count_is_refused_instead_of_becoming_a_huge_one() -> None:
    rows = [(0, "a", pack_counts([-1] * len(MEASURES), {}))]
    columns = provisional_columns(rows, 0, 1, lambda _, code: str(code))
    with pytest.raises(OverflowError, match="-1"):
        block(["events"], ["UInt64"], [columns[PROVISIONAL_COLUMNS.index("events")]])
