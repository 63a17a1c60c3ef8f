"""What a look gathers."""

from __future__ import annotations

from streakline.platforms.connectors.faults import Fault
from streakline.platforms.connectors.look import Look
from streakline.platforms.observations import Observation, Post


def test_what_was_not_told_is_not_there_and_a_zero_is() -> None:
    look = Look("ann", "youtube", "UC1", 5, frozenset(), {})
    look.add("v1", {"views": 0, "likes": None}, 7, ("youtube-data", "v3"))
    look.add("", {"revenueOfDay": 1.5}, 8, ("youtube-analytics", "v2"), 6, "USD")
    assert look.found == [
        Observation("ann", "youtube", "UC1", "v1", "views", 0, 7, 7, "youtube-data", "v3"),
        Observation("ann", "youtube", "UC1", "", "revenueOfDay", 1.5, 6, 8, "youtube-analytics", "v2", "USD"),
    ]


def test_titles_are_cut_and_strange_names_counted() -> None:
    look = Look("ann", "youtube", "UC1", 5, frozenset(), {})
    look.tell("v1", "video", "x" * 1_000, 3, 7)
    assert look.posts == [Post("ann", "youtube", "UC1", "v1", "video", "x" * 200, 3, 7)]
    for name in ("a", "b", "a"):
        look.strange(name)
    assert look.unknown == {"a": 2, "b": 1}
    look.fault("uploads", Fault("away", "no answer"))
    assert look.faults == [("uploads", Fault("away", "no answer"))]
