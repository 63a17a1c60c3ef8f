"""Bearers: what the text of `Authorization: Bearer` grants, be it an API key or a token."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web

from server.door.tokens import BadToken, Grant, verify
from server.resources.api_keys import API_KEYS, ApiKeys
from server.resources.clock import CLOCK, Clock
from server.resources.redis_client import SETTINGS
from streakline.door.api_keys import PREFIX, digest_of, id_of
from streakline.settings import Settings
from streakline.times import iso


class Bearers:
    """Reads keys and tokens."""

    def __init__(self, keys: ApiKeys, settings: Settings, clock: Clock) -> None:
        self._keys, self._settings, self._clock = keys, settings, clock
        self._remembered: dict[str, Grant] = {}
        """Keys that held once, by their text, so that none is digested twice: as many as there are keys."""

    def grant(self, text: str) -> Grant:
        """Return what a key or token grants now.

        Raises:
            BadToken: if it does not hold; the message says why.
        """
        grant = self._remembered.get(text)
        if grant is None:
            if not text.startswith(PREFIX):
                return verify(self._settings.secret, text, self._clock.now())
            grant = self._remembered[text] = self._of_key(text)
        if ended := self.ended(grant):
            raise BadToken(f"{ended}; get a new one")
        return grant

    def ended(self, grant: Grant) -> str:
        """Return why a grant that held does not hold any more; "" while it does."""
        if grant.key and self._keys.is_revoked(grant.key):
            return f"the key {grant.key} was revoked at {iso(self._keys.known.revoked[grant.key])}"
        if self._clock.now() >= grant.expires:
            bearer = f"the key {grant.key}" if grant.key else "the token"
            return f"{bearer} has expired"
        return ""

    def _of_key(self, text: str) -> Grant:
        id_ = id_of(text)
        key = None if id_ is None else self._keys.known.keys.get(id_)
        if key is None or not hmac.compare_digest(digest_of(text), key.digest):
            msg = "the key is not known here; `streakline key list` names those that are"
            raise BadToken(msg)
        expires = float("inf") if key.expires is None else key.expires / 1000
        return Grant(frozenset(key.scopes), key.user, frozenset(key.creators), expires, key.id)


BEARERS: Final = web.AppKey("bearers", Bearers)


async def bearers_resource(app: web.Application) -> AsyncIterator[None]:
    """Read keys and tokens for as long as the application runs."""
    app[BEARERS] = Bearers(app[API_KEYS], app[SETTINGS], app[CLOCK])
    yield
