"""Jobs: run by the leader alone, made up for once after a gap, told of in Redis and on the System page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from redis.asyncio import Redis
from redis.exceptions import RedisError

from real_servers import TestClickHouse, TestRedis
from server.door.tokens import mint
from server.jobs.scheduler import Scheduler
from server.jobs.table import JOBS, Job
from server.resources.leader import Leader
from server.resources.redis_client import redis_client
from sql.migrate import migrate
from streakline.health.jobs import JobState, packed, unpacked
from streakline.streams import keys
from wire import SECRET, Serve, eventually, now_ms

HOUR = timedelta(hours=1)
HOUR_MS = 3_600_000
ADMIN = {"Authorization": f"Bearer {mint(SECRET, 'read:admin')}"}


class Work:
    """A job that counts its runs, and what was reported of them."""

    def __init__(self) -> None:
        self.runs = 0
        self.ended: list[tuple[str, str]] = []
        self.wait: Callable[[], Awaitable[Any]] | None = None

    async def run(self, _: web.Application) -> None:
        self.runs += 1
        if self.wait is not None:
            await self.wait()

    def observe(self, name: str, outcome: str, seconds: float) -> None:
        assert seconds >= 0
        self.ended.append((name, outcome))


@pytest.fixture
async def redis(redis_server: TestRedis) -> AsyncIterator[Redis]:
    client = redis_client(redis_server.url)
    yield client
    await client.aclose()


@pytest.fixture
async def process(redis: Redis) -> AsyncIterator[Callable[..., Scheduler]]:
    """Return a function that makes the scheduler of a further process, with one job."""
    made: list[Scheduler] = []

    def make(
        work: Work, when: timedelta | str = HOUR, seconds: float = 30.0, name: str = "work"
    ) -> Scheduler:
        jobs = [Job(name, when, seconds, work.run)]
        made.append(Scheduler(web.Application(), redis, Leader(redis, keys.JOBS), work.observe, now_ms, jobs))
        return made[-1]

    yield make
    for scheduler in made:
        await scheduler.close()


async def states(redis: Redis) -> dict[str, JobState]:
    held: Any = await redis.hgetall(keys.JOB_STATES)
    return unpacked(held)


async def ran(redis: Redis, ago_ms: int, *, ended: bool = True, name: str = "work") -> None:
    """Let a process of before have run the job."""
    started = now_ms() - ago_ms
    state = JobState(when="", started=started, ended=started + 5 if ended else None)
    await redis.hset(keys.JOB_STATES, name, packed(state))


async def fails() -> None:
    msg = "no room"
    raise OSError(msg)


async def has_ended(redis: Redis) -> bool:
    state = (await states(redis))["work"]
    return state.started is not None and not state.cut_short


async def test_what_was_missed_is_made_up_for_once(redis: Redis, process: Callable[..., Scheduler]) -> None:
    work = Work()
    await ran(redis, 5 * HOUR_MS)
    began = now_ms()
    await process(work).round()
    await eventually(lambda: work.ended == [("work", "done")])
    await eventually(lambda: has_ended(redis))
    state = (await states(redis))["work"]
    assert state.started is not None
    assert state.started >= began
    assert state.next is not None
    assert HOUR_MS - 1_000 <= state.next - state.started <= HOUR_MS
    assert (work.runs, state.error, state.when) == (1, None, "interval[1:00:00]")


async def test_what_another_leader_did_is_not_done_again(
    redis: Redis, process: Callable[..., Scheduler]
) -> None:
    work = Work()
    await ran(redis, HOUR_MS // 2)
    one, two = process(work), process(work)
    await one.round()
    await one.close()
    await two.round()
    assert (one.leads, two.leads) == (False, True)
    state = (await states(redis))["work"]
    assert state.next is not None
    assert abs(state.next - now_ms() - HOUR_MS // 2) < 60_000
    assert work.runs == 0


async def test_what_a_death_cut_short_is_run_again(redis: Redis, process: Callable[..., Scheduler]) -> None:
    work = Work()
    await ran(redis, 1_000, ended=False)
    await process(work).round()
    await eventually(lambda: work.ended == [("work", "done")])


async def test_of_several_processes_one_runs_the_jobs(
    redis: Redis, process: Callable[..., Scheduler]
) -> None:
    work = Work()
    await ran(redis, 5 * HOUR_MS)
    processes = [process(work) for _ in range(4)]
    for _ in range(3):
        for one in processes:
            await one.round()
    await eventually(lambda: has_ended(redis))
    assert [one.leads for one in processes] == [True, False, False, False]
    assert work.runs == 1


async def test_a_job_goes_on_being_run(redis: Redis, process: Callable[..., Scheduler]) -> None:
    work = Work()
    await process(work, timedelta(seconds=1)).round()
    await eventually(lambda: len(work.ended) >= 3)


async def test_who_leads_no_more_stops_what_it_runs(redis: Redis, process: Callable[..., Scheduler]) -> None:
    work = Work()
    work.wait = asyncio.Event().wait
    await ran(redis, 5 * HOUR_MS)
    one = process(work)
    await one.round()
    await eventually(lambda: work.runs == 1)
    await redis.set(keys.JOBS, "another")
    await one.round()
    assert not one.leads
    assert (await states(redis))["work"].cut_short
    # The other leader runs it again.
    other = Work()
    await redis.delete(keys.JOBS)
    await process(other).round()
    await eventually(lambda: other.ended == [("work", "done")])
    assert work.ended == []


async def test_a_redis_that_is_away_may_have_another_leader(
    redis: Redis, redis_server: TestRedis, process: Callable[..., Scheduler]
) -> None:
    one = process(Work())
    await one.round()
    assert one.leads
    redis_server.kill()
    with pytest.raises(RedisError):
        await one.round()
    assert not one.leads
    redis_server.start()
    await one.round()
    assert one.leads


@pytest.mark.parametrize(
    ("wait", "error"),
    [
        (lambda: asyncio.sleep(60), "it took more than 0.05 s"),
        (fails, "OSError: no room"),
    ],
)
async def test_a_run_that_fails_is_told_and_the_next_is_due(
    redis: Redis, process: Callable[..., Scheduler], wait: Callable[[], Awaitable[Any]], error: str
) -> None:
    work = Work()
    work.wait = wait
    await ran(redis, 5 * HOUR_MS)
    await process(work, seconds=0.05).round()
    await eventually(lambda: work.ended == [("work", "failed")])
    await eventually(lambda: has_ended(redis))
    state = (await states(redis))["work"]
    assert state.error is not None
    assert state.error.startswith(error)
    assert state.next is not None
    assert state.next > now_ms()


async def test_a_schedule_like_that_of_cron_is_in_utc(
    redis: Redis, process: Callable[..., Scheduler]
) -> None:
    await process(Work(), "30 2 * * *").round()
    due = (await states(redis))["work"].next
    assert due is not None
    assert due % (24 * HOUR_MS) == 2.5 * HOUR_MS
    assert 0 < due - now_ms() <= 24 * HOUR_MS


async def test_a_job_that_is_no_more_is_forgotten(redis: Redis, process: Callable[..., Scheduler]) -> None:
    await ran(redis, HOUR_MS, name="of an older release")
    await process(Work()).round()
    assert list(await states(redis)) == ["work"]


def test_every_job_has_a_name_of_its_own() -> None:
    names = [job.name for job in JOBS]
    assert len(set(names)) == len(names)


async def test_the_system_page_says_whether_history_can_be_asked(
    serve: Serve, clickhouse_server: TestClickHouse, redis_server: TestRedis
) -> None:
    migrate(clickhouse_server.url)
    with redis_server.client() as client:

        async def checked(url: str) -> dict[str, Any]:
            # As if the last check were an hour old: it is due at once.
            state = packed(JobState(when="", started=now_ms() - HOUR_MS, ended=now_ms() - HOUR_MS))
            client.hset(keys.JOB_STATES, "check-history", state)
            client.delete(keys.JOBS)
            began = now_ms()
            server = await serve(history_url=url)
            found: list[dict[str, Any]] = []

            async def ended() -> bool:
                async with server.get("/api/v1/system", headers=ADMIN) as response:
                    [job] = [one for one in (await response.json())["jobs"] if one["name"] == "check-history"]
                    found.append(job)
                    return job["started"] >= began and job["ended"] is not None

            await eventually(ended)
            await server.close()
            return found[-1]

        job = await checked(clickhouse_server.history_url)
        assert (job["name"], job["error"]) == ("check-history", None)
        assert job["next"] > job["ended"] >= job["started"]
        job = await checked(clickhouse_server.history_url.replace("history:", "history:not"))
        assert "HistoryAway" in job["error"]
        with clickhouse_server.client() as writer:
            writer.command("rename table facts to facts_away")
            try:
                job = await checked(clickhouse_server.history_url)
            finally:
                writer.command("rename table facts_away to facts")
        assert "facts" in job["error"]
