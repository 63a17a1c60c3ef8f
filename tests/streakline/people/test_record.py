"""The record of a person: what was played most, against a plain count."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from person_rows import HOUR, rows_of
from streakline.people.play_rows import Content
from streakline.people.record import Played, top_contents, top_creators

KNOWN = [
    Content("a", creator="x"),
    Content("b", creator="x"),
    Content("c", creator="y", length=HOUR),
    Content("d"),
]
CREATORS = {one.id: one.creator for one in KNOWN}
PLAYS = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 2), st.integers(0, HOUR)), max_size=12)


@given(PLAYS, st.integers(1, 4))
def test_what_was_played_most_is_that_of_a_plain_count_with_equal_ones_by_id(plays, number):
    rows = rows_of(
        *({"contentId": id_, "starts": 2, "plays": n, "timed": n, "time_ms": ms} for id_, n, ms in plays),
        known=KNOWN,
    )
    counts, times, creators, hours = Counter(), Counter(), Counter(), Counter()
    for id_, n, ms in plays:
        counts[id_] += n
        times[id_] += ms
        creators[CREATORS[id_]] += n
        hours[CREATORS[id_]] += ms
    contents = [(one.id, played) for one, played in top_contents(rows, number)]
    ordered = sorted((-n, id_) for id_, n in counts.items() if n)[:number]
    assert contents == [(id_, Played(-n, times[id_])) for n, id_ in ordered]
    ordered = sorted((-n, name) for name, n in creators.items() if n and name)[:number]
    assert top_creators(rows, number) == [(name, Played(-n, hours[name])) for n, name in ordered]


def test_a_play_without_a_duration_lasts_as_long_as_its_content():
    rows = rows_of({"contentId": "c"}, known=KNOWN)
    assert top_creators(rows, 5) == [("y", Played(1, HOUR))]
