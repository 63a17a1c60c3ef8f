"""What X answers."""

from __future__ import annotations

from typing import Any

import pytest

from streakline.platforms.connectors.exchange import Reply, Unreadable
from streakline.platforms.connectors.look import Look
from streakline.platforms.connectors.twitter.replies import (
    OF_ACCOUNT,
    OF_POST,
    named,
    posts_of,
    user_of,
    whole,
)
from streakline.platforms.names import METRICS


def test_older_and_newer_names_mean_the_same_and_new_ones_are_counted() -> None:
    look = Look("ann", "twitter", "u1", 0, frozenset(), {})
    assert named(look, {"retweet_count": 2, "like_count": 0, "engagements": 5}, OF_POST) == {
        "retweets": 2,
        "likes": 0,
    }
    assert named(look, {"repost_count": "3", "like_count": None, "glow_count": 1}, OF_POST) == {"retweets": 3}
    assert look.unknown == {"glow_count": 1}
    assert {*OF_POST.values(), *OF_ACCOUNT.values()} <= METRICS.keys()


def test_a_page_without_posts_is_one() -> None:
    page = posts_of(Reply(200, {}, b'{"meta": {"result_count": 0}, "errors": [{}]}', 0))
    assert (page.data, page.meta.next_token) == ([], "")
    with pytest.raises(Unreadable):
        user_of(Reply(200, {}, b'{"errors": []}', 0))
    assert user_of(Reply(200, {}, b'{"data": {"id": "1"}}', 0)).id == "1"


@pytest.mark.parametrize(("value", "found"), [(None, None), (0, 0), ("12", 12)])
def test_a_count_may_be_a_text(value: Any, found: int | None) -> None:
    assert whole(value) == found


@pytest.mark.parametrize("value", ["many", True, 1.5, []])
def test_what_is_no_count_is_told(value: Any) -> None:
    with pytest.raises(Unreadable, match="a count should"):
        whole(value)
