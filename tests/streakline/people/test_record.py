"""The record of a person: what was played most, against a plain count."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from person_rows import HOUR, rows_of
from streakline.people.play_rows import Content
from streakline.people.record import Played, calendar, top_contents, top_creators
from streakline.streams.records import NO_OFFSET

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


MONDAY = 1_789_948_800_000
"""2026-09-21T00:00Z."""


@given(
    st.lists(
        st.tuples(st.integers(0, 420 * 24), st.integers(0, 2), st.sampled_from([0, 36, -40, NO_OFFSET])),
        max_size=20,
    ),
    st.integers(0, 24 * 7),
)
def test_the_calendar_has_each_local_day_of_53_weeks_that_a_play_began_on(plays, hours_on):
    as_of, zone = MONDAY + hours_on * HOUR, ZoneInfo("Asia/Kolkata")
    rows = rows_of(
        *(
            {"contentId": "a", "plays": n, "first_ms": as_of - ago * HOUR, "last_ms": as_of - ago * HOUR, "zone": at}
            for ago, n, at in plays
        )
    )  # fmt: skip
    today = (datetime.fromtimestamp(as_of / 1000, UTC) + timedelta(hours=5.5)).date()
    monday = today - timedelta(days=today.weekday())
    expected = Counter()
    for ago, n, at in plays:
        offset = timedelta(hours=5.5) if at == NO_OFFSET else timedelta(minutes=15 * at)
        day = (datetime.fromtimestamp((as_of - ago * HOUR) / 1000, UTC) + offset).date()
        if ago > 0 and day >= monday - timedelta(weeks=52):
            expected[day.isoformat()] += n
    assert calendar(rows, as_of, zone) == sorted((day, n) for day, n in expected.items() if n)
