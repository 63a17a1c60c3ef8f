"""The conversations of the connector, without a server."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streakline.platforms.connectors.exchange import Ask, Asking, Reply, Unreadable
from streakline.platforms.connectors.faults import Fault, Faulty
from streakline.platforms.connectors.look import Look
from streakline.platforms.connectors.oauth import ClientApp, Tokens
from streakline.platforms.connectors.youtube.asks import MONETARY, READ
from streakline.platforms.connectors.youtube.connector import LISTED, UNPAID, YouTube
from streakline.times import parse_when

NOW = parse_when("2026-11-28T12:00:00Z")[0]
APP = ClientApp("id", "secret")
CHANNEL = {
    "items": [
        {
            "id": "UC1", "snippet": {"title": "T", "publishedAt": "2020-01-01T02:00:00Z"},
            "contentDetails": {"relatedPlaylists": {"uploads": "UU1"}}, "statistics": {"viewCount": "7"},
        }
    ]
}  # fmt: skip


def answers(asking: Asking[Any], replies: dict[str, Any]) -> tuple[list[Ask], Any]:
    """Let each path be answered by its list of replies, or by one; return what was asked and what came of it."""
    asked: list[Ask] = []
    ask = next(asking)
    while True:
        asked.append(ask)
        one = replies.get(ask.path.rpartition("/")[2], {})
        one = one.pop(0) if isinstance(one, list) else one
        try:
            if isinstance(one, Fault):
                ask = asking.throw(Faulty(one))
            else:
                ask = asking.send(Reply(200, {}, json.dumps(one).encode(), NOW))
        except StopIteration as end:
            return asked, end.value


def page(videos: list[str], token: str = "") -> dict[str, Any]:
    items = [{"contentDetails": {"videoId": video}} for video in videos]
    return {"items": items, **({"nextPageToken": token} if token else {})}


def look(notes: dict[str, Any] | None = None, scopes: frozenset[str] = frozenset()) -> Look:
    return Look("ann", "youtube", "UC1", NOW, scopes, {} if notes is None else notes)


def test_a_grant_without_a_refresh_token_is_no_grant() -> None:
    with pytest.raises(Faulty, match="no refresh token"):
        answers(YouTube().exchange(APP, "c", "r", "v", NOW), {"": {"access_token": "a"}})
    _, tokens = answers(
        YouTube().exchange(APP, "c", "r", "v", NOW), {"": {"access_token": "a", "refresh_token": "b"}}
    )
    assert (tokens.access, tokens.refresh) == ("a", "b")
    with pytest.raises(Unreadable, match="no access_token"):
        answers(YouTube().refresh(APP, Tokens("a", 0, "b"), NOW), {"": [[]]})


def test_an_account_without_a_channel_cannot_be_connected() -> None:
    with pytest.raises(Faulty, match="has no channel"):
        answers(YouTube().who(Tokens("a", 0)), {"channels": {}})


def test_a_grant_that_is_of_another_channel_now_is_lost() -> None:
    other = Look("ann", "youtube", "UC2", NOW, frozenset(), {})
    with pytest.raises(Faulty, match="of the channel 'UC1' now") as lost:
        answers(YouTube().look(other), {"channels": CHANNEL})
    assert lost.value.fault.kind == "lost"


def test_all_uploads_are_listed_once_a_day_and_between_as_far_as_they_are_new() -> None:
    notes: dict[str, Any] = {}
    pages = [page(["c", "b"], "p2"), page(["b", "a"])]  # one came between the pages: b moved on
    answers(YouTube().look(look(notes)), {"channels": CHANNEL, "playlistItems": pages})
    assert notes["posts"] == ["c", "b", "a"]
    pages = [page(["d", "c"], "p2")]
    answers(YouTube().look(look(notes)), {"channels": CHANNEL, "playlistItems": pages})
    assert notes["posts"] == ["d", "c", "b", "a"]
    later = look(notes)
    later.now += LISTED
    answers(YouTube().look(later), {"channels": CHANNEL, "playlistItems": [page(["d", "a"])]})
    assert notes["posts"] == ["d", "a"]


def test_a_list_that_breaks_off_leaves_what_was_known() -> None:
    notes: dict[str, Any] = {"posts": ["a"], "listed": NOW - LISTED}
    replies = {"channels": CHANNEL, "playlistItems": [page(["c"], "p2"), Fault("away", "no answer")]}
    found = look(notes)
    asked, _ = answers(YouTube().look(found), replies)
    assert notes == {"posts": ["a"], "listed": NOW - LISTED}
    assert [part for part, _ in found.faults] == ["uploads"]
    assert [dict(ask.query)["id"] for ask in asked if ask.bucket == "batchGetStats"] == ["a"]


def test_many_videos_are_asked_for_in_pieces_that_are_allowed() -> None:
    videos = [f"v{number}" for number in range(230)]
    asked, _ = answers(
        YouTube().look(look({"posts": videos, "listed": NOW})),
        {"channels": CHANNEL, "playlistItems": page([])},
    )
    batches = [len(dict(ask.query)["id"].split(",")) for ask in asked if ask.bucket == "batchGetStats"]
    assert batches == [50, 50, 50, 50, 30]
    reports = [dict(ask.query) for ask in asked if dict(ask.query).get("dimensions") == "video"]
    assert [len(one["filters"].split(",")) for one in reports] == [200, 30]
    assert {one["startDate"] for one in reports} == {"2019-12-31"}  # the day of the Pacific
    assert {one["endDate"] for one in reports} == {"2026-11-28"}


def test_days_are_of_noon_and_minutes_are_seconds() -> None:
    table = {
        "columnHeaders": [{"name": name} for name in ("day", "views", "estimatedMinutesWatched", "likes")],
        "rows": [["2026-11-25", 3, 2, -1]],
    }
    found = look()
    answers(YouTube().look(found), {"channels": CHANNEL, "reports": [table, {}]})
    days = [one for one in found.found if one.name.endswith("OfDay")]
    assert {one.observed_at for one in days} == {parse_when("2026-11-25T12:00:00Z")[0]}
    assert {one.name: one.value for one in days} == {"viewsOfDay": 3, "watchTimeOfDay": 120, "likesOfDay": -1}


def test_what_was_not_granted_is_not_asked_for() -> None:
    asked, _ = answers(YouTube().look(look(scopes=frozenset({READ}))), {"channels": CHANNEL})
    assert all(ask.base == "data" for ask in asked)


def test_a_channel_that_earns_nothing_is_left_alone_for_a_week() -> None:
    notes: dict[str, Any] = {}
    refused = Fault("refused", "Forbidden")
    found = look(notes)
    answers(YouTube().look(found), {"channels": CHANNEL, "reports": [{}, refused]})
    assert (found.faults, notes["unpaid"]) == ([], NOW + UNPAID)
    asked, _ = answers(YouTube().look(look(notes)), {"channels": CHANNEL})
    assert not [ask for ask in asked if "estimatedRevenue" in str(ask.query)]
    away = look({})
    answers(YouTube().look(away), {"channels": CHANNEL, "reports": [{}, Fault("away", "no answer")]})
    assert [part for part, _ in away.faults] == ["revenue report"]
    assert "unpaid" not in away.notes
    assert MONETARY.endswith("monetary.readonly")


def test_what_is_hidden_is_absent() -> None:
    hidden = json.loads(json.dumps(CHANNEL))
    hidden["items"][0]["statistics"] = {"subscriberCount": "0", "hiddenSubscriberCount": True}
    found = look()
    answers(YouTube().look(found), {"channels": hidden})
    assert found.found == []
