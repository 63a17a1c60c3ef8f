"""`POST /api/v1/analytics/sync`: look at accounts now, and wait for it if that is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from aiohttp import web

from server.api.platforms.connections import own_connection, owner_of
from server.api.settled import READING, seconds_to_wait
from server.door.answers import Answer, answer
from server.door.parameters import Parameters
from server.platforms.resource import PLATFORMS
from server.platforms.syncing import ASKED
from server.problems import Problem
from server.resources.clock import CLOCK
from streakline.platforms.connectors.known import Connection
from streakline.platforms.connectors.registry import CONNECTORS
from streakline.platforms.connectors.syncs import Sync
from streakline.platforms.names import PLATFORMS as NAMES
from streakline.streams import positions
from streakline.times import dec, iso

PARAMETERS: Final = ("user", "platform", "connection", "wait")
GOOD: Final = {"done", "partly"}


class SyncedAccount(Answer):
    """How a look at an account went.

    Attributes:
        connection: its id.
        platform: the platform's name.
        account: the platform's id of it.
        outcome: `begun` while it goes on; else `done`, `partly`, `unavailable`, `failed` or `lost`.
        fault: why it was not `done`; "" if it was.
        values: numbers that it wrote.
        next: when it is looked at again, RFC 3339; null while it goes on, and of one that is lost.
    """

    connection: str
    platform: str
    account: str
    outcome: str
    fault: str
    values: int
    next: str | None


class Synced(Answer):
    """Accounts that are looked at, and a position that covers all that was written of them until now."""

    position: str
    accounts: list[SyncedAccount]


async def post_sync(request: web.Request) -> web.Response:
    """`POST /api/v1/analytics/sync`: look at the accounts of a person now.

    Parameters: `user`, `platform`, `connection`, `wait`. Answer: 202 golden `synced` while it goes on, 200 once it is
    done; 429 `too-often`, 503 `platform-away` where no platform answers, 500 `sync-failed` where nothing could be had.
    """
    asked = Parameters(request, *PARAMETERS)
    owner = owner_of(request, asked)
    wanted = _wanted(request, asked, owner)
    wait = asked.read("wait", seconds_to_wait, 0.0, code="wait")
    if not wanted:
        return await _answer(request, [], status=200 if wait else 202)
    syncs = request.app[PLATFORMS].syncs
    if until := await syncs.ask_for(wanted):
        seconds = (until - request.app[CLOCK].now_ms()) / 1000
        detail = f"an account is looked at {ASKED.units} times an hour at most; ask again in {max(1, round(seconds))} s"
        raise Problem(429, "too-often", detail, retry_after=seconds)
    tasks = [syncs.begin(one) for one in wanted]
    if wait:
        # A client that leaves cuts short nobody's look.
        await asyncio.wait(tasks, timeout=wait)
    ended = [(one, _ended(task)) for one, task in zip(wanted, tasks, strict=True)]
    if all(sync is not None for _, sync in ended):
        _refuse([(one, sync) for one, sync in ended if sync is not None], request.app[CLOCK].now_ms())
        return await _answer(request, ended, status=200)
    return await _answer(request, ended, status=202)


def _wanted(request: web.Request, asked: Parameters, owner: str) -> list[Connection]:
    platform = asked.choice("platform", NAMES, None)
    id_ = asked.identity("connection", "connection", code="connection")
    if id_ is not None:
        return [own_connection(request, owner, id_)[1]]
    if PLATFORMS not in request.app:
        return []
    own = request.app[PLATFORMS].connections.known.of(owner)
    return [one for one in own if platform in {None, CONNECTORS[one.platform].platform}]


def _ended(task: asyncio.Task[Sync]) -> Sync | None:
    return task.result() if task.done() and not task.cancelled() else None


def _refuse(ended: Sequence[tuple[Connection, Sync]], now: int) -> None:
    """Let an answer be good where any account was.

    Raises:
        Problem: 503 if platforms do not answer now, 500 if nothing could be had for another reason.
    """
    if any(sync.outcome in GOOD for _, sync in ended):
        return
    told = "; ".join(f"{one.platform} {one.account}: {sync.fault}" for one, sync in ended)[:1_000]
    coming = [sync.due for _, sync in ended if sync.outcome != "lost"]
    planned = f"it is tried again at {iso(min(coming))}" if coming else "connect the account again"
    seconds = max(1, (min(coming) - now) / 1000) if coming else None
    if all(sync.outcome == "unavailable" for _, sync in ended):
        raise Problem(503, "platform-away", f"{told}; {planned}", retry_after=seconds)
    raise Problem(500, "sync-failed", f"{told}; {planned}", retry_after=seconds)


async def _answer(
    request: web.Request, ended: Sequence[tuple[Connection, Sync | None]], *, status: int
) -> web.Response:
    newest = await request.app[READING].last_ids()
    whole = positions.wanted(dict(enumerate(newest)), newest)
    position = positions.pack_position({shard: dec(at) for shard, at in whole.items()})
    accounts = [
        SyncedAccount(
            connection=one.id,
            platform=one.platform,
            account=one.account,
            outcome="begun" if sync is None else sync.outcome,
            fault="" if sync is None else sync.fault,
            values=0 if sync is None else sync.values,
            next=None if sync is None or sync.outcome == "lost" else iso(sync.due),
        )
        for one, sync in ended
    ]
    return answer(Synced(position=position, accounts=accounts), status=status)
