"""Authorizing: a person is sent to a platform to say yes, and comes back with a code for tokens."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Callable
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from redis.asyncio import Redis

from server.platforms.connections import Connections
from server.platforms.grants import Grants
from server.platforms.sealing import Sealed, Sealer
from server.platforms.talking import Talker
from streakline.platforms.connectors.faults import Fault, Faulty
from streakline.platforms.connectors.known import Connection
from streakline.platforms.connectors.oauth import STATE_MS, Request, hashed
from streakline.platforms.connectors.registry import CONNECTORS, address_of
from streakline.streams import keys

WORD_BYTES: Final = 32
LONGEST: Final = 4_096
"""Characters of a state or code that are looked at."""
_USE: Final = "request for a grant"


class Begun(NamedTuple):
    """Where a person is sent, and the word that his browser keeps until he is back."""

    url: str
    browser: str
    expires: int


class NotAsked(ValueError):
    """A state that was not given out here, or is too old, used up, or another browser's."""


class Authorizing:
    """Requests for grants of an installation."""

    def __init__(
        self,
        redis: Redis,
        connections: Connections,
        grants: Grants,
        sealer: Sealer,
        talker: Talker,
        now_ms: Callable[[], int],
    ) -> None:
        """Prepare; nobody is asked yet."""
        self._redis, self._connections, self._grants = redis, connections, grants
        self._sealer, self._talker, self._now_ms = sealer, talker, now_ms

    async def begin(self, owner: str, platform: str, redirect: str) -> Begun:
        """Return where a person is sent to connect an account of his.

        Raises:
            RedisError: if Redis does not answer.
        """
        connector, app = CONNECTORS[platform], self._talker.apps[platform]
        state, verifier, browser = (secrets.token_urlsafe(WORD_BYTES) for _ in range(3))
        expires = self._now_ms() + STATE_MS
        request = Request(owner, platform, verifier, redirect, hashed(browser), expires)
        key = keys.platform_state(hashed(state))
        await self._redis.set(key, self._sealer.seal(_USE, request), px=STATE_MS)
        ask = connector.authorize(app, redirect, state, verifier)
        return Begun(
            f"{address_of(connector, app, ask.base)}{ask.path}?{urlencode(ask.query)}", browser, expires
        )

    async def returned(self, platform: str, state: str, browser: str) -> Request:
        """Return the request that a state is of; it is used up by that.

        Raises:
            NotAsked: if there is none for this platform and browser.
            RedisError: if Redis does not answer.
        """
        sealed: Any = None
        if state:
            sealed = await self._redis.getdel(keys.platform_state(hashed(state[:LONGEST])))
        if sealed is None:
            raise NotAsked("nobody asked for this here, or it was used, or it took longer than ten minutes")
        try:
            request = self._sealer.open(_USE, sealed.decode(), Request)
        except Sealed as error:
            raise NotAsked(str(error)) from error
        if request.platform != platform or request.expires <= self._now_ms():
            raise NotAsked("it was asked of another platform, or it took longer than ten minutes")
        if not hmac.compare_digest(request.browser, hashed(browser)):
            raise NotAsked("it was asked for in another browser")
        return request

    async def connect(self, request: Request, code: str) -> Connection:
        """Return the connection that a code gives: a new one, or that of the account taken up again.

        Raises:
            Faulty: if the platform gives no tokens for it.
            OSError: if the file of connections cannot be written.
            RedisError: if Redis does not answer.
        """
        connector, app = CONNECTORS[request.platform], self._talker.apps[request.platform]
        now = self._now_ms()
        asking = connector.exchange(app, code, request.redirect, request.verifier, now)
        tokens = await self._talker.talk(connector, asking)
        account = await self._talker.talk(connector, connector.who(tokens), tokens)
        known = self._connections.known
        own = (one for one in known.of(request.owner) if one.platform == request.platform)
        connection = next((one for one in own if one.account == account.id), None) or Connection(
            id=base64.b32encode(secrets.token_bytes(7)).decode().lower()[:10],
            owner=request.owner,
            platform=request.platform,
            account=account.id,
            name=account.name,
            created=now,
        )
        before = known.grants.get(connection.id)
        generation = 1 if before is None else before.generation + 1
        await self._connections.add(connection, self._grants.sealed(connection.id, generation, tokens))
        return connection

    async def give_back(self, connection: Connection) -> None:
        """Tell a platform that a grant is not used any more, as far as it can be told.

        Raises:
            Faulty: if it was not.
            RedisError: if Redis does not answer.
        """
        connector, app = CONNECTORS[connection.platform], self._talker.apps.get(connection.platform)
        if app is None:
            raise Faulty(Fault("refused", "no application of the platform is set"))
        ask = connector.revoke(app, self._grants.kept(connection))
        if ask is not None:
            await self._talker.tell(connector, ask)
