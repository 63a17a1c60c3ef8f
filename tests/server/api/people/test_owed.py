"""Domain events that viewers owes: emitted once, when history knows the person, by his row or by history itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from person_rows import Play, candidates
from real_servers import TestClickHouse, TestRedis
from server.webhooks.queue import Queue
from streakline.people.live.places import place_of
from streakline.people.live.rows import PersonRow
from streakline.streams import keys
from streakline.streams.candidates import RULED
from streakline.streams.hashing import hash64
from streakline.times import SEQ_BITS
from streakline.webhooks.known import Webhook
from wire import Client, Serve, eventually, now_ms

SEED, PARTS = 7, 4
NOWHERE = "http://history:x@127.0.0.1:1/streakline"


@pytest.fixture
def case(case: Case) -> Case:
    case.redis.set(keys.SEED, SEED)
    case.redis.set(keys.PEOPLE_WHOLE, 1)
    case.feed.tick(NOON)
    case.settle()
    return case


@pytest.fixture
async def jobs(serve: Serve, case: Case, clickhouse_server: TestClickHouse) -> Client:
    """A process with the role jobs alone."""
    return await serve(roles=("jobs",), history_url=clickhouse_server.history_url, shards=1)


def write(case: Case, user: str, plays: list[Play], marks: int = 0, owed: str = "{}") -> None:
    """Write the row of a person and owe events of him, as viewers does."""
    row = PersonRow()
    row.add(candidates(plays))
    row.mark(marks)
    person = hash64(user, SEED)
    part, slot, field = place_of(person, PARTS)
    case.redis.hset(keys.streaks(part, slot), field, row.packed())
    case.redis.sadd(owed.format(keys.people(part)), field)


def tracks(number: int) -> list[Play]:
    return [Play(NOON - HOUR - n * MINUTE, n) for n in range(number)]


def store(case: Case, user: str, number: int = 1) -> None:
    """Let archive store plays of a person, and everything pass them."""
    case.feed.send(
        NOON + MINUTE,
        *(
            play(f"song{n}", NOON - HOUR - n * DAY, f"{user}{n}", 180, userId=user, contentDuration=190)
            for n in range(number)
        ),
    )
    settle(case)


def settle(case: Case) -> None:
    case.settle()
    case.archive.run(waits=31)
    done = f"{now_ms()}-{(1 << SEQ_BITS) - 1}"
    case.redis.hset(keys.progress(0), "content", done)
    for part in range(PARTS):
        case.redis.hset(keys.progress(part), "viewers:u:0", done)


def emitted(case: Case) -> list[dict[str, Any]]:
    entries: Any = case.redis.xrange(keys.DOMAIN)
    return [json.loads(fields[b"event"]) for _, fields in entries]


def owed(case: Case) -> int:
    """Return how many members the sets of persons of whom events are owed have, claims included."""
    names: Any = case.redis.keys("sl:*:people*")
    return sum(case.redis.scard(name) for name in names if not name.endswith(b":claimant"))  # type: ignore[misc]


async def test_what_a_row_says_is_emitted_once_history_knows_the_person(case: Case, jobs: Client) -> None:
    case.feed.send(NOON + MINUTE, play("song", NOON, "p", userId="ann"))  # archive has not stored it
    write(case, "ann", tracks(10))
    claimed = keys.claimed(keys.people(hash64("ann", SEED) % PARTS))
    await eventually(lambda: bool(case.redis.exists(claimed)))
    assert emitted(case) == []
    case.settle()
    await eventually(lambda: owed(case) == 0)
    milestone, streak = emitted(case)
    assert (milestone["type"], streak["type"]) == ("ViewingMilestoneAchieved", "ViewingStreakUpdated")
    assert {milestone["userId"], streak["userId"]} == {"ann"}
    assert milestone["data"]["contentBreakdown"] == {"movie": 0, "show": 0, "episode": 0, "track": 10}
    assert streak["data"]["longestStreak"] == 1
    write(case, "ann", tracks(24))
    await eventually(lambda: owed(case) == 0)
    assert len(emitted(case)) == 2


async def test_of_whom_a_row_does_not_tell_everything_history_does(case: Case, jobs: Client) -> None:
    store(case, "ann", 10)
    write(case, "ann", [], RULED)
    await eventually(lambda: owed(case) == 0)
    assert [one["type"] for one in emitted(case)] == ["ViewingMilestoneAchieved", "ViewingStreakUpdated"]
    assert emitted(case)[1]["data"]["longestStreak"] == 10


async def test_history_is_asked_when_it_has_counted_what_came_late(case: Case, jobs: Client) -> None:
    store(case, "ann", 9)
    case.feed.send(
        NOON + 2 * MINUTE,
        play("song9", NOON - HOUR - 9 * DAY, "late", 180, userId="ann", contentDuration=190),
    )
    case.feed.count()
    case.archive.recounted_now()
    case.archive.run(waits=1)  # it is stored, and its quarter hour is not counted again
    assert case.redis.hget(keys.progress(0), "archive:mark")
    write(case, "ann", [], RULED)
    claimed = keys.claimed(keys.people_of_history(hash64("ann", SEED) % PARTS))
    await eventually(lambda: bool(case.redis.exists(claimed)))
    assert emitted(case) == []
    case.feed.tick(NOON + 3 * MINUTE)
    settle(case)
    await eventually(lambda: owed(case) == 0)
    assert [one["data"].get("longestStreak") for one in emitted(case)] == [None, 10]


async def test_the_claim_of_a_process_that_was_killed_is_emitted_by_the_next(
    case: Case, serve: Serve, clickhouse_server: TestClickHouse
) -> None:
    store(case, "ann")
    store(case, "bea")
    write(case, "ann", tracks(10), owed=keys.claimed("{}"))
    write(case, "bea", [], RULED, owed=keys.claimed("{}:history"))
    await serve(roles=("jobs",), history_url=clickhouse_server.history_url, shards=1)
    await eventually(lambda: owed(case) == 0)
    assert {(one["userId"], one["type"]) for one in emitted(case)} == {
        ("ann", "ViewingMilestoneAchieved"), ("ann", "ViewingStreakUpdated"), ("bea", "ViewingStreakUpdated"),
    }  # fmt: skip


async def test_a_person_whom_history_does_not_know_is_given_up_and_counted(case: Case, jobs: Client) -> None:
    store(case, "ann")
    with capture_logs() as logs:
        write(case, "nobody", tracks(10))
        await eventually(lambda: owed(case) == 0)
    assert emitted(case) == []
    assert [log["persons"] for log in logs if log["event"] == "persons_without_id"] == [1]
    async with jobs.get("/metrics") as response:
        assert "streakline_people_unnamed_total 1.0" in (await response.text())


@pytest.fixture
def logs() -> Iterator[list[Any]]:
    with capture_logs() as found:
        yield found


async def test_while_history_is_away_events_wait_and_the_log_says_so_once(
    case: Case,
    serve: Serve,
    clickhouse_server: TestClickHouse,
    logs: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("server.jobs.owed.reporter.AGAIN", 0.01)
    store(case, "ann")
    write(case, "ann", tracks(10))
    without = await serve(roles=("jobs",), history_url=NOWHERE, shards=1)

    async def refused() -> float:
        async with without.get("/metrics") as response:
            text = await response.text()
        line = 'streakline_history_questions_total{outcome="away",query="people/ids"} '
        return float(text.partition(line)[2].partition("\n")[0] or 0)

    async def refused_often() -> bool:
        return await refused() >= 3

    await eventually(refused_often)
    assert [log["line"] for log in logs if log["event"] == "domain_events_wait"] == ["rows"]
    assert (owed(case), emitted(case)) == (1, [])
    await without.close()
    await serve(roles=("jobs",), history_url=clickhouse_server.history_url, shards=1)
    await eventually(lambda: owed(case) == 0)
    assert len(emitted(case)) == 2


async def test_a_redis_that_was_away_amid_a_claim_forgets_nobody(
    case: Case, logs: list[Any], jobs: Client, redis_server: TestRedis
) -> None:
    case.feed.send(NOON + MINUTE, play("song", NOON, "p", userId="ann"))  # archive has not stored it
    write(case, "ann", tracks(10))
    claimed = keys.claimed(keys.people(hash64("ann", SEED) % PARTS))
    await eventually(lambda: bool(case.redis.exists(claimed)))
    await asyncio.to_thread(redis_server.kill)

    def waits() -> list[str]:
        return [log["line"] for log in logs if log["event"] == "domain_events_wait"]

    await eventually(lambda: "rows" in waits())
    await asyncio.to_thread(redis_server.start)
    case.settle()
    case.archive.run()  # its first read found the connection closed
    await eventually(lambda: owed(case) == 0)
    assert len(emitted(case)) == 2
    assert waits().count("rows") == 1


async def test_milestones_behind_a_thousand_tracks_are_those_of_history(case: Case, jobs: Client) -> None:
    store(case, "ann", 10)
    row = [Play(NOON - DAY - n, n) for n in range(1_000)]
    write(case, "ann", row)
    await eventually(lambda: owed(case) == 0)
    # The row alone cannot tell what was finished at its thousandth track: history is asked, which knows ten.
    assert [one["data"].get("metricAchieved") for one in emitted(case)] == [10, None]
    case.redis.hset(keys.domain_subjects("ann"), "m:track:1000", b"emitted.")
    write(case, "ann", row)
    await eventually(lambda: owed(case) == 0)
    reached = {one["data"].get("metricAchieved") for one in emitted(case)}
    assert reached == {None, 10, 25, 50, 100, 250, 500}


async def test_after_a_full_claim_webhooks_that_are_behind_come_first(
    case: Case, serve: Serve, clickhouse_server: TestClickHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.jobs.owed.reporter.BY_ROWS", 1)
    monkeypatch.setattr("server.jobs.people.pace.MOST_PENDING", 1)
    people = [name for name in map(str, range(100)) if hash64(name, SEED) % PARTS == 0][:3]
    for user in people:
        store(case, user)
        write(case, user, tracks(1))
    hook = Webhook(id="hook", url="http://127.0.0.1:1/", secret="", events=(), created=now_ms())
    case.redis.hset(keys.WEBHOOKS, hook.id, msgspec.json.encode(hook))
    case.redis.zadd(keys.deliveries_in(hook.id, "pending"), {"another": now_ms() + DAY})
    asked, progress = list[int](), Queue.progress

    async def counted(queue: Queue, hooks: Iterable[str]) -> dict[str, tuple[int, bytes | None]]:
        asked.append(len(emitted(case)))
        return await progress(queue, hooks)

    monkeypatch.setattr(Queue, "progress", counted)
    await serve(roles=("jobs",), history_url=clickhouse_server.history_url, shards=1)
    await eventually(lambda: len(asked) > 1)
    assert (asked[:2], owed(case)) == ([1, 1], len(people) - 1)
    case.redis.hdel(keys.WEBHOOKS, hook.id)
    case.redis.hset(keys.WEBHOOKS_REMOVED, hook.id, now_ms())
    case.redis.set(keys.WEBHOOKS_CHANGE, "another")
    await eventually(lambda: owed(case) == 0)
    assert {one["userId"] for one in emitted(case)} == set(people)


@pytest.mark.usefixtures("jobs")
async def test_an_unreadable_row_leaves_the_answer_to_history(case: Case) -> None:
    store(case, "ann", 3)
    part, slot, field = place_of(hash64("ann", SEED), PARTS)
    case.redis.hset(keys.streaks(part, slot), field, b"nonsense")
    case.redis.sadd(keys.people(part), field)
    await eventually(lambda: owed(case) == 0)
    assert [one["data"]["longestStreak"] for one in emitted(case)] == [3]
