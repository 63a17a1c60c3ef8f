"""Transport: one request to a platform. What goes wrong is told without its address, which may hold a token."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

import aiohttp

from server.metrics import Metrics
from streakline.platforms.connectors.connector import Connector
from streakline.platforms.connectors.exchange import Ask, Reply, answered_at
from streakline.platforms.connectors.faults import Fault, Faulty
from streakline.platforms.connectors.oauth import ClientApp, Tokens
from streakline.platforms.connectors.registry import address_of

SECONDS: Final = 20.0
"""For a whole answer."""
MOST: Final = 8 * 1024 * 1024
"""Bytes of one."""
CONNECTIONS: Final = 16
"""To one platform at a time."""


class _TooLong(ValueError):
    """An answer with more than `MOST` bytes."""


class Transport:
    """Sends requests to platforms. No proxy, no redirect, no cookie."""

    def __init__(
        self,
        apps: Mapping[str, ClientApp],
        metrics: Metrics,
        now_ms: Callable[[], int],
        seconds: float = SECONDS,
    ) -> None:
        """Be the applications that this installation is to platforms."""
        self._apps, self._metrics, self._now_ms, self._seconds = apps, metrics, now_ms, seconds
        self._opened: aiohttp.ClientSession | None = None

    async def send(self, connector: Connector, ask: Ask, tokens: Tokens | None) -> Reply:
        """Return the reply to a request, whatever its status.

        Raises:
            Faulty: `away` if there is none.
        """
        began, outcome = time.monotonic(), "away"
        try:
            reply = await self._sent(connector, ask, tokens)
            outcome = f"{reply.status // 100}xx"
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as failure:
            # `from None`: the library's own error repeats the address.
            raise Faulty(Fault("away", self._words(failure))) from None
        finally:
            self._metrics.platform_request(connector.name, outcome, time.monotonic() - began)
        return reply

    async def _sent(self, connector: Connector, ask: Ask, tokens: Tokens | None) -> Reply:
        headers, query = {"Accept": "application/json"}, ask.query
        if ask.signed and tokens is not None:
            if ask.in_query:
                query += ((ask.in_query, tokens.access),)
            else:
                name, scheme = (ask.header, "") if ask.header else ("Authorization", "Bearer ")
                headers[name] = scheme + tokens.access
        if ask.basic:
            headers["Authorization"] = aiohttp.encode_basic_auth(*ask.basic)
        data: dict[str, str] | bytes | None = None if ask.form is None else dict(ask.form)
        if ask.body:
            data, headers["Content-Type"] = ask.body, "application/json"
        url = address_of(connector, self._apps[connector.name], ask.base) + ask.path
        async with self._session().request(
            ask.method, url, params=query, data=data, headers=headers, allow_redirects=False
        ) as answer:
            body = await answer.content.read(MOST + 1)
            while len(body) <= MOST and (more := await answer.content.read(MOST + 1)):
                body += more
            if len(body) > MOST:
                msg = f"the answer is longer than {MOST} bytes"
                raise _TooLong(msg)
            told = {name.lower(): value for name, value in answer.headers.items()}
            return Reply(answer.status, told, body, answered_at(told, self._now_ms()))

    async def close(self) -> None:
        """Close what is open."""
        if self._opened is not None:
            await self._opened.close()

    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit_per_host=CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=self._seconds),
            )
        return self._opened

    def _words(self, failure: Exception) -> str:
        match failure:
            case TimeoutError():
                return f"no answer within {self._seconds:g} s"
            case aiohttp.ClientConnectorError():
                return f"no connection: {failure.os_error.strerror or type(failure.os_error).__name__}"
            case aiohttp.ClientPayloadError() | aiohttp.ServerDisconnectedError() | ConnectionError():
                return "the connection ended amid the answer"
            case _TooLong():
                return str(failure)
            case _:
                return f"no answer that can be read ({type(failure).__name__})"
