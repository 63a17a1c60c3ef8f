"""Reporter: emits the domain events that are owed, while this process leads.

Two lines, each with claims of its own. The first one waits until archive has stored what viewers had read, for history
alone knows the ids of persons, and emits what live rows tell. Of whom they do not tell everything the second one emits:
it waits until history is settled, and asks it about one person after another.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, TypeVar

import structlog
from aiohttp import web
from clickhouse_connect.driver.exceptions import ClickHouseError
from redis.exceptions import RedisError

from server.api.settled import Reading
from server.domain_stream import emit, emit_all
from server.jobs.owed.claims import Claim, Claims
from server.jobs.owed.found import found_by_history, found_by_row, ids_of, known_now, unnamed
from server.jobs.people.pace import Pace
from server.live.people import rows_of
from server.metrics import METRICS
from server.person_history import Known
from server.resources.clock import CLOCK
from server.resources.history import HistoryAway, HistoryBusy, TooCostly
from server.resources.leader import Leader
from server.resources.redis_client import INSTALLATION, OWN_REDIS
from server.resources.tasks import running
from server.webhooks.known import WEBHOOKS
from server.webhooks.queue import Queue
from streakline.domain_events.found import Found
from streakline.health.settlement import Progress, behind
from streakline.streams import keys

EVERY: Final = 0.25
"""Seconds between two looks whether anything is owed; least between two claims."""
RENEWED: Final = 1.0
"""Seconds between two renewals of the lock."""
AGAIN: Final = 2.0
"""Seconds after which Redis or history is asked again that did not answer, or had no turn: readers come first."""
BY_ROWS, BY_HISTORY = 1_000, 50
"""Persons of a part in one claim of each line."""
ROWS_AT_ONCE, ASKED_AT_ONCE = 20, 10
"""Persons in one question to Redis, whose events go out together, and in one to history: few, for what is computed of
them holds up whoever else this process serves."""
LONG: Final = 60.0
"""Seconds after which the log says that archive is awaited."""
UNANSWERED: Final = (HistoryAway, HistoryBusy, TooCostly, ClickHouseError, RedisError, OSError)
T = TypeVar("T")
Covers = Callable[[Mapping[int, int], Sequence[Progress]], bool]
"""Tells whether flows that are so far cover a position (shard -> `enc`)."""
_log = structlog.get_logger()


class Reporter:
    """The two lines of one process."""

    def __init__(self, app: web.Application) -> None:
        """Prepare; nothing is asked yet."""
        self._app, self._redis = app, app[OWN_REDIS]
        parts = app[INSTALLATION].partitions.parts
        self._by_rows = Claims(self._redis, parts, keys.people, BY_ROWS)
        self._by_history = Claims(self._redis, parts, keys.people_of_history, BY_HISTORY)
        self._reading = Reading(self._redis, app[INSTALLATION].partitions)
        self._leader = Leader(self._redis, keys.PEOPLE_LOCK)
        self._leads = False

    async def lead(self) -> None:
        """Lead whenever no other process does, for ever."""
        while True:
            try:
                self._leads = await self._leader.leads()
            except (RedisError, OSError):
                self._leads = False  # `Pressure` says that Redis is away
            await asyncio.sleep(RENEWED)

    async def resign(self) -> None:
        """Let another process lead at once.

        Raises:
            RedisError: if Redis does not answer.
        """
        if self._leads:
            await self._leader.resign()

    async def report_rows(self) -> None:
        """Emit what live rows tell, for ever."""
        await self._serve("rows", self._by_rows, _archived, self._emit_rows)

    async def report_history(self) -> None:
        """Emit what history tells, for ever."""
        await self._serve("history", self._by_history, _settled, self._emit_history)

    async def _serve(
        self, line: str, claims: Claims, covers: Covers, work: Callable[[Claim], Awaitable[None]]
    ) -> None:
        failed, pace = False, self._new_pace()
        owed = self._app[METRICS].owed.labels(line)
        while True:
            if not self._leads:  # another process does, or Redis is away
                owed.set(0)
                await asyncio.sleep(EVERY)
                continue
            pause = EVERY
            try:
                owed.set(await claims.owed())
                claim = await claims.claim()
                if claim is not None and await self._covered(line, covers):
                    began = time.monotonic()
                    await work(claim)
                    await claims.done(claim)
                    self._app[METRICS].reported.labels(line).inc(len(claim.persons))
                    # Half of the time is left to others, however much is owed.
                    pause = max(EVERY, time.monotonic() - began)
                    if claim.is_full:
                        await pace.keep()
                    else:
                        pace = self._new_pace()
                if failed:
                    _log.info("domain_events_emitted_again", line=line)
                failed = False
            except UNANSWERED as error:
                if not failed:
                    _log.warning("domain_events_wait", line=line, error=str(error))
                failed, pause = True, AGAIN
            await asyncio.sleep(pause)

    def _new_pace(self) -> Pace:
        return Pace(Queue(self._redis), lambda: self._app[WEBHOOKS].known.active)

    async def _covered(self, line: str, covers: Covers) -> bool:
        """Wait until the flows cover all that is in the streams now; tell whether they do and this process leads."""
        newest = await self._reading.last_ids()
        position = {shard: at for shard, at in enumerate(newest) if at}
        began, waits = time.monotonic(), False
        while self._leads:
            shards, _ = await self._reading.progress({})
            if covers(position, shards):
                return True
            if not waits and time.monotonic() > began + LONG:
                waits = True
                _log.warning("domain_events_wait", line=line, error=f"archive is behind for {LONG:g} s")
            await asyncio.sleep(EVERY)
        return False

    async def _emit_rows(self, claim: Claim) -> None:
        ids = await ids_of(self._app, claim.persons)
        if lost := unnamed(claim.persons, ids):
            # All that viewers had read is stored: whoever has no id has no event in history either.
            self._app[METRICS].unnamed.inc(len(lost))
            _log.warning("persons_without_id", persons=len(lost), first=f"{lost[0]:016x}")
        left = list[int]()
        for some in _in_lists(ids, ROWS_AT_ONCE):
            now = self._app[CLOCK].now_ms()
            rows = await rows_of(self._redis, self._app[INSTALLATION], [ids[person] for person in some])
            found = dict[str, list[Found]]()
            for person in some:
                user = ids[person]
                own = await found_by_row(self._redis, rows[user], user, now)
                if own is None:
                    left.append(person)
                else:
                    found[user] = own
            await emit_all(self._redis, found.items())
        if left:
            await self._by_history.add(left)

    async def _emit_history(self, claim: Claim) -> None:
        ids = await ids_of(self._app, claim.persons)
        for some in _in_lists(ids.values(), ASKED_AT_ONCE):
            for known in await self._asked(some):
                await emit(self._redis, known.id, found_by_history(known))

    async def _asked(self, users: list[str]) -> list[Known]:
        while True:
            try:
                return await known_now(self._app, users, self._app[CLOCK].now_ms())
            except HistoryBusy:
                await asyncio.sleep(AGAIN)
            except TooCostly as error:
                # One person must not keep all who come after from being reported.
                if len(users) > 1:
                    return [known for user in users for known in await self._asked([user])]
                _log.warning("person_left_out", error=str(error))
                return []


def _in_lists(items: Iterable[T], most: int) -> Iterator[list[T]]:
    every = iter(items)
    while some := list(islice(every, most)):
        yield some


def _archived(position: Mapping[int, int], shards: Sequence[Progress]) -> bool:
    """Tell whether raw rows cover a position."""
    return all((shards[shard].raw or 0) >= at for shard, at in position.items())


def _settled(position: Mapping[int, int], shards: Sequence[Progress]) -> bool:
    """Tell whether a position has settled: what is late is counted in history by then."""
    return not behind(position, shards)


async def owed_resource(app: web.Application) -> AsyncIterator[None]:
    """Emit what is owed whenever this process leads, for as long as the application runs."""
    reporter = Reporter(app)
    async with running(reporter.lead, reporter.report_rows, reporter.report_history):
        yield
    try:
        await reporter.resign()
    except (RedisError, OSError) as error:
        _log.warning("owed_not_resigned", error=str(error))
