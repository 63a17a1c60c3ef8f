"""Scheduler: runs the table of jobs in the one process that leads, and leaves word of every run in Redis.

What is due is told by the last run, not by when the process began: a leader that follows another runs what the other
missed, and nothing that it did.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog
from aiohttp import web
from msgspec.structs import replace
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.jobs.table import JOBS, Job
from server.metrics import METRICS
from server.resources.clock import CLOCK
from server.resources.leader import Leader
from server.resources.redis_client import OWN_REDIS
from server.resources.tasks import running
from streakline.health.jobs import JobState, packed, unpacked
from streakline.streams import keys

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

EVERY: Final = 1.0
"""Seconds between two looks whether this process leads."""
LONGEST_ERROR: Final = 300
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_log = structlog.get_logger()
Observe = Callable[[str, str, float], None]
"""Hears of a run that has ended: the job's name, `done` or `failed`, and the seconds it took."""


class Scheduler:
    """The jobs of one process: they run while it leads."""

    def __init__(
        self,
        app: web.Application,
        redis: Redis,
        leader: Leader,
        observe: Observe,
        now_ms: Callable[[], int],
        jobs: Iterable[Job] = JOBS,
    ) -> None:
        """Prepare; nothing runs before the first `round`."""
        self._app, self._redis, self._leader = app, redis, leader
        self._observe, self._now_ms = observe, now_ms
        self._jobs = tuple(jobs)
        self._states: dict[str, JobState] = {}
        self._term: AsyncIOScheduler | None = None

    @property
    def leads(self) -> bool:
        """Whether this process runs the jobs now."""
        return self._term is not None

    async def round(self) -> None:
        """Begin to run jobs if this process leads now, and stop if it does not any more.

        Raises:
            RedisError: if Redis does not answer; what runs is stopped, for another may lead.
        """
        try:
            leads = await self._leader.leads()
            if leads and self._term is None:
                await self._begin()
        except RedisError:
            self._end()
            raise
        if not leads:
            self._end()

    async def close(self) -> None:
        """Stop what runs, and let another process lead at once."""
        led = self.leads
        self._end()
        if led:
            await self._leader.resign()

    async def _begin(self) -> None:
        # Loaded by the one process that leads: the others need none of it.
        from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415

        held: Any = await self._redis.hgetall(keys.JOB_STATES)
        states = unpacked(held)
        # A run that comes late is made up for once, however many there were.
        term = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        now = datetime.fromtimestamp(self._now_ms() / 1000, UTC)
        for job in self._jobs:
            trigger, last = _trigger(job), states.get(job.name, JobState(when=""))
            due = now
            if not last.cut_short:
                before = None if last.started is None else _EPOCH + timedelta(milliseconds=last.started)
                due = trigger.get_next_fire_time(before, now)
            self._states[job.name] = replace(last, when=str(trigger), next=_ms(due))
            term.add_job(self._run, trigger, args=[job, trigger], id=job.name, next_run_time=due)
        if gone := states.keys() - self._states.keys():
            await self._redis.hdel(keys.JOB_STATES, *gone)
        await self._redis.hset(
            keys.JOB_STATES, mapping={name: packed(state) for name, state in self._states.items()}
        )
        term.start()
        self._term = term
        _log.info("jobs_led", jobs=[job.name for job in self._jobs])

    def _end(self) -> None:
        if self._term is not None:
            self._term.shutdown(wait=False)  # cancels what runs
            self._term = None
            _log.info("jobs_left")

    async def _run(self, job: Job, trigger: Any) -> None:
        started, began = self._now_ms(), time.monotonic()
        due = _ms(trigger.get_next_fire_time(_EPOCH + timedelta(milliseconds=started), _EPOCH))
        await self._write(job.name, replace(self._states[job.name], next=due, started=started, ended=None))
        error: str | None = None
        try:
            async with asyncio.timeout(job.seconds):
                await job.run(self._app)
        except TimeoutError:
            error = f"it took more than {job.seconds:g} s"
        except asyncio.CancelledError:  # this process leads no more; the next leader runs it again
            _log.info("job_cut_short", job=job.name)
            return
        except Exception as failure:  # noqa: BLE001 - whatever it is, it is the run's, and the next one is due
            error = f"{type(failure).__name__}: {failure}".partition("\n")[0][:LONGEST_ERROR]
        if error is not None:
            _log.warning("job_failed", job=job.name, error=error)
        self._observe(job.name, "done" if error is None else "failed", time.monotonic() - began)
        await self._write(job.name, replace(self._states[job.name], ended=self._now_ms(), error=error))

    async def _write(self, name: str, state: JobState) -> None:
        self._states[name] = state
        await self._redis.hset(keys.JOB_STATES, name, packed(state))


def _trigger(job: Job) -> Any:
    """Return when a job is due, in the scheduler's own terms."""
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415 - see `Scheduler._begin`
    from apscheduler.triggers.interval import IntervalTrigger  # noqa: PLC0415

    if isinstance(job.when, str):
        return CronTrigger.from_crontab(job.when, timezone=UTC)
    return IntervalTrigger(seconds=int(job.when.total_seconds()), start_date=_EPOCH, timezone=UTC)


def _ms(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1000)


async def jobs_resource(app: web.Application) -> AsyncIterator[None]:
    """Run the jobs whenever this process leads, for as long as the application runs."""
    redis = app[OWN_REDIS]
    leader = Leader(redis, keys.JOBS)
    scheduler = Scheduler(app, redis, leader, app[METRICS].job, app[CLOCK].now_ms)

    async def lead() -> None:
        while True:
            try:
                await scheduler.round()
            except (RedisError, OSError) as error:
                _log.warning("jobs_round_failed", error=str(error))
            await asyncio.sleep(EVERY)

    async with running(lead):
        yield
    try:
        await scheduler.close()
    except (RedisError, OSError) as error:
        _log.warning("jobs_not_resigned", error=str(error))
