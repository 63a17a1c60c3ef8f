"""The streak of a person now: by his live row where it tells everything, else by history, and the same by both."""

from __future__ import annotations

from typing import Any

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from person_rows import TYPES, Play, candidates
from real_servers import TestRedis
from server.door.tokens import mint
from streakline.people.live.places import place_of
from streakline.people.live.rows import PersonRow
from streakline.streams import keys
from streakline.streams.candidates import MOVED
from streakline.streams.hashing import hash64
from wire import SECRET, Client, golden, now_ms, shape

DAYS = (1, 2, 3, 7, 8)
ANN = {"Authorization": f"Bearer {mint(SECRET, 'read:self', sub='ann')}"}


@pytest.fixture
def case(case: Case) -> Case:
    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE, *(play("song", NOON - days * DAY, f"p{days}", userId="ann") for days in DAYS)
    )
    case.settle()
    case.archive.run(waits=31)
    return case


def keep(redis_server: TestRedis, *plays: Play, marks: int = 0, packed: bytes | None = None) -> None:
    """Write the live row of ann as viewers does, of an installation whose rows have everything."""
    row = PersonRow()
    row.add(candidates(plays))
    row.mark(marks)
    with redis_server.client() as client:
        part, slot, field = place_of(hash64("ann", int(client.get(keys.SEED) or 0)), 4)
        client.set(keys.PEOPLE_WHOLE, 1)
        client.hset(keys.streaks(part, slot), field, packed or row.packed())


async def asked(client: Client, status: int = 200, user: str = "ann") -> dict[str, Any]:
    async with client.get(f"/api/v1/people/{user}/streak", headers=ANN) as response:
        body: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, body
        return body


PLAYS = [Play(NOON - days * DAY, content=1) for days in DAYS]


async def test_a_live_row_answers_what_history_answers(client: Client, redis_server: TestRedis) -> None:
    by_history = await asked(client)
    keep(redis_server, *PLAYS)
    live = await asked(client)
    assert (by_history.pop("source"), live.pop("source")) == ("history", "live")
    assert by_history.pop("asOf") <= live.pop("asOf")
    assert live == by_history
    assert (live["longestStreak"], live["daysWatched"]) == (3, 5)


async def test_milestones_are_reached_by_what_the_row_has(client: Client, redis_server: TestRedis) -> None:
    keep(redis_server, *(Play(now_ms() - number * HOUR, content=number) for number in range(1, 13)))
    body = await asked(client)
    assert shape(body) == shape(golden("streak_now"))
    assert [one["metricAchieved"] for one in body["milestones"]] == [10]


async def test_a_person_without_a_play_has_no_streak(client: Client, redis_server: TestRedis) -> None:
    keep(redis_server)
    body = await asked(client)
    assert (body["currentStreak"], body["status"], body["milestones"]) == (0, "broken", [])


@pytest.mark.parametrize(
    "kept",
    [{"marks": MOVED}, {"packed": b"nonsense"}, {"plays": [Play(NOON, ctype=0)]}],
    ids=["something was taken", "unreadable", "no type"],
)
async def test_what_a_row_does_not_tell_history_does(
    client: Client, redis_server: TestRedis, kept: dict[str, Any]
) -> None:
    keep(redis_server, *kept.pop("plays", [Play(NOON, ctype=TYPES[1])]), **kept)
    body = await asked(client)
    assert (body["source"], body["daysWatched"], body["contentTypes"]) == ("history", 5, [])


async def test_rows_that_lack_events_of_before_leave_the_answer_to_history(
    client: Client, redis_server: TestRedis
) -> None:
    keep(redis_server, PLAYS[0])
    with redis_server.client() as redis:
        redis.delete(keys.PEOPLE_WHOLE)
    body = await asked(client)
    assert (body["source"], body["daysWatched"]) == ("history", 5)


async def test_another_person_s_streak_is_refused(client: Client) -> None:
    assert (await asked(client, 403, user="bea"))["type"].endswith(":owner")
