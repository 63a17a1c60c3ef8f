"""An import while viewers is killed ten times: rows, milestones and domain events are those of the plays, each once."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from flow_processes import FlowProcesses, wait_until
from person_rows import Play, candidates, finishes, known
from real_servers import TestClickHouse, TestRedis
from server_process import serving
from sql.migrate import migrate
from streakline.domain_events.found import milestones_achieved, streak_updated
from streakline.people.live.answers import UTC
from streakline.people.live.places import place_of
from streakline.people.live.rows import PersonRow
from streakline.people.milestones import milestones_of
from streakline.people.streaks import streak_of
from streakline.streams import keys
from streakline.streams.hashing import hash64
from streakline.times import DAY_MS, MINUTE_MS
from streams import SEED, Feeder
from wire import eventually, now_ms

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(300)]
KILLS, AT_ONCE = 10, 60
PEOPLE = tuple(f"person-{number}" for number in range(24))
FROM = 1_500_000_000_000 // DAY_MS * DAY_MS
ACCEPTED = FROM + 400 * DAY_MS
"""Long after the plays: all of them are late, as in an import."""


@pytest.fixture
def flows(
    tmp_path: Path, redis_server: TestRedis, clickhouse_server: TestClickHouse
) -> Iterator[FlowProcesses]:
    migrate(clickhouse_server.url)
    processes = FlowProcesses(
        tmp_path, redis_server.url, clickhouse_server.url, STREAKLINE_EPOCH_SECONDS="0.5"
    )
    yield processes
    processes.close()


def plan() -> list[tuple[str, Play]]:
    """Return who plays what: from 20 to 60 tracks each, some of them twice or not to their end, in any order."""
    chance = random.Random(12)
    plays = [
        (
            person,
            Play(
                FROM + chance.randrange(60) * DAY_MS + n * MINUTE_MS, track, is_finished=chance.random() < 0.9
            ),
        )
        for person in PEOPLE
        for n, track in enumerate(chance.choices(range(80), k=chance.randrange(20, 60)))
    ]
    chance.shuffle(plays)
    return plays


def sent(number: int, person: str, one: Play) -> dict[str, object]:
    return {
        "id": f"play-{number}", "type": "play", "contentId": f"track-{one.content}", "contentType": "track",
        "userId": person, "timestamp": one.start, "duration": 200 if one.is_finished else 60, "contentDuration": 200,
    }  # fmt: skip


def imported(
    feeder: Feeder, flows: FlowProcesses, client: redis.Redis, plays: list[tuple[str, Play]]
) -> None:
    """Append all of it, kill viewers each time when it has written more, and wait until the flows have all."""
    flows.start()
    parts = [plays[at : at + AT_ONCE] for at in range(0, len(plays), AT_ONCE)]
    kills = 0
    for number, part in enumerate(parts):
        at = ACCEPTED + number * 10
        feeder.append([sent(number * AT_ONCE + n, *one) for n, one in enumerate(part)], at)
        if kills < KILLS:
            moved(client)
            flows.kill("viewers")
            flows.start("viewers")
            kills += 1
    assert kills == KILLS
    end = ACCEPTED + len(parts) * 10
    feeder.tick(end)
    flows.wait_for(client, f"{end}-0")


def moved(client: redis.Redis) -> None:
    """Return when viewers has said more of persons than before: it is killed amid the rest."""
    before = rows_of(client)
    wait_until("viewers wrote rows", lambda: rows_of(client) != before)


def rows_of(client: redis.Redis) -> dict[bytes, bytes]:
    names: Any = list(client.scan_iter(match="sl:*:streaks:*", count=10_000))
    return {field: row for name in names for field, row in dict[Any, Any](client.hgetall(name)).items()}


async def test_an_import_gives_what_its_plays_give_though_viewers_is_killed_ten_times(
    flows: FlowProcesses, redis_server: TestRedis, clickhouse_server: TestClickHouse, tmp_path: Path
) -> None:
    client, plays = redis_server.client(), plan()
    client.set(keys.PEOPLE_WHOLE, 1)
    feeder = Feeder(client, parts=4)
    sets = [make(part) for part in range(4) for make in (keys.people, keys.people_of_history)]
    history = {"STREAKLINE_ROLES": "jobs", "CLICKHOUSE_HISTORY_URL": clickhouse_server.history_url}
    async with serving(redis_server, tmp_path / "server", **history):
        await asyncio.to_thread(imported, feeder, flows, client, plays)
        await eventually(lambda: not client.exists(*sets, *map(keys.claimed, sets)))
    entries: Any = client.xrange(keys.DOMAIN)
    events = [json.loads(fields[b"event"]) for _, fields in entries]
    assert set(Counter(one["id"] for one in events).values()) == {1}
    for person in PEOPLE:
        own = [one for who, one in plays if who == person]
        hashed = [one._replace(content=hash64(f"track-{one.content}", SEED)) for one in own]
        row = PersonRow()
        row.add(candidates(hashed))
        part, slot, field = place_of(hash64(person, SEED), 4)
        assert client.hget(keys.streaks(part, slot), field) == row.packed()
        now = now_ms()
        streak = streak_updated(person, streak_of(known(own), now, UTC), now)
        assert streak is not None
        milestones = milestones_achieved(person, milestones_of(finishes(own)).milestones, now)
        of_person = [one for one in events if one["userId"] == person]
        streaks = [one["id"] for one in of_person if one["type"] == "ViewingStreakUpdated"]
        assert streaks[-1] == streak.event.id
        assert {one["id"] for one in of_person} - set(streaks) == {one.event.id for one in milestones}
