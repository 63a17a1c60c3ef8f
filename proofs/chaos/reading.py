"""What the stack says: settled, live numbers, rows and views, read as any client would."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import aiohttp
import redis
from clickhouse_connect.driver.client import Client

from proofs.counting.plain import BREAKDOWNS, MEASURES, Identity
from proofs.running.stack import StackProcess
from sql.connection import connect
from streakline_client.live import Live

ONE_WAIT = 10.0
"""Seconds of one question whether something has settled."""


class Row(NamedTuple):
    """One identity in `events`, by group and not by FINAL."""

    duration: int
    bot: bool


class History(NamedTuple):
    """Everything that ClickHouse holds."""

    events: dict[Identity, Row]
    double: list[Identity]
    """Identities with more than one standing row."""
    quarters: dict[tuple[int, str], dict[str, Any]]
    """(start in ms, contentId) -> measure or breakdown -> value."""
    days: dict[tuple[int, str], dict[str, int]]
    """(start in ms, contentId) -> column of `daily_stats` -> value."""
    sums: dict[str, dict[str, int]]
    """View -> column -> its sum over all contents."""


class Reader:
    """Questions to a running stack."""

    def __init__(self, stack: StackProcess) -> None:
        """Prepare to ask."""
        self._stack = stack

    async def settled(self, position: str, seconds: float) -> bool:
        """Wait until a position has settled; return whether it has, within so many seconds."""
        deadline = time.monotonic() + seconds
        self.waiting_for: Any = "no answer"
        while (left := deadline - time.monotonic()) > 0:
            body = await self.get("/api/v1/settled", position=position, wait=str(min(ONE_WAIT, left)))
            if body is not None and body.get("settled"):
                return True
            self.waiting_for = body
            if body is None:
                await asyncio.sleep(0.1)
        return False

    async def get(
        self, path: str, *, of: int | None = 200, patience: float = ONE_WAIT + 10, **query: str
    ) -> dict[str, Any] | None:
        """Return what a path says with a status (None: with any), None if it says nothing."""
        limit = aiohttp.ClientTimeout(total=patience)
        headers = {"Authorization": f"Bearer {self._stack.token}"}
        try:
            async with (
                aiohttp.ClientSession(self._stack.url, headers=headers, timeout=limit) as session,
                session.get(path, params=query) as response,
            ):
                return await response.json() if of in (None, response.status) else None
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None  # the server may just have been killed

    async def ready(self) -> bool:
        """Tell whether the server says that it can do its work."""
        return await self.get("/ready") is not None

    async def reasons(self) -> list[str] | None:
        """Return why the server says that it cannot do its work, None if it does not answer."""
        body = await self.get("/ready", of=None, patience=3)
        return None if body is None else [str(reason) for reason in body["reasons"]]

    async def overview(self) -> dict[str, Any]:
        """Return the data of the topic `overview`, from a new connection.

        Raises:
            TimeoutError: if it does not come in time.
        """
        async with (
            asyncio.timeout(10),
            Live(self._stack.url, ["overview"], token=self._stack.token) as messages,
        ):
            return await anext(message.data async for message in messages if message.type == "snapshot")

    def dead_letters(self) -> list[str]:
        """Return what stands in the dead letters."""
        with redis.Redis.from_url(self._stack.redis_url, socket_timeout=10) as client:
            letters: Any = client.xrange("sl:dead")
        return [str({name: value[:200] for name, value in fields.items()}) for _, fields in letters]

    def recount_differences(self) -> int:
        """Return how often a recount found another value than the provisional row that it replaced."""
        with redis.Redis.from_url(self._stack.redis_url, socket_timeout=10, decode_responses=True) as client:
            found = [client.hget(name, "archive:differences") for name in client.scan_iter("sl:{*}:progress")]
        return sum(int(str(value)) for value in found if value)

    def history(self, prefix: str = "") -> History:
        """Return what ClickHouse holds, of contents whose names begin with `prefix`."""
        client = clickhouse(self._stack)
        try:
            return _history(client, prefix)
        finally:
            client.close()


def clickhouse(stack: StackProcess) -> Client:
    """Return a new client of a stack's ClickHouse."""
    return connect(stack.clickhouse_url, seconds=300)


def _history(client: Client, prefix: str) -> History:
    def rows(query: str) -> Sequence[Sequence[Any]]:
        return client.query(query, parameters={"prefix": prefix}).result_rows

    of = "startsWith(contentId, {prefix:String})"
    track = of.replace("contentId", "trackId")
    identity = "contentId, toUnixTimestamp64Milli(ts), id"
    events = rows(
        f"select {identity}, max(duration), argMax(bot, version) from events"  # noqa: S608
        f" where {of} group by contentId, ts, id"
    )
    double = rows(
        f"select {identity} from events final where {of} group by contentId, ts, id having count() > 1"  # noqa: S608
    )
    # What belongs to no content has a row in several shards.
    columns = (*(f"sum({name})" for name in MEASURES), *(f"sumMap({name})" for name in BREAKDOWNS))
    quarters = rows(
        f"select toUnixTimestamp(at) * 1000, contentId, {', '.join(columns)} from rollup final"  # noqa: S608
        f" where grain = 'quarter' and {of} group by at, contentId"
    )
    names = ("totalPlays", "uniquePlays", "totalLikes", "totalShares", "totalDownloads", "totalSaves")
    days = rows(
        f"select toUnixTimestamp(toDateTime(date, 'UTC')) * 1000, trackId, {', '.join(names)}"  # noqa: S608
        f" from daily_stats where {track}"
    )
    sums = {}
    summed = [name for name in names if name != "uniquePlays"]  # a set: its sums over periods mean nothing
    for view in ("daily_stats", "weekly_stats", "monthly_stats", "yearly_stats"):
        total = ", ".join(f"sum({name})" for name in summed)
        [row] = rows(f"select {total} from {view} where {track}")  # noqa: S608
        sums[view] = dict(zip(summed, row, strict=True))
    [(plays,)] = rows(f"select count() from play_events where not skipped and {track}")  # noqa: S608
    sums["play_events"] = {"totalPlays": plays}
    return History(
        {Identity(r[0], r[1], r[2]): Row(r[3], r[4]) for r in events},
        [Identity(*r) for r in double],
        {(r[0], r[1]): dict(zip((*MEASURES, *BREAKDOWNS), r[2:], strict=True)) for r in quarters},
        {(r[0], r[1]): dict(zip(names, r[2:], strict=True)) for r in days},
        sums,
    )
