"""Domain events of a calculation: what is new in its answer, once, and nothing of another moment."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from real_servers import TestRedis
from server.door.tokens import mint
from streakline.streams import keys
from streakline.times import SEQ_BITS
from wire import SECRET, Client, now_ms

BEARER = {"Authorization": f"Bearer {mint(SECRET, 'read:self', sub='ann')}"}


@pytest.fixture
def case(case: Case) -> Case:
    """Ten tracks that ann finished, one a day; all that counts has passed them."""
    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE,
        *(
            play(f"song{n}", NOON - n * DAY - HOUR, f"p{n}", 180, userId="ann", contentDuration=190)
            for n in range(10)
        ),
    )
    settle(case)
    return case


def settle(case: Case) -> None:
    """Let archive pass all there is, and say that the flows have."""
    case.settle()
    case.archive.run(waits=31)
    done = f"{now_ms()}-{(1 << SEQ_BITS) - 1}"
    case.redis.hset(keys.progress(0), "content", done)
    for part in range(4):
        case.redis.hset(keys.progress(part), "viewers:u:0", done)


async def calculated(client: Client, **parameters: str) -> dict[str, Any]:
    async with client.post(
        "/api/analytics/calculate", params={"wait": "20"} | parameters, headers=BEARER
    ) as response:
        body: dict[str, Any] = await response.json()
        assert response.status == 200, body
        return body


def emitted(server: TestRedis) -> list[dict[str, Any]]:
    with server.client() as store:
        entries: Any = store.xrange(keys.DOMAIN)
    return [json.loads(fields[b"event"]) for _, fields in entries]


async def test_what_is_new_in_a_calculation_is_emitted_once(
    case: Case, client: Client, redis_server: TestRedis
) -> None:
    body = await calculated(client)
    milestone, streak, time = emitted(redis_server)
    assert [one["type"] for one in (milestone, streak, time)] == [
        "ViewingMilestoneAchieved", "ViewingStreakUpdated", "ViewingTimeCalculated",
    ]  # fmt: skip
    assert {one["userId"] for one in (milestone, streak, time)} == {"ann"}
    [reached] = body["milestones"]["milestones"]
    assert {name: milestone["data"][name] for name in reached} == reached
    assert (streak["data"]["longestStreak"], streak["data"]["streakStatus"]) == (10, "broken")
    assert time["data"]["totalHours"] == body["viewingTime"]["totalHours"] == 0.5
    await calculated(client)
    assert len(emitted(redis_server)) == 3
    # A late play makes the hours more; the days in a row and the milestone stand.
    case.feed.send(
        NOON + 2 * MINUTE, play("late", NOON - 11 * DAY, "late", 180, userId="ann", contentDuration=190)
    )
    settle(case)
    await calculated(client)
    assert [one["type"] for one in emitted(redis_server)[3:]] == ["ViewingTimeCalculated"]


async def test_of_another_moment_nothing_is_emitted_and_in_another_zone_no_streak(
    client: Client, redis_server: TestRedis
) -> None:
    await calculated(client, asOf="2026-09-21")
    assert emitted(redis_server) == []
    await calculated(client, tz="Asia/Tokyo")
    assert {one["type"] for one in emitted(redis_server)} == {
        "ViewingMilestoneAchieved", "ViewingTimeCalculated",
    }  # fmt: skip
