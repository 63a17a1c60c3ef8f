"""What TikTok's Accounts API means by its answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streakline.platforms.connectors.exchange import Ask, Reply, Unreadable
from streakline.platforms.connectors.faults import Fault, Faulty
from streakline.platforms.connectors.look import Look
from streakline.platforms.connectors.oauth import ClientApp
from streakline.platforms.connectors.tiktok.business import NARROW, TikTokBusiness

DATA = Ask("data", "/open_api/v1.3/business/get/")
NOW = 1_795_000_000_000


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (200, 0, None), (200, 20001, None), (200, 40100, "throttled"), (200, 61000, "throttled"),
        (200, 40102, "unauthorized"), (200, 40103, "lost"), (200, 40107, "lost"), (200, 40110, "refused"),
        (200, 40001, "refused"), (200, 40002, "refused"), (200, 50000, "away"), (200, 60001, "away"),
        (200, None, "unreadable"), (429, None, "throttled"), (503, None, "away"), (404, None, "refused"),
    ],
)  # fmt: skip
def test_what_comes_of_an_answer(status: int, code: int | None, kind: str | None) -> None:
    body = b"<html>" if code is None else json.dumps({"code": code, "message": "words"}).encode()
    fault = TikTokBusiness().fault_of(DATA, Reply(status, {}, body, 0), 0)
    assert (None if fault is None else fault.kind) == kind


def test_a_grant_says_whose_it_is() -> None:
    asking = TikTokBusiness().exchange(ClientApp("id", "secret"), "c", "https://us/back", "v", 0)
    ask = next(asking)
    assert json.loads(ask.body)["auth_code"] == "c"
    assert not ask.query
    with pytest.raises(Unreadable, match="no open_id"):
        asking.send(Reply(200, {}, b'{"code": 0, "data": {"access_token": "a"}}', 0))


def run(look: Look, answers: dict[str, Any]) -> list[Ask]:
    """Let each question be answered by the first entry that its query holds."""
    asking, asked = TikTokBusiness().look(look), []
    ask = next(asking)
    while True:
        asked.append(ask)
        one = next((answer for part, answer in answers.items() if part in str(ask.query)), {"data": {}})
        try:
            if isinstance(one, Fault):
                ask = asking.throw(Faulty(one))
            else:
                ask = asking.send(Reply(200, {}, json.dumps(one).encode(), NOW))
        except StopIteration:
            return asked


def test_the_token_goes_in_a_header_of_its_own_and_in_no_address() -> None:
    asked = run(Look("ann", "tiktok", "o1", NOW, frozenset(), {}), {})
    assert {ask.header for ask in asked} == {"Access-Token"}
    assert all(dict(ask.query)["business_id"] == "o1" for ask in asked)


def test_what_is_refused_for_a_field_is_asked_again_without_it_and_remembered() -> None:
    look = Look("ann", "tiktok", "o1", NOW, frozenset(), {})
    refused = Fault("refused", "Invalid fields", code="40002")
    asked = run(look, {"website_clicks": refused, "daily_new_followers": refused})
    assert look.notes == {"narrow": NOW + NARROW, "private": NOW + NARROW}
    assert [part for part, _ in look.faults] == ["more of videos"]
    lists = [ask for ask in asked if "video/list" in ask.path]
    assert ["website_clicks" in str(ask.query) for ask in lists] == [True, False]
    again = run(Look("ann", "tiktok", "o1", NOW, frozenset(), look.notes), {})
    assert not [ask for ask in again if "website_clicks" in str(ask.query) or "daily_new" in str(ask.query)]


def test_a_day_that_is_none_is_told() -> None:
    look = Look("ann", "tiktok", "o1", NOW, frozenset(), {})
    run(look, {'video_views","profile': {"data": {"metrics": [{"date": "soon", "video_views": 3}]}}})
    assert [(part, fault.kind) for part, fault in look.faults] == [("days", "unreadable")]
    assert look.found == []
