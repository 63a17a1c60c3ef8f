"""Sender: one attempt to deliver, over a connection that goes to an address which was looked at.

The address is checked where the socket is made, so it is the one that is connected to: a name that resolves to another
one the second time gains nothing. No proxy, no redirect, no cookie, and nothing of the answer but its status.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any, Final

import aiohttp

from streakline.webhooks.addresses import ALLOW, is_public
from streakline.webhooks.deliveries import LONGEST_ERROR, Attempt, Delivery, ms_asked
from streakline.webhooks.known import Webhook
from streakline.webhooks.signing import signed

SECONDS: Final = 15.0
"""For one attempt, from the name's lookup to the status of the answer."""
MOST_READ: Final = 8_190
"""Bytes of a line of the answer's head; its body is not read."""
USER_AGENT: Final = "Streakline-Webhooks/1"


class NotPublic(OSError):
    """An address that deliveries may not go to."""


class Sender:
    """Posts deliveries."""

    def __init__(self, now_ms: Callable[[], int], *, private: bool, seconds: float = SECONDS) -> None:
        """Open nothing yet.

        Args:
            now_ms: the time.
            private: whether addresses that are not public are allowed.
            seconds: for one attempt.
        """
        self._now_ms, self._seconds = now_ms, seconds
        self._make_socket = _any_socket if private else _public_socket
        self._opened: aiohttp.ClientSession | None = None

    async def send(self, hook: Webhook, delivery: Delivery) -> tuple[Attempt, int]:
        """Try to deliver; return the attempt, and for how many ms the receiver asks to be left alone."""
        at, began = self._now_ms(), time.monotonic()
        status, error, asked = None, None, 0
        body = delivery.body.encode()
        headers = signed(hook.secret, delivery.event, at // 1000, body)
        headers |= {"Content-Type": "application/json", "User-Agent": USER_AGENT}
        try:
            async with self._session().post(
                hook.url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                status = answer.status
                asked = ms_asked(answer.headers.get("Retry-After"))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as failure:
            error = self._words(failure)[:LONGEST_ERROR]
        ms = round((time.monotonic() - began) * 1000)
        return Attempt(at=at, ms=ms, status=status, error=error), asked

    async def close(self) -> None:
        """Close what is open."""
        if self._opened is not None:
            await self._opened.close()

    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            connector = aiohttp.TCPConnector(
                limit=0, use_dns_cache=False, force_close=True, socket_factory=self._make_socket
            )
            self._opened = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=self._seconds),
                auto_decompress=False,
                max_line_size=MOST_READ,
                max_field_size=MOST_READ,
            )
        return self._opened

    def _words(self, failure: Exception) -> str:
        """Return why there was no answer; a library's own words might repeat the address with what is secret in it."""
        match failure:
            case TimeoutError():
                return f"no answer within {self._seconds:g} s"
            case aiohttp.InvalidURL():
                return "the address cannot be used"
            case aiohttp.ClientConnectorDNSError():
                return "the host's name is not known"
            case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError():
                return f"no secure connection: {failure.__cause__}"
            case aiohttp.ClientConnectorError():
                return f"no connection: {failure.os_error}"
            case aiohttp.ServerDisconnectedError() | ConnectionError():
                return "the connection ended without an answer"
            case _:
                return f"no answer that can be read ({type(failure).__name__})"


def _any_socket(info: Any) -> socket.socket:
    family, kind, protocol, _, _ = info
    return socket.socket(family, kind, protocol)


def _public_socket(info: Any) -> socket.socket:
    address = info[4][0]
    if not is_public(address):
        msg = f"{address} is no public address; {ALLOW}"
        raise NotPublic(msg)
    return _any_socket(info)
