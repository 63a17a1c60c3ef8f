"""Jobs over many persons at once: of each exactly what an answer about that person says, once, whatever happens."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from typing import Any

import msgspec
import psutil
import pytest
from redis.exceptions import RedisError

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from real_servers import TestRedis
from server.door.tokens import mint
from server.jobs.people import process as processes
from server.jobs.people import walk as walking
from server.jobs.people.batches import Year
from server.jobs.people.nightly import nightly_statistics
from server.jobs.people.process import MODULE, WorkerFailed, worker_process
from server.jobs.people.walk import place_of
from server.jobs.people.yearly import NAME, review_of_everybody
from server.metrics import METRICS
from server.resources.clock import CLOCK
from server.resources.redis_client import SETTINGS
from streakline.streams import keys
from streakline.times import iso
from wire import SECRET, Client, eventually

YEAR = 2026
NOW = NOON + 2 * HOUR
EVERYBODY = [f"p{n:03}" for n in range(210)]
ASKED = EVERYBODY[::7]
"""Those who are asked about one by one."""
PLAYS: Counter[str] = Counter()
"""Person -> plays, as they were sent."""
BEARER = {"Authorization": f"Bearer {mint(SECRET, 'read:admin')}"}


def events_of(user: str, chance: random.Random) -> list[dict[str, Any]]:
    """Return some plays of a person, of contents that others play too, and what else there is of some persons."""
    found = []
    for n in range(chance.choice([1, 2, 3, 5, 14])):
        content, at = chance.randrange(30), NOON - chance.randrange(40) * DAY - chance.randrange(2, 22) * HOUR
        kind = ("track", "movie", "episode")[content % 3]
        about = {
            "contentType": kind, "contentDuration": 190, "genre": ("Rock", "Folk, Jazz", "")[content % 3],
            "creatorId": f"c{content % 4}" if kind == "track" else None,
            "parentId": f"s{content % 5}" if kind == "episode" else None,
            "tz": chance.choice([None, None, "Asia/Tokyo", "America/Lima"]),
        }  # fmt: skip
        seconds = chance.choice([40, 185])
        found.append(play(f"x{content}", at - 5 * MINUTE, f"{user}-{n}", seconds, userId=user, **about))
    if chance.random() < 0.3:
        zone = chance.choice(["Asia/Tokyo", "Pacific/Apia", "America/New_York"])
        about = {"userId": user, "timestamp": NOON - 30 * DAY}
        found.append({"type": "settings", "id": f"{user}-zone", "zone": zone, **about})
        found.append({"type": "freeze", "id": f"{user}-freeze", **about})
    return found


@pytest.fixture
def case(case: Case, monkeypatch: pytest.MonkeyPatch) -> Case:
    """Hundreds of persons, of whom some also have plays in quarter hours that are not closed."""
    chance = random.Random(12)
    case.feed.tick(NOON - HOUR)
    events = [event for user in EVERYBODY for event in events_of(user, chance)]
    PLAYS.clear()
    PLAYS.update(Counter(event["userId"] for event in events if event["type"] == "play"))
    PLAYS.update(EVERYBODY[::7])
    names = [
        {"type": "creator", "creatorId": f"c{n}", "name": f"Name {n}", "id": f"c{n}", "timestamp": NOON - DAY}
        for n in range(3)
    ]
    case.feed.send(NOON - HOUR + MINUTE, *events, *names)
    case.settle()
    case.close_all(NOON)
    case.feed.send(
        NOW - MINUTE,
        *(play("x1", NOW - 5 * MINUTE, f"{user}-o", 185, userId=user) for user in EVERYBODY[::7]),
    )
    case.settle()
    case.archive.run(waits=31)
    monkeypatch.setattr(processes, "NICE", 3)
    monkeypatch.setattr(walking, "BATCH", 70)
    monkeypatch.setattr(walking, "MOST_ROWS", 500)
    return case


@pytest.fixture(autouse=True)
def now(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.app[CLOCK], "now_ms", lambda: NOW)  # type: ignore[index]


def workers() -> list[psutil.Process]:
    """Return the processes that work for a job of this one."""
    return [one for one in psutil.Process().children() if MODULE in one.cmdline()]


def emitted(server: TestRedis) -> list[dict[str, Any]]:
    with server.client() as store:
        entries: Any = store.xrange(keys.DOMAIN)
    return [json.loads(fields[b"event"]) for _, fields in entries]


async def answers(client: Client, path: str) -> dict[str, dict[str, Any]]:
    """Return what is answered about some persons, each asked about alone."""
    turns = asyncio.Semaphore(6)

    async def asked(user: str) -> tuple[str, dict[str, Any]]:
        query = {"user": user, "asOf": iso(NOW)}
        async with turns, client.get(path, params=query, headers=BEARER) as response:
            return user, await response.json()

    return dict(await asyncio.gather(*map(asked, ASKED)))


def same(event: dict[str, Any], answer: dict[str, Any]) -> bool:
    """Tell whether all that an event says of a person is in an answer, but for the id."""
    data = {name: value for name, value in event["data"].items() if not name.endswith("Id")}
    return {name: answer.get(name) for name in data} == data


async def test_reviews_of_hundreds_are_those_that_are_answered_one_by_one(
    client: Client, redis_server: TestRedis
) -> None:
    app: Any = client.app
    await review_of_everybody(app, YEAR, NOW)
    events = emitted(redis_server)
    reviews = await answers(client, f"/api/analytics/year-in-review/{YEAR}")
    assert {
        event["userId"]: event
        for event in events
        if not same(event, reviews.get(event["userId"], event["data"]))
    } == {}
    assert {event["userId"]: sum(event["data"]["viewingTrends"]["playsByMonth"]) for event in events} == PLAYS
    assert [event["userId"] for event in events] == EVERYBODY
    assert any("Name 1" in words for event in events for words in event["data"]["memorableMoments"])
    questions = app[METRICS].questions.labels("people/rows", "answered")._value.get()
    assert questions < len(ASKED) + len(EVERYBODY) / 5, "history was asked for each person"
    await review_of_everybody(app, YEAR, NOW)
    with redis_server.client() as store:
        store.delete(keys.JOB_PLACES)
    await review_of_everybody(app, YEAR, NOW)
    assert emitted(redis_server) == events


async def test_statistics_of_hundreds_are_those_that_are_answered_one_by_one(
    client: Client, redis_server: TestRedis
) -> None:
    app: Any = client.app
    await nightly_statistics(app)
    events = emitted(redis_server)
    streaks = await answers(client, "/api/analytics/streak")
    of_type = {
        type_: {event["userId"]: event for event in events if event["type"] == type_}
        for type_ in ("ViewingStreakUpdated", "ViewingTimeCalculated")
    }
    assert len(of_type["ViewingStreakUpdated"]) > 60
    for user in streaks.keys() & of_type["ViewingStreakUpdated"].keys():
        data, answer = of_type["ViewingStreakUpdated"][user]["data"], streaks[user]
        assert (data["currentStreak"], data["longestStreak"], data["streakStatus"]) == (
            answer["currentStreak"], answer["longestStreak"], answer["status"],
        )  # fmt: skip
        assert data["lastWatchedDate"] == answer["lastWatchedDate"]
    times = await answers(client, "/api/analytics/viewing-time?period=all")
    assert len(times.keys() & of_type["ViewingTimeCalculated"].keys()) > 10
    for user in times.keys() & of_type["ViewingTimeCalculated"].keys():
        event = of_type["ViewingTimeCalculated"][user]
        assert event["data"]["timePeriod"] == "all"  # the last one of a person
        assert same(event, times[user])
    assert len({event["id"] for event in events}) == len(events)


async def test_a_run_that_is_cancelled_and_one_whose_process_is_killed_are_gone_on_with(
    client: Client, redis_server: TestRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    app: Any = client.app
    run = asyncio.create_task(review_of_everybody(app, YEAR, NOW))
    await eventually(lambda: bool(workers()))
    [worker] = workers()
    await eventually(lambda: worker.nice() == min(psutil.Process().nice() + 3, 19))
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert workers() == []
    done = len(emitted(redis_server))
    assert done < len(EVERYBODY)

    async def killed(_: object) -> None:
        if len(emitted(redis_server)) > done:
            [worker] = workers()
            worker.kill()

    with monkeypatch.context() as patched:
        patched.setattr("server.jobs.people.pace.Pace.keep", killed)
        with pytest.raises(WorkerFailed, match="ended with code -9"):
            await review_of_everybody(app, YEAR, NOW)
    place = await place_of(app, NAME)
    before = [event["userId"] for event in emitted(redis_server)]
    assert not place.done
    assert done < len(before) < len(EVERYBODY)
    assert max(before) <= place.after
    await review_of_everybody(app, YEAR, NOW)
    after = [event["userId"] for event in emitted(redis_server)]
    assert after[: len(before)] == before
    assert min(after[len(before) :]) > place.after
    assert after == EVERYBODY
    assert (await place_of(app, NAME)).done


async def test_of_a_batch_with_a_person_who_is_too_costly_only_that_one_is_left_out(
    client: Client, case: Case, redis_server: TestRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "MOST_BYTES", 60_000)
    monkeypatch.setattr(walking, "MOST_ROWS", 100_000)
    case.clickhouse.command(
        "insert into person_history (at, shard, contentId, userId, offset, version, starts, plays, first, last)"
        f" select fromUnixTimestamp({NOON // 1000}) - number * 900 as moment, 0, concat('y', toString(number)),"
        " 'p100x', 32767, 1, 1, 1, moment, moment from numbers(3000)"
    )
    app: Any = client.app
    await review_of_everybody(app, YEAR, NOW)
    found = [event["userId"] for event in emitted(redis_server)]
    assert "p100x" not in found
    assert {"p100", "p101"} <= set(found)
    assert len(found) > 200
    assert (await place_of(app, NAME)).done


async def test_what_ends_a_batch_is_raised_in_the_job_and_its_process_takes_the_next_one(
    client: Client, case: Case
) -> None:
    app: Any = client.app
    nowhere = msgspec.structs.replace(app[SETTINGS], redis_url="redis://127.0.0.1:1/0")
    lame: Any = {SETTINGS: nowhere, METRICS: app[METRICS]}
    async with worker_process(lame) as process:
        for _ in range(2):
            with pytest.raises(RedisError, match=r"127\.0\.0\.1:1"):
                await process.work(Year(EVERYBODY[:3], NOW, NOON, YEAR))
        with pytest.raises(WorkerFailed, match="OverflowError"):
            await process.work(Year(EVERYBODY[:3], 10**18, NOON, YEAR))
        # Nothing is found of nobody's plays, so that Redis is not asked.
        assert await process.work(Year(["nobody"], NOW, NOON, YEAR)) == 0
