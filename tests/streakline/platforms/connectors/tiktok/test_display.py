"""What TikTok's Display API means by its answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streakline.platforms.connectors.exchange import Ask, Reply, Unreadable
from streakline.platforms.connectors.look import Look
from streakline.platforms.connectors.oauth import ClientApp, Tokens
from streakline.platforms.connectors.tiktok.display import TikTok

DATA, TOKEN = Ask("data", "/v2/video/list/"), Ask("token", "/v2/oauth/token/")
APP = ClientApp("key", "secret")


def error(code: str) -> dict[str, Any]:
    return {"data": {}, "error": {"code": code, "message": "words", "log_id": "2026"}}


@pytest.mark.parametrize(
    ("ask", "status", "body", "kind"),
    [
        (DATA, 200, error("ok"), None),
        (DATA, 200, {"data": {}}, None),
        (DATA, 200, error("internal_error"), "away"),
        (DATA, 401, error("access_token_invalid"), "unauthorized"),
        (DATA, 401, error("scope_not_authorized"), "refused"),
        (DATA, 400, error("invalid_params"), "refused"),
        (DATA, 429, error("rate_limit_exceeded"), "throttled"),
        (DATA, 429, None, "throttled"),
        (DATA, 502, None, "away"),
        (TOKEN, 200, {"access_token": "a"}, None),
        (TOKEN, 200, {"error": "invalid_grant", "error_description": "words"}, "lost"),
        (TOKEN, 400, {"error": "invalid_request"}, "refused"),
        (TOKEN, 503, None, "away"),
    ],
)
def test_what_comes_of_an_answer(ask: Ask, status: int, body: Any, kind: str | None) -> None:
    text = b"<html>" if body is None else json.dumps(body).encode()
    fault = TikTok().fault_of(ask, Reply(status, {}, text, 0), 0)
    assert (None if fault is None else fault.kind) == kind


def test_a_client_has_a_key_there_and_scopes_have_commas() -> None:
    query = dict(TikTok().authorize(APP, "https://us/back", "state", "v").query)
    assert (query["client_key"], query["scope"]) == ("key", "user.info.basic,user.info.stats,video.list")
    asking = TikTok().refresh(APP, Tokens("a", 0, "r"), 0)
    assert dict(next(asking).form or ())["client_key"] == "key"
    with pytest.raises(StopIteration) as end:
        asking.send(
            Reply(200, {}, b'{"access_token": "b", "refresh_token": "s", "scope": "x,y", "open_id": "o"}', 0)
        )
    assert (end.value.value.refresh, end.value.value.scopes, end.value.value.subject) == (
        "s",
        ("x", "y"),
        "o",
    )


def test_a_cursor_that_stands_still_ends_the_list() -> None:
    look = Look("ann", "tiktok", "o", 0, frozenset({"video.list"}), {})
    page = {"data": {"videos": [{"id": "p", "view_count": 1}], "cursor": 5, "has_more": True}}
    asking, reply = TikTok().look(look), Reply(200, {}, json.dumps(page).encode(), 0)
    next(asking)
    asking.send(reply)
    with pytest.raises(StopIteration):
        asking.send(reply)
    assert [(one.post, one.name, one.value) for one in look.found] == [("p", "views", 1)]


def test_an_answer_without_a_token_or_an_account_is_told() -> None:
    asking = TikTok().exchange(APP, "c", "r", "v", 0)
    next(asking)
    with pytest.raises(Unreadable, match="no access_token"):
        asking.send(Reply(200, {}, b"[]", 0))
    who = TikTok().who(Tokens("a", 0))
    next(who)
    with pytest.raises(Unreadable, match="no open_id"):
        who.send(Reply(200, {}, b"{}", 0))
