"""Pages of videos: each video once, to the last page, and no page for ever."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

from streakline.platforms.connectors.exchange import Ask, Reply
from streakline.platforms.connectors.look import Look
from streakline.platforms.connectors.tiktok.videos import every_video, tell


def asked(pages: dict[int | None, dict[str, Any]]) -> tuple[list[int | None], list[tuple[str, int]]]:
    """Return the cursors that were asked for, and the videos that were added, each with its moment."""
    cursors: list[int | None] = []
    added: list[tuple[str, int]] = []

    def ask(cursor: int | None) -> Ask:
        cursors.append(cursor)
        return Ask("data", "/videos/")

    asking = every_video(ask, "id", lambda id_, _, at: added.append((id_, at)))
    next(asking)
    with suppress(StopIteration):
        while True:
            page = {"data": pages[cursors[-1]]}
            asking.send(Reply(200, {}, json.dumps(page).encode(), len(cursors)))
    return cursors, added


def test_a_video_that_slid_to_the_next_page_is_added_once_and_one_without_an_id_never() -> None:
    cursors, added = asked(
        {
            None: {"videos": [{"id": "p"}, {"id": "q"}, {}], "cursor": 2, "has_more": True},
            2: {"videos": [], "cursor": 4, "has_more": True},
            4: {"videos": [{"id": "q"}, {"id": "r"}, {"id": 7}], "cursor": 6, "has_more": False},
        }
    )
    assert cursors == [None, 2, 4]
    assert added == [("p", 1), ("q", 1), ("r", 3)]


def test_a_cursor_that_stands_still_is_asked_for_once_more_and_no_more() -> None:
    page = {"videos": [{"id": "p"}], "cursor": 5, "has_more": True}
    assert asked({None: page, 5: page}) == ([None, 5], [("p", 1)])


@pytest.mark.parametrize(
    ("video", "title", "told"),
    [
        ({"create_time": 7}, "words", 1),
        ({"create_time": "7"}, "words", 1),
        ({}, "words", 0),
        ({"create_time": 7}, None, 0),
    ],
)
def test_a_video_is_told_of_where_moment_and_title_are_known(
    video: dict[str, Any], title: str | None, told: int
) -> None:
    look = Look("ann", "tiktok", "o", 0, frozenset(), {})
    tell(look, "p", video, title, 9)
    assert len(look.posts) == told
