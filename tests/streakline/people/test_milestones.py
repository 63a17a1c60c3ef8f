"""Milestones against a plain count, and those of a listener's twelve years."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from person_rows import listened, listened_rows, rows_of
from streakline.people.milestones import KINDS, THRESHOLDS, TIERS, Finish, finishes_of, milestones_of
from streakline.people.play_rows import Content
from streakline.times import iso

FINISHES = st.lists(
    st.builds(
        Finish,
        st.sampled_from(["movie", "episode", "track", "show", "video", ""]),
        st.integers(0, 40).map(str),
        st.integers(0, 10**12),
        st.sampled_from(["", "a", "b"]),
    ),
    max_size=60,
)


def plain(finishes: list[Finish], kind: str) -> list[int]:
    """Return when each different one of a kind was finished first."""
    moments: dict[str, int] = {}
    for one in sorted(finishes, key=lambda one: one.at):
        ids = [one.id] if one.type == kind else []
        if kind == "show" and one.type == "episode" and one.parent:
            ids.append(one.parent)
        for id_ in ids:
            moments.setdefault(id_, one.at)
    return sorted(moments.values())


@given(FINISHES, st.randoms(use_true_random=False))
def test_milestones_are_those_of_a_plain_count_in_any_order_and_with_repeats(finishes, drawn):
    seen = milestones_of(finishes)
    again = [*finishes, *finishes]
    drawn.shuffle(again)
    assert milestones_of(again) == seen
    for kind in KINDS:
        counted = plain(finishes, kind)
        reached = {
            one.metric_achieved: one.achievement_date for one in seen.milestones if one.milestone_type == kind
        }
        assert reached == {n: iso(counted[n - 1]) for n in THRESHOLDS if n <= len(counted)}
        [progress] = [one for one in seen.progress if one.milestone_type == kind]
        assert progress.finished == len(counted)
        assert progress.next == min(n for n in THRESHOLDS if n > len(counted))
        assert progress.remaining == progress.next - len(counted)


def test_a_library_watched_by_200_people_gives_each_the_milestones_of_a_plain_count():
    """600 films, 60 shows of 50 episodes."""
    library = [("movie", f"m{n}", "") for n in range(600)]
    library += [("episode", f"s{n % 60}e{n // 60}", f"s{n % 60}") for n in range(3_000)]
    drawn = random.Random(1)
    reached = 0
    for _ in range(200):
        watched = drawn.choices(library, k=drawn.choice([5, 40, 300, 1_200]))
        finishes = [Finish(type_, id_, drawn.randrange(10**12), parent) for type_, id_, parent in watched]
        seen = milestones_of(finishes)
        expected = {
            (kind, n, iso(moments[n - 1]))
            for kind in KINDS
            for moments in [plain(finishes, kind)]
            for n in THRESHOLDS
            if n <= len(moments)
        }
        found = {(one.milestone_type, one.metric_achieved, one.achievement_date) for one in seen.milestones}
        assert found == expected
        reached += len(found)
    assert reached > 1_000


def test_a_milestone_has_the_count_of_every_kind_by_then_and_how_long_it_took():
    day = 86_400_000
    finishes = [Finish("movie", f"m{n}", n * day) for n in range(25)]
    finishes += [Finish("episode", f"e{n}", n * day, f"s{n % 3}") for n in range(6)]
    [newest, first] = milestones_of(finishes).milestones
    assert (first.metric_achieved, first.celebration_tier) == (10, "bronze")
    assert first.content_breakdown == {"movie": 10, "show": 3, "episode": 6, "track": 0}
    assert first.historical_context == "Movie 10, 9 days after the first."
    assert newest.historical_context == "Movie 25, 15 days after movie 10."


def test_every_tier_has_its_thresholds():
    assert TIERS == {
        10: "bronze",
        25: "bronze",
        50: "silver",
        100: "silver",
        250: "gold",
        500: "gold",
        1000: "platinum",
    }


def test_after_the_last_milestone_there_is_no_next_one():
    seen = milestones_of(Finish("track", str(n), n) for n in range(1_000))
    [progress] = [one for one in seen.progress if one.milestone_type == "track"]
    assert (progress.finished, progress.next, progress.remaining, progress.celebration_tier) == (
        1_000,
        None,
        None,
        None,
    )


def test_what_the_rows_of_a_person_say_was_finished_counts():
    rows = rows_of({"done_ms": 77}, {"contentId": "b"}, known=[Content("a", "episode", "show a")])
    assert finishes_of(rows) == [Finish("episode", "a", 77, "show a")]


def test_the_milestones_of_a_listener_are_those_computed_apart_from_the_product():
    finishes = [Finish("track", content, at) for at, content, _, _ in listened()]
    seen = milestones_of(finishes)
    assert milestones_of(finishes_of(listened_rows())) == seen
    assert {one.metric_achieved: one.achievement_date for one in seen.milestones} == {
        10: "2007-02-05T17:47:19.000Z",
        25: "2007-02-07T12:11:20.000Z",
        50: "2007-02-07T16:48:57.000Z",
        100: "2007-02-08T15:41:09.000Z",
        250: "2007-03-02T09:40:35.000Z",
        500: "2007-04-13T10:10:01.000Z",
        1000: "2007-07-16T14:54:26.000Z",
    }


@pytest.mark.parametrize("type_", ["video", "mashup", ""])
def test_other_types_have_no_milestones(type_):
    assert milestones_of(Finish(type_, str(n), n) for n in range(30)).milestones == ()
