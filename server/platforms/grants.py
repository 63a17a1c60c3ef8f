"""Grants: the tokens of accounts, and the one process at a time that takes a grant for newer ones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from redis.asyncio import Redis

from server.platforms.connections import Connections
from server.platforms.sealing import Sealed, Sealer
from server.platforms.talking import Talker
from server.resources.leader import Leader
from streakline.platforms.connectors.connector import Connector
from streakline.platforms.connectors.faults import Fault, Faulty
from streakline.platforms.connectors.known import Connection, Grant
from streakline.platforms.connectors.oauth import Tokens
from streakline.platforms.connectors.registry import CONNECTORS
from streakline.streams import keys

HOLD_MS: Final = 60_000
"""How long a refresh may take in all: longer than all its attempts together."""
SECONDS: Final = 45.0
"""After which one is given up, so that nobody else begins one meanwhile."""
LOOK: Final = 0.1
"""Seconds between two looks at what another process is about."""
_log = structlog.get_logger()


class Grants:
    """The grants of an installation."""

    def __init__(
        self,
        redis: Redis,
        connections: Connections,
        sealer: Sealer,
        talker: Talker,
        now_ms: Callable[[], int],
    ) -> None:
        """Prepare; nothing is asked yet."""
        self._redis, self._connections, self._sealer = redis, connections, sealer
        self._talker, self._now_ms = talker, now_ms

    def sealed(self, id_: str, generation: int, tokens: Tokens) -> Grant:
        """Return tokens as they are kept."""
        return Grant(id_, generation, self._sealer.seal(_use(id_), tokens), self._now_ms())

    def kept(self, connection: Connection) -> Tokens:
        """Return the tokens that are kept, whether they hold or not.

        Raises:
            Faulty: if there are none.
        """
        return self._opened(self._grant(connection))

    async def tokens(self, connection: Connection) -> Tokens:
        """Return tokens that hold, newer ones where those that are kept do not.

        Raises:
            Faulty: `lost` if the grant is, `away` if nobody can say.
            RedisError: if Redis does not answer.
        """
        tokens = self._opened(self._grant(connection))
        if tokens.holds(self._now_ms(), CONNECTORS[connection.platform].early):
            return tokens
        try:
            return await self.refreshed(connection, tokens)
        except Faulty as faulty:
            if faulty.fault.kind == "lost" or not tokens.holds(self._now_ms()):
                raise
            return tokens  # it was only early

    async def refreshed(self, connection: Connection, spent: Tokens) -> Tokens:
        """Return tokens in place of some that do not hold: another process may have them already.

        Raises:
            Faulty: `lost` if the grant is, `away` if nobody can say.
            RedisError: if Redis does not answer.
            OSError: if the file of connections cannot be written; nothing was asked then.
        """
        lock = Leader(self._redis, keys.platform_refresh(connection.id), hold_ms=HOLD_MS)
        try:
            async with asyncio.timeout(SECONDS):
                while True:
                    mine = await lock.leads()
                    # What another process has kept is known here once Redis was asked.
                    await self._connections.look()
                    grant = self._grant(connection)
                    tokens = self._opened(grant)
                    if tokens.access != spent.access:
                        return tokens
                    if mine:
                        return await self._newer(connection, grant, tokens)
                    await asyncio.sleep(LOOK)
        except TimeoutError:
            raise Faulty(Fault("away", f"no newer token within {SECONDS:g} s")) from None
        finally:
            await lock.resign()

    async def lose(self, connection: Connection, why: str) -> None:
        """Keep that a grant is lost, and why.

        Raises:
            OSError: if the file of connections cannot be written.
            RedisError: if Redis does not answer.
        """
        grant = self._connections.known.grants.get(connection.id)
        if grant is not None and grant.sealed:
            _log.warning(
                "platform_grant_lost", connection=connection.id, platform=connection.platform, why=why
            )
            lost = Grant(connection.id, grant.generation + 1, "", self._now_ms(), why)
            await self._connections.keep(lost)

    async def _newer(self, connection: Connection, grant: Grant, tokens: Tokens) -> Tokens:
        connector: Connector = CONNECTORS[connection.platform]
        app = self._talker.apps[connection.platform]
        # The file must take what comes: a refresh token works once, and the one before is dead by then.
        await self._connections.keep(grant)
        newer = await self._talker.talk(connector, connector.refresh(app, tokens, self._now_ms()))
        await asyncio.shield(self._connections.keep(self.sealed(connection.id, grant.generation + 1, newer)))
        return newer

    def _grant(self, connection: Connection) -> Grant:
        grant = self._connections.known.grants.get(connection.id)
        if grant is None:
            raise Faulty(Fault("lost", "the connection was removed"))
        if not grant.sealed:
            raise Faulty(Fault("lost", grant.why))
        return grant

    def _opened(self, grant: Grant) -> Tokens:
        try:
            return self._sealer.open(_use(grant.id), grant.sealed, Tokens)
        except Sealed as error:
            raise Faulty(Fault("refused", str(error))) from error


def _use(id_: str) -> str:
    return f"tokens of {id_}"
