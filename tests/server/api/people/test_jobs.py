"""Jobs over persons: what is new of them, once; a run that was killed goes on, one that is done does nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from real_servers import TestRedis
from server.door.tokens import mint
from server.jobs.people import process as processes
from server.jobs.people import walk as walking
from server.jobs.people.nightly import nightly_statistics
from server.jobs.people.walk import place_of, walk
from server.jobs.people.yearly import year_in_review
from server.resources.clock import CLOCK
from streakline.streams import keys
from streakline.times import parse_when
from wire import SECRET, Client

PEOPLE = ("ann", "bea", "cem", "dan", "eva")
SetClock = Callable[[int], None]


@pytest.fixture
def case(case: Case) -> Case:
    """Ten tracks that each of five persons finished, one a day."""
    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE,
        *(
            play(
                f"song{n}",
                NOON - n * DAY - HOUR - MINUTE * 30,
                f"{user}{n}",
                180,
                userId=user,
                contentDuration=190,
            )
            for n in range(10)
            for user in PEOPLE
        ),
    )
    case.settle()
    case.close_all(NOON + 2 * HOUR)
    case.archive.run(waits=31)
    return case


@pytest.fixture(autouse=True)
def no_giving_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "NICE", 0)


@pytest.fixture
def set_clock(client: Client, monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Return a function that sets the server's clock to a moment, in ms."""
    return lambda at: monkeypatch.setattr(client.app[CLOCK], "now_ms", lambda: at)  # type: ignore[index]


def emitted(server: TestRedis) -> list[dict[str, Any]]:
    with server.client() as store:
        entries: Any = store.xrange(keys.DOMAIN)
    return [json.loads(fields[b"event"]) for _, fields in entries]


def streaks(server: TestRedis) -> dict[str, list[tuple[int, str]]]:
    """Return person -> days and status of the streaks that were emitted, in their order."""
    found: dict[str, list[tuple[int, str]]] = {}
    for event in emitted(server):
        if event["type"] == "ViewingStreakUpdated":
            data = event["data"]
            found.setdefault(event["userId"], []).append((data["currentStreak"], data["streakStatus"]))
    return found


async def test_every_night_says_what_is_new_and_of_a_broken_streak_once(
    client: Client, redis_server: TestRedis, set_clock: SetClock
) -> None:
    app: Any = client.app
    set_clock(NOON + HOUR)
    await nightly_statistics(app)
    first = emitted(redis_server)
    assert {event["userId"] for event in first} == set(PEOPLE)
    of_ann = sorted(event["type"] for event in first if event["userId"] == "ann")
    assert of_ann == ["ViewingMilestoneAchieved", "ViewingStreakUpdated", *["ViewingTimeCalculated"] * 4]
    await nightly_statistics(app)
    assert len(emitted(redis_server)) == len(first)
    # Run again as if nothing were known of the run: nothing is new.
    with redis_server.client() as store:
        store.delete(keys.JOB_PLACES)
    await nightly_statistics(app)
    assert len(emitted(redis_server)) == len(first)
    for days in (1, 2, 3):
        set_clock(NOON + HOUR + days * DAY)
        await nightly_statistics(app)
    assert streaks(redis_server) == {user: [(10, "active"), (0, "broken")] for user in PEOPLE}


async def test_nights_that_were_missed_are_made_up_for(
    client: Client, redis_server: TestRedis, set_clock: SetClock
) -> None:
    app: Any = client.app
    set_clock(NOON + HOUR)
    await nightly_statistics(app)
    set_clock(NOON + 40 * DAY)
    await nightly_statistics(app)
    assert streaks(redis_server) == {user: [(10, "active"), (0, "broken")] for user in PEOPLE}


async def test_the_year_that_is_over_is_reviewed_for_everybody_once(
    client: Client, redis_server: TestRedis, set_clock: SetClock
) -> None:
    app: Any = client.app
    for moment in ("2026-12-31T23:00:00Z", "2027-01-01T11:59:59Z", "2027-02-01T00:00:00Z"):
        set_clock(parse_when(moment)[0])
        await year_in_review(app)
    assert emitted(redis_server) == []
    for moment in ("2027-01-01T12:00:00Z", "2027-01-01T13:00:00Z", "2027-01-31T23:00:00Z"):
        set_clock(parse_when(moment)[0])
        await year_in_review(app)
    events = emitted(redis_server)
    assert [(event["type"], event["userId"]) for event in events] == [
        ("YearInReviewGenerated", user) for user in PEOPLE
    ]
    bearer = {"Authorization": f"Bearer {mint(SECRET, 'read:self', sub='ann')}"}
    async with client.get("/api/analytics/year-in-review/2026", headers=bearer) as response:
        asked = await response.json()
    data = events[0]["data"]
    assert {name: asked[name] for name in data if name != "reportId"} == {
        name: value for name, value in data.items() if name != "reportId"
    }
    assert data["viewingTrends"]["playsByMonth"][8] == 10


async def test_a_walk_that_broke_off_goes_on_and_one_that_is_done_does_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "BATCH", 2)
    app: Any = client.app
    done: list[str] = []
    fails = True

    async def work(users: list[str]) -> None:
        for user in users:
            if fails and user == "dan":
                raise ConnectionError
            done.append(user)

    played = (NOON - 20 * DAY, NOON)
    with pytest.raises(ConnectionError):
        await walk(app, "work", "one", played, 7, work)
    assert (done, await place_of(app, "work")) == (
        ["ann", "bea", "cem"],
        walking.Place("one", "bea", done=False, until=0),
    )
    fails = False
    await walk(app, "work", "one", played, 7, work)
    await walk(app, "work", "one", played, 8, work)
    assert done == ["ann", "bea", "cem", "cem", "dan", "eva"]
    assert (await place_of(app, "work")).until == 7
    await walk(app, "work", "two", played, 9, work)
    assert done[6:] == list(PEOPLE)
    await walk(app, "work", "three", (NOON + DAY, NOON + 2 * DAY), 9, work)
    assert len(done) == 11
