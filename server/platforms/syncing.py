"""Syncing: one look at one account by one process, and what is left word of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any, Final

import msgspec
import structlog
from aiohttp import web
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.metrics import Metrics
from server.platforms.connections import Connections
from server.platforms.grants import Grants
from server.platforms.ledger import Ledger
from server.platforms.outbox import CannotWrite, Outbox, Written
from server.platforms.talking import Talker
from server.resources.held import held
from server.resources.pipe import PipeFull, RedisAway
from streakline.platforms.connectors.connector import Connector
from streakline.platforms.connectors.faults import Fault, Faulty
from streakline.platforms.connectors.known import Connection
from streakline.platforms.connectors.look import Look
from streakline.platforms.connectors.quotas import Rate
from streakline.platforms.connectors.registry import CONNECTORS
from streakline.platforms.connectors.syncs import Sync, packed, unpacked
from streakline.streams import keys
from streakline.times import HOUR_MS

ASKED: Final = Rate(40, HOUR_MS)
"""How often a look at one account may be asked for."""
AT_ONCE: Final = 8
"""Accounts that one process looks at at a time."""
LOOK: Final = 0.1
"""Seconds between two looks at what another process is about."""
_log = structlog.get_logger()


class Syncs:
    """Looks at accounts, each in one process at a time."""

    def __init__(
        self,
        redis: Redis,
        connections: Connections,
        grants: Grants,
        talker: Talker,
        ledger: Ledger,
        outbox: Outbox,
        metrics: Metrics,
        now_ms: Callable[[], int],
    ) -> None:
        """Prepare; nobody is looked at yet."""
        self._redis, self._connections, self._grants, self._talker = redis, connections, grants, talker
        self._ledger, self._outbox, self._metrics, self._now_ms = ledger, outbox, metrics, now_ms
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting: dict[str, asyncio.Task[Sync]] = {}
        """Of which the look has not begun."""
        self._tasks: set[asyncio.Task[Sync]] = set()

    async def known(self, ids: list[str]) -> dict[str, Sync]:
        """Return what is known of some accounts.

        Raises:
            RedisError: if Redis does not answer.
        """
        found: Any = await self._redis.hmget(keys.PLATFORM_SYNCS, ids) if ids else []
        return {id_: unpacked(one) for id_, one in zip(ids, found, strict=True)}

    async def due(self) -> list[Connection]:
        """Return the accounts that are due, the longest waiting first; of those that are lost none is.

        Raises:
            RedisError: if Redis does not answer.
        """
        known = self._connections.known
        waiting = [id_ for id_, grant in known.grants.items() if grant.sealed and id_ in known.connections]
        syncs, now = await self.known(waiting), self._now_ms()
        ready = [id_ for id_ in waiting if syncs[id_].due <= now]
        return [known.connections[id_] for id_ in sorted(ready, key=lambda id_: (syncs[id_].due, id_))]

    async def ask_for(self, connections: list[Connection]) -> int:
        """Let accounts be due now: whoever dies before he has looked at them, another will.

        Returns:
            0, or the ms before which one of them was asked for too often, and then none is.

        Raises:
            RedisError: if Redis does not answer.
        """
        for one in connections:
            # Anybody may ask, and all share what may be asked of a platform.
            if until := await self._ledger.charge("asked", one.id, ASKED, 1):
                return until
        syncs = await self.known([one.id for one in connections])
        due: dict[Any, Any] = {
            id_: packed(msgspec.structs.replace(sync, due=0)) for id_, sync in syncs.items()
        }
        if due:
            await self._redis.hset(keys.PLATFORM_SYNCS, mapping=due)
        return 0

    def begin(self, connection: Connection) -> asyncio.Task[Sync]:
        """Look at an account in a task of this process. A look that has not begun yet is for all who ask for one."""
        task = self._waiting.get(connection.id)
        if task is None:
            task = asyncio.create_task(self._looked_at(connection))
            self._waiting[connection.id] = task
            self._tasks.add(task)
            task.add_done_callback(lambda done: self._ended(connection, done))
        return task

    async def close(self) -> None:
        """Cut short what is under way: others find it due."""
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _ended(self, connection: Connection, task: asyncio.Task[Sync]) -> None:
        self._tasks.discard(task)
        self._begun(connection, task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.warning(
                "platform_sync_broken", connection=connection.id, error=f"{type(error).__name__}: {error}"
            )

    def _begun(self, connection: Connection, task: asyncio.Task[Sync] | None) -> None:
        if self._waiting.get(connection.id) is task:
            del self._waiting[connection.id]

    async def _looked_at(self, connection: Connection) -> Sync:
        """Look at an account, or wait until the process that does so has.

        Raises:
            RedisError: if Redis does not answer; what was found is sent by the next look.
        """
        asked = self._now_ms()
        while True:
            async with self._turns, held(self._redis, keys.platform_lock(connection.id)) as mine:
                if mine:
                    self._begun(connection, asyncio.current_task())
                    sync = (await self.known([connection.id]))[connection.id]
                    # Somebody else may have looked at it since it was asked for.
                    if asked <= sync.began <= sync.ended:
                        return sync
                    return await self._look(connection, sync)
            await asyncio.sleep(LOOK)

    async def _look(self, connection: Connection, sync: Sync) -> Sync:
        began = self._now_ms()
        sync = msgspec.structs.replace(sync, began=began)
        await self._redis.hset(keys.PLATFORM_SYNCS, connection.id, packed(sync))
        connector, written = CONNECTORS[connection.platform], Written()
        whose = (connection.owner, connector.platform, connection.account)
        look = Look(*whose, began, frozenset(), dict(sync.notes))
        good: int | None = None
        try:
            await self._asked(connection, connector, look, written)
        except Faulty as faulty:
            look.fault("", faulty.fault)
            if faulty.fault.kind == "lost":
                await self._grants.lose(connection, faulty.fault.why)
        except (CannotWrite, RedisAway, PipeFull, OSError, RedisError) as error:
            look.fault("", Fault("away", f"nothing can be written here: {error}"))
            good = written.events
        except Exception:  # noqa: BLE001 - what nobody thought of in one account keeps no other from being looked at
            _log.exception("platform_sync_broken", connection=connection.id, platform=connection.platform)
            look.fault(
                "", Fault("unreadable", "the server failed to read what it was told; its log says why")
            )
        found = len(look.found) if good is None else good
        after = sync.after(look.faults, found, self._now_ms(), connector.pace, random.random())
        after = msgspec.structs.replace(
            after,
            values=written.events,
            position=written.position or sync.position,
            notes=look.notes,
            unknown=look.unknown,
        )
        if connection.id not in self._connections.known.removed:
            await self._redis.hset(keys.PLATFORM_SYNCS, connection.id, packed(after))
        self._metrics.platform_sync(connection.platform, after.outcome, written.events)
        told = {"connection": connection.id, "platform": connection.platform, "outcome": after.outcome}
        _log.info("platform_looked_at", **told, values=written.events, fault=after.fault)
        return after

    async def _asked(
        self, connection: Connection, connector: Connector, look: Look, written: Written
    ) -> None:
        await self._outbox.resume(connection.id, written)
        if connection.platform not in self._talker.apps:
            why = f"STREAKLINE_PLATFORMS names no application of {connection.platform}"
            raise Faulty(Fault("refused", why))
        tokens = await self._grants.tokens(connection)
        look.scopes = frozenset(tokens.scopes)

        async def refreshed(spent: Any) -> Any:
            return await self._grants.refreshed(connection, spent)

        try:
            await self._talker.talk(connector, connector.look(look), tokens, refreshed)
        finally:
            # What was found before a fault is good.
            await self._outbox.send(connection.id, look, written)


SYNCS: Final = web.AppKey("platform_syncs", Syncs)
