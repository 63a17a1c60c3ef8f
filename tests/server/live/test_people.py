"""The topic of a person: what the live row says and how it moves, or history where that cannot tell."""

from __future__ import annotations

from typing import Any

import pytest

from live_sockets import hear, subscribed
from live_states import say, viewers
from person_rows import Play, candidates
from real_servers import TestClickHouse, TestRedis
from server.door.tokens import mint
from sql.migrate import migrate
from streakline.people.live.places import place_of
from streakline.people.live.rows import PersonRow
from streakline.streams import keys
from streakline.streams.candidates import RULED
from streakline.streams.hashing import hash64
from streakline.times import DAY_MS
from wire import SECRET, Serve, golden, now_ms, shape

TOPIC = "user:ann"


def bearer(scope: str = "read:self", sub: str = "ann") -> dict[str, str]:
    return {"Authorization": f"Bearer {mint(SECRET, scope, sub=sub)}"}


def keep(client: Any, *plays: Play, marks: int = 0) -> None:
    """Write the live row of ann as viewers does, of an installation whose rows have everything."""
    row = PersonRow()
    row.add(candidates(plays))
    row.mark(marks)
    part, slot, field = place_of(hash64("ann", int(client.get(keys.SEED) or 0)), 4)
    client.set(keys.PEOPLE_WHOLE, 1)
    client.hset(keys.streaks(part, slot), field, row.packed())


def played(days: int, content: int = 1) -> Play:
    return Play(now_ms() - days * DAY_MS, content)


async def test_a_person_hears_a_streak_grow_and_a_milestone_reached(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    with redis_server.client() as redis:
        before = [played(1, content) for content in range(9)]
        keep(redis, *before)
        ws = await subscribed(client, TOPIC, headers=bearer())
        first = await hear(ws)
        numbers = [
            first["data"][name] for name in ("userId", "currentStreak", "status", "milestones", "source")
        ]
        assert numbers == ["ann", 1, "atRisk", [], "live"]
        keep(redis, *before, played(0, 9))
        say(redis, "viewers", 0, viewers(1), now_ms())
        data = (await hear(ws))["data"]
        assert data.keys() == {"currentStreak", "longestStreak", "lastWatchedDate", "status", "milestones"}
        assert (data["currentStreak"], data["status"]) == (2, "active")
        assert [one["metricAchieved"] for one in data["milestones"]] == [10]
        whole = {**first, "data": {**first["data"], **data}}
        assert shape(whole) == shape(golden("live_snapshot_user"))


async def test_history_answers_for_a_person_with_rules_of_his_own(
    serve: Serve, redis_server: TestRedis, clickhouse_server: TestClickHouse
) -> None:
    migrate(clickhouse_server.url)
    client = await serve(history_url=clickhouse_server.history_url)
    with redis_server.client() as redis:
        keep(redis, played(0), marks=RULED)
    ws = await subscribed(client, TOPIC, headers=bearer())
    data = (await hear(ws))["data"]
    assert (data["source"], data["currentStreak"], data["status"]) == ("history", 0, "broken")


@pytest.mark.parametrize(
    ("headers", "error"),
    [({}, "forbidden"), (bearer(sub="bea"), "forbidden"), (bearer("read:admin", "bea"), None)],
    ids=["nobody", "another", "administrator"],
)
async def test_a_person_s_topic_is_private(
    serve: Serve, redis_server: TestRedis, headers: dict[str, str], error: str | None
) -> None:
    client = await serve()
    with redis_server.client() as redis:
        keep(redis, played(0))
    ws = await subscribed(client, TOPIC, headers=headers)
    assert (await hear(ws)).get("code") == error
