"""The conversations of the connector, without a server."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streakline.platforms.connectors.connector import Resource
from streakline.platforms.connectors.exchange import Ask, Reply, Unreadable
from streakline.platforms.connectors.faults import Faulty
from streakline.platforms.connectors.look import Look
from streakline.platforms.connectors.oauth import ClientApp, Tokens
from streakline.platforms.connectors.twitter.connector import WHOLE, Twitter
from streakline.times import parse_when

NOW = parse_when("2026-11-28T12:00:00Z")[0]
APP = ClientApp("id", "secret", budget=5)
ME = {"data": {"id": "u1", "username": "ann", "public_metrics": {"followers_count": 8}}}


def run(look: Look, pages: list[Any]) -> list[Ask]:
    """Let the account and then these pages be answered."""
    asking, asked = Twitter().look(look), []
    ask = next(asking)
    answers = iter([ME, *pages])
    while True:
        asked.append(ask)
        try:
            ask = asking.send(Reply(200, {}, json.dumps(next(answers, {})).encode(), NOW))
        except StopIteration:
            return asked


def post(id_: str, likes: int, **more: Any) -> dict[str, Any]:
    return {"id": id_, "text": "Words", "created_at": "2026-11-27T10:00:00.000Z",
            "public_metrics": {"like_count": likes}, **more}  # fmt: skip


def test_posts_come_once_with_the_views_of_their_videos() -> None:
    look = Look("ann", "twitter", "u1", NOW, frozenset(), {"whole": NOW})
    media = [{"media_key": "7_1", "public_metrics": {"view_count": 40}}, {"media_key": "7_2"}]
    with_video = post("p1", 3, attachments={"media_keys": ["7_1", "7_2"]})
    pages = [
        {"data": [with_video, post("p2", 0)], "includes": {"media": media}, "meta": {"next_token": "t1"}},
        {"data": [post("p2", 0)], "meta": {}},
    ]
    asked = run(look, pages)
    assert [dict(ask.query).get("pagination_token") for ask in asked[1:]] == [None, "t1"]
    assert [(one.post, one.name, one.value) for one in look.found] == [
        ("", "followers", 8), ("p1", "likes", 3), ("p1", "views", 40), ("p2", "likes", 0)
    ]  # fmt: skip
    assert all(dict(ask.query)["exclude"] == "retweets" for ask in asked[1:])


def test_older_posts_are_asked_for_once_a_week() -> None:
    look = Look("ann", "twitter", "u1", NOW, frozenset(), {"whole": NOW - WHOLE})
    asked = run(look, [])
    assert ["end_time" in dict(ask.query) for ask in asked] == [False, False, True]
    assert "non_public_metrics" not in dict(asked[2].query)["tweet.fields"]
    assert look.notes["whole"] == NOW
    assert len(run(Look("ann", "twitter", "u1", NOW, frozenset(), look.notes), [])) == 2


def test_each_reply_says_what_it_costs_and_each_request_what_it_may() -> None:
    page = {"data": [post("p1", 1)], "includes": {"media": [{"media_key": "7_1"}]}}
    look = Look("ann", "twitter", "u1", NOW, frozenset(), {"whole": NOW})
    me, posts = run(look, [page])
    assert Twitter().resources(me, Reply(200, {}, json.dumps(ME).encode(), NOW)) == [
        Resource("user:u1", 10_000)
    ]
    cost = Twitter().resources(posts, Reply(200, {}, json.dumps(page).encode(), NOW))
    assert cost == [Resource("post:p1", 5_000), Resource("media:7_1", 5_000)]
    assert posts.worst >= 100 * 5_000
    assert Twitter().resources(Ask("data", "/x"), Reply(200, {}, b"{}", NOW)) == ()


def test_a_grant_keeps_its_refresh_token_where_none_comes() -> None:
    asking = Twitter().refresh(APP, Tokens("a", 0, "r"), NOW)
    ask = next(asking)
    assert ask.basic == ("id", "secret")
    with pytest.raises(StopIteration) as end:
        asking.send(Reply(200, {}, b'{"access_token": "b", "expires_in": 7200}', NOW))
    assert (end.value.value.access, end.value.value.refresh) == ("b", "r")
    first = Twitter().exchange(APP, "c", "https://us/back", "v", NOW)
    next(first)
    with pytest.raises(Faulty, match=r"lacks offline\.access"):
        first.send(Reply(200, {}, b'{"access_token": "b", "expires_in": 7200}', NOW))
    broken = Twitter().refresh(APP, Tokens("a", 0, "r"), NOW)
    next(broken)
    with pytest.raises(Unreadable, match="no access_token"):
        broken.send(Reply(200, {}, b"[]", NOW))
