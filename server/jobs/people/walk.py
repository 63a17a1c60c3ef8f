"""A walk over persons in the order of their ids, whose place is kept: a run that was killed goes on where it was."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
import structlog
from aiohttp import web

from server.resources.history import HISTORY, HistoryBusy, TooCostly
from server.resources.redis_client import OWN_REDIS
from server.webhooks.known import WEBHOOKS
from server.webhooks.queue import MOST_PENDING, Queue
from streakline.history.cover import moment_of
from streakline.streams import keys

BATCH: Final = 200
"""Persons between two writes of the place."""
BUSY_SECONDS: Final = 2.0
"""After which history is asked again that had no turn: readers come first."""
MOST_AWAITED: Final = 60.0
"""Seconds for which a batch waits for webhooks that are behind."""
_log = structlog.get_logger()
Work = Callable[[str], Awaitable[None]]


class Place(msgspec.Struct, frozen=True):
    """How far a walk is.

    Attributes:
        run: which run; another one begins anew.
        after: the last person it is done with.
        done: it is done with all of them.
        until: the moment (ms) up to which the last run that came to its end has looked.
    """

    run: str = ""
    after: str = ""
    done: bool = False
    until: int = 0


_PLACE: Final = msgspec.json.Decoder(Place)


async def place_of(app: web.Application, job: str) -> Place:
    """Return how far the last run of a job is.

    Raises:
        RedisError: if Redis does not answer.
    """
    held: Any = await app[OWN_REDIS].hget(keys.JOB_PLACES, job)
    return Place() if held is None else _PLACE.decode(held)


async def walk(
    app: web.Application, job: str, run: str, played: tuple[int, int], until: int, work: Work
) -> None:
    """Do some work for everybody with a counted play in a range of closed quarter hours.

    Args:
        app: with the history that is asked.
        job: whose place is kept.
        run: which run it is: one that is done does nothing, one that was killed goes on.
        played: the range, ms.
        until: the moment (ms) that is kept once all is done.
        work: for one person; done again for at most `BATCH` of them by who goes on.

    Raises:
        HistoryAway: if ClickHouse does not answer.
        RedisError: if Redis does not.
    """
    place = await place_of(app, job)
    if place.run != run:
        place = Place(run=run, until=place.until)
    while not place.done:
        people = await _next(app, played, place.after)
        for user in people:
            await _in_turn(work, user)
        after = people[-1] if people else place.after
        done = len(people) < BATCH
        place = Place(run, after, done, until if done else place.until)
        await app[OWN_REDIS].hset(keys.JOB_PLACES, job, msgspec.json.encode(place))
        await _webhooks_keep_up(app)


async def _next(app: web.Application, played: tuple[int, int], after: str) -> list[str]:
    start, end = map(moment_of, played)
    while True:
        try:
            rows = await app[HISTORY].rows(
                "people/played_between", after=after, start=start, end=end, limit=BATCH
            )
        except HistoryBusy:
            await asyncio.sleep(BUSY_SECONDS)
        else:
            return [row["userId"] for row in rows]


async def _in_turn(work: Work, user: str) -> None:
    while True:
        try:
            await work(user)
        except HistoryBusy:
            await asyncio.sleep(BUSY_SECONDS)
        except TooCostly as error:
            # One person must not keep a job from all who come after.
            _log.warning("person_left_out", error=str(error))
            return
        else:
            return


async def _webhooks_keep_up(app: web.Application) -> None:
    """Wait while a webhook's queue is full, lest the stream passes it; one that is away is not awaited long."""
    queue = Queue(app[OWN_REDIS])
    for _ in range(round(MOST_AWAITED)):
        counts = await queue.counts(app[WEBHOOKS].known.active)
        if all(of["pending"] < MOST_PENDING for of in counts.values()):
            return
        await asyncio.sleep(1.0)
