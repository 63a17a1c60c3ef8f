"""Public keys of who signs tokens for us: read from a JWKS address, and again when a token names an unknown one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

import aiohttp
import jwt
import structlog
from aiohttp import web

from server.resources.redis_client import SETTINGS
from server.resources.tasks import running

EVERY: Final = 300.0
"""Seconds between two reads."""
AT_MOST_EVERY: Final = 5.0
"""The same, while tokens name keys that are not known: anybody may send such a token."""
TIMEOUT: Final = 5.0
MOST_BYTES: Final = 256 * 1024
_log = structlog.get_logger()


class PublicKeys:
    """The keys that an address named when it last answered."""

    def __init__(self, url: str) -> None:
        """Know no key yet; with no `url` never any."""
        self._url = url
        self._keys: dict[str, jwt.PyJWK] = {}
        self._wanted = asyncio.Event()
        self._why = "they were not read yet"
        """Why the newest read failed; "" if it did not."""

    def find(self, kid: str) -> jwt.PyJWK | None:
        """Return the key of an id, also the only one for a token that names none; None if it is not known."""
        if not kid and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        key = self._keys.get(kid)
        if key is None:
            self._wanted.set()
        return key

    def unknown(self, kid: str) -> str:
        """Return what the bearer of a token whose key is not known is told."""
        failed = f"; reading the keys failed: {self._why}" if self._why else ""
        return f"no public key has the id {kid[:40]!r}{failed}; if it is a new one, try again in {AT_MOST_EVERY:g} s"

    async def read(self) -> None:
        """Read the keys; those that were known stay where the address does not answer, which is logged."""
        try:
            timeout = aiohttp.ClientTimeout(total=TIMEOUT)
            async with aiohttp.ClientSession(timeout=timeout) as session, session.get(self._url) as response:
                response.raise_for_status()
                self._keys = _keys(await _body(response))
            self._why = ""
        except (
            aiohttp.ClientError,
            TimeoutError,
            OSError,
            ValueError,
            AttributeError,
            jwt.PyJWTError,
        ) as error:
            self._why = (str(error) or type(error).__name__)[:200]
            _log.warning("public_keys_not_read", url=self._url, error=self._why, known=len(self._keys))

    async def run(self) -> None:
        """Read the keys again and again, for ever."""
        while True:
            began = time.monotonic()
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._wanted.wait()
            await asyncio.sleep(max(0.0, began + AT_MOST_EVERY - time.monotonic()))
            self._wanted.clear()
            await self.read()


PUBLIC_KEYS: Final = web.AppKey("public_keys", PublicKeys)


async def public_keys_resource(app: web.Application) -> AsyncIterator[None]:
    """Keep the keys up to date for as long as the application runs, if the settings name an address."""
    url = app[SETTINGS].jwks_url
    app[PUBLIC_KEYS] = keys = PublicKeys(url)
    if not url:
        yield
        return
    await keys.read()
    async with running(keys.run):
        yield


async def _body(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MOST_BYTES:
            msg = f"the answer is larger than {MOST_BYTES} bytes"
            raise ValueError(msg)
    return bytes(body)


def _keys(body: bytes) -> dict[str, jwt.PyJWK]:
    return {key.key_id or "": key for key in jwt.PyJWKSet.from_json(body.decode()).keys}
