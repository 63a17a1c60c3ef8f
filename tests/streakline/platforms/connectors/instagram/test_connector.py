"""The conversations of the connector, without a server."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streakline.platforms.connectors.exchange import Ask, Reply, Unreadable
from streakline.platforms.connectors.faults import Fault, Faulty
from streakline.platforms.connectors.instagram.connector import NEWEST, OTHERS, REFUSED, Instagram
from streakline.platforms.connectors.look import Look
from streakline.platforms.connectors.oauth import ClientApp, Tokens
from streakline.times import DAY_MS, parse_when

NOW = parse_when("2026-11-28T12:00:00Z")[0]
APP = ClientApp("id", "secret")


def run(look: Look, answer: Any) -> list[Ask]:
    """Let a function answer each question, by a body or a fault."""
    asking, asked = Instagram().look(look), []
    ask = next(asking)
    while True:
        asked.append(ask)
        one = answer(ask)
        try:
            if isinstance(one, Fault):
                ask = asking.throw(Faulty(one))
            else:
                ask = asking.send(Reply(200, {}, json.dumps(one).encode(), NOW))
        except StopIteration:
            return asked


def look(notes: dict[str, Any] | None = None) -> Look:
    return Look("ann", "instagram", "178", NOW, frozenset(), {} if notes is None else notes)


def test_a_day_of_the_pacific_is_asked_for_by_its_own_hours() -> None:
    asked = run(look(), lambda _: {"data": []})
    spans = [dict(ask.query) for ask in asked if "since" in dict(ask.query)]
    assert [int(one["since"]) for one in spans][:1] == [parse_when("2026-11-25T08:00:00Z")[0] // 1000]
    assert {int(one["until"]) - int(one["since"]) for one in spans} == {86_400}
    assert len(spans) == 3


def test_the_number_that_refuses_all_is_found_by_halves() -> None:
    def answer(ask: Ask) -> Any:
        names = dict(ask.query).get("metric", "").split(",")
        if "shares" in names:
            return Fault("refused", "(#100)", code="100")
        return {
            "data": [
                {"name": name, "total_value": {"value": 1}} for name in names if "since" in dict(ask.query)
            ]
        }

    found = look()
    run(found, answer)
    assert found.notes["no"] == {"account:shares": NOW + REFUSED}
    assert found.faults == []
    assert {one.name for one in found.found} == {
        "viewsOfDay", "likesOfDay", "commentsOfDay", "savesOfDay", "reachOfDay", "clicksOfDay"
    }  # fmt: skip
    asked = run(look(found.notes), lambda _: {"data": []})
    days = [dict(ask.query)["metric"].split(",") for ask in asked if "since" in dict(ask.query)]
    assert days
    assert not [names for names in days if "shares" in names]


def test_many_media_are_asked_for_in_turn() -> None:
    notes: dict[str, Any] = {"media": {f"m{n}": "FEED" for n in range(120)}, "listed": NOW}
    seen: set[str] = set()
    for _ in range(4):
        asked = run(look(notes), lambda _: {"data": []})
        numbers = [
            ask.path.split("/")[2] for ask in asked if ask.path.endswith("insights") and "/m" in ask.path
        ]
        assert len(numbers) == NEWEST + OTHERS
        seen |= set(numbers)
    assert len(seen) == 120


def test_a_list_follows_cursors_and_ends() -> None:
    pages = iter(["b", "b", ""])

    def answer(ask: Ask) -> Any:
        if not ask.path.endswith("/media"):
            return {"data": []}
        after = next(pages)
        paging = {"cursors": {"after": after}, "next": "https://elsewhere/" if after else ""}
        return {"data": [{"id": f"m{after}", "media_product_type": "AD"}], "paging": paging}

    found = look()
    asked = [ask for ask in run(found, answer) if ask.path.endswith("/media")]
    assert len(asked) == 2  # the cursor stood still
    assert found.notes["media"] == {"mb": "AD"}


def test_a_token_is_prolonged_after_a_day_at_the_earliest() -> None:
    with pytest.raises(Faulty, match="after a day"):
        next(Instagram().refresh(APP, Tokens("a", NOW, obtained=NOW), NOW + DAY_MS - 1))
    asking = Instagram().refresh(APP, Tokens("a", NOW, obtained=NOW), NOW + DAY_MS)
    next(asking)
    with pytest.raises(StopIteration) as end:
        asking.send(Reply(200, {}, b'{"access_token": "b", "expires_in": 5184000}', NOW))
    assert (end.value.value.access, end.value.value.expires) == ("b", NOW + DAY_MS + 60 * DAY_MS)


def test_a_code_gives_a_token_of_an_hour_and_that_one_of_sixty_days() -> None:
    asking = Instagram().exchange(APP, "c", "https://us/back", "v", NOW)
    next(asking)
    second = asking.send(Reply(200, {}, b'{"data": [{"access_token": "short", "user_id": 1}]}', NOW))
    assert dict(second.query)["access_token"] == "short"
    with pytest.raises(Unreadable, match="no access_token"):
        asking.send(Reply(200, {}, b"{}", NOW))
    assert Instagram().revoke(APP, Tokens("a", 0)) is None
    who = Instagram().who(Tokens("a", 0))
    next(who)
    with pytest.raises(Unreadable, match="no id"):
        who.send(Reply(200, {}, b"{}", NOW))
