"""A walk over persons in the order of their ids, whose place is kept: a run that was killed goes on where it was."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

import msgspec
import structlog
from aiohttp import web

from server.jobs.people.pace import Pace
from server.person_history import closed_end_of
from server.resources.history import HISTORY, PARAMETER_BYTES, HistoryBusy, TooCostly, sent_size
from server.resources.kept import read_shards
from server.resources.redis_client import INSTALLATION, OWN_REDIS
from server.webhooks.known import WEBHOOKS
from server.webhooks.queue import Queue
from streakline.history.cover import moment_of
from streakline.streams import keys

BATCH: Final = 500
"""Persons between two writes of the place, at most."""
MOST_ROWS: Final = 100_000
"""Rows of a batch, which are held in memory: a person who has more is a batch."""
BUSY_SECONDS: Final = 2.0
"""After which history is asked again that had no turn: readers come first."""
_log = structlog.get_logger()
Work = Callable[[list[str]], Awaitable[None]]


class Player(NamedTuple):
    """A person who played, and how many rows history has of the person."""

    user: str
    size: int


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
        work: for a batch of persons; done again for one of them by who goes on.

    Raises:
        HistoryAway: if ClickHouse does not answer.
        RedisError: if Redis does not.
    """
    place = await place_of(app, job)
    pace = Pace(Queue(app[OWN_REDIS]), lambda: app[WEBHOOKS].known.active)
    if place.run != run:
        place = Place(run=run, until=place.until)
    while not place.done:
        people = await _next(app, played, place.after)
        for batch in batches(people):
            await _in_turn(app, work, batch)
            place = Place(run, batch[-1], done=False, until=place.until)
            await _keep(app, job, place)
            await pace.keep()
        if len(people) < BATCH:
            await _keep(app, job, place := Place(run, place.after, done=True, until=until))


def batches(people: Iterable[Player]) -> Iterator[list[str]]:
    """Yield persons in their order, as many at once as are held in memory and have room in a parameter."""
    batch: list[str] = []
    rows = sent = 0
    for user, size in people:
        if batch and (rows + size > MOST_ROWS or sent + sent_size(user) > PARAMETER_BYTES):
            yield batch
            batch, rows, sent = [], 0, 0
        batch.append(user)
        rows, sent = rows + size, sent + sent_size(user)
    if batch:
        yield batch


async def closed_now(app: web.Application, as_of: int) -> int:
    """Return the moment (ms) up to which closed quarter hours answer a question as of a moment (ms).

    Raises:
        RedisError: if Redis does not answer.
    """
    return closed_end_of(await read_shards(app[OWN_REDIS], app[INSTALLATION].shards), as_of)


async def _keep(app: web.Application, job: str, place: Place) -> None:
    await app[OWN_REDIS].hset(keys.JOB_PLACES, job, msgspec.json.encode(place))


async def _next(app: web.Application, played: tuple[int, int], after: str) -> list[Player]:
    start, end = map(moment_of, played)
    while True:
        try:
            rows = await app[HISTORY].rows(
                "people/played_between", after=after, start=start, end=end, limit=BATCH
            )
        except HistoryBusy:
            await asyncio.sleep(BUSY_SECONDS)
        else:
            return [Player(row["userId"], row["size"]) for row in rows]


async def _in_turn(app: web.Application, work: Work, users: list[str]) -> None:
    """Work for some persons when history has a turn for it and no reader waits for one."""
    while True:
        if not app[HISTORY].is_crowded:
            with contextlib.suppress(HistoryBusy):
                await _but_for_the_costly(app, work, users)
                return
        await asyncio.sleep(BUSY_SECONDS)


async def _but_for_the_costly(app: web.Application, work: Work, users: list[str]) -> None:
    """Work for some persons; where that is too costly, for halves of them, down to one, who is left out."""
    try:
        await work(users)
    except TooCostly as error:
        if len(users) == 1:
            # One person must not keep a job from all who come after.
            _log.warning("person_left_out", person=users[0], error=str(error))
            return
        for half in users[: len(users) // 2], users[len(users) // 2 :]:
            await _in_turn(app, work, half)
