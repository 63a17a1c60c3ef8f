"""Robots of a range with their reasons, and the rules for them, as a server with a history answers."""

from __future__ import annotations

from typing import Any

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from server.door.tokens import mint
from streakline.ingest.robots import RobotRule, control_of
from streakline.times import iso
from wire import SECRET, Client, golden, shape

ADMIN = {"Authorization": f"Bearer {mint(SECRET, 'admin')}"}
SENDER = RobotRule("sender", agent="crawler")


@pytest.fixture
def case(case: Case) -> Case:
    case.feed.send(
        NOON + MINUTE,
        *(play("a", NOON - HOUR, f"p{n}", bot=True, userAgent="a crawler") for n in range(3)),
        *(play("b", NOON - DAY - n, f"q{n}", bot=True, userAgent="<b>'\";--") for n in range(2)),
        play("c", NOON - 40 * DAY, "r", bot=True),
        play("d", NOON, "s", userAgent="Firefox"),
    )
    case.settle()
    case.feed.control(NOON + 2 * MINUTE, **control_of([SENDER], [SENDER]))
    case.settle()
    return case


async def listed(client: Client, **parameters: str) -> dict[str, Any]:
    async with client.get("/api/v1/robots", params=parameters, headers=ADMIN) as response:
        body: dict[str, Any] = await response.json(content_type=None)
        assert response.status == 200, body
        return body


async def test_robots_are_listed_by_reason_and_agent_with_most_events_first(client: Client) -> None:
    async with client.post("/api/v1/robots/rules", json={"reason": "sender"}, headers=ADMIN) as response:
        assert response.status == 202
    body = await listed(client, asOf=iso(NOON + HOUR))
    assert shape(body) == shape(golden("robots"))
    assert (body["total"], body["events"], body["uncalled"]) == (2, 5, 3)
    assert body["robots"] == [
        {
            "reason": "sender", "agent": "a crawler", "events": 3, "uncalled": 3,
            "firstSeen": iso(NOON - HOUR), "lastSeen": iso(NOON - HOUR),
        },
        {
            "reason": "sender", "agent": "<b>'\";--", "events": 2, "uncalled": 0,
            "firstSeen": iso(NOON - DAY - 1), "lastSeen": iso(NOON - DAY),
        },
    ]  # fmt: skip
    [rule] = body["rules"]
    assert (rule["reason"], rule["agent"], rule["source"], rule["state"]) == ("sender", "", "", "uncalled")


async def test_sums_are_over_all_robots_and_a_range_without_any_has_none(client: Client) -> None:
    body = await listed(client, asOf=iso(NOON + HOUR), timeRange="all", limit="1")
    assert (len(body["robots"]), body["total"], body["events"], body["uncalled"]) == (1, 3, 6, 3)
    empty = await listed(client, **{"from": "2001-01-01", "to": "2001-01-02"})
    assert (empty["robots"], empty["total"], empty["events"], empty["uncalled"]) == ([], 0, 0, 0)
