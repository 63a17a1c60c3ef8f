"""Bearers: what the text of `Authorization: Bearer` grants, be it an API key or a token."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web

from server.door.tokens import (
    ALGORITHM,
    ASYMMETRIC,
    BadToken,
    Grant,
    NotRenewable,
    renewed,
    signed_by,
    verify,
    verify_signed,
)
from server.resources.clock import CLOCK, Clock
from server.resources.public_keys import PUBLIC_KEYS, PublicKeys
from server.resources.redis_client import SETTINGS
from server.resources.revocable.api_keys import API_KEYS, ApiKeys
from streakline.door.api_keys import PREFIX, digest_of, id_of
from streakline.settings import Settings
from streakline.times import iso


class Bearers:
    """Reads keys and tokens."""

    def __init__(self, keys: ApiKeys, signers: PublicKeys, settings: Settings, clock: Clock) -> None:
        self._keys, self._signers, self._clock = keys, signers, clock
        self._secrets = (settings.secret, *settings.older_secrets)
        self._audience, self._issuer = settings.jwks_audience, settings.jwks_issuer
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
                return self._of_token(text)
            grant = self._remembered[text] = self._of_key(text)
        if ended := self.ended(grant):
            raise BadToken(f"{ended}; get a new one")
        return grant

    def renewed(self, text: str) -> tuple[str, float]:
        """Return a token like this one that ends later, and when, in epoch seconds.

        Raises:
            BadToken: if it does not hold.
            NotRenewable: if it is a key, another's token, or not made to be renewed.
        """
        self.grant(text)
        if text.startswith(PREFIX) or signed_by(text)[0] != ALGORITHM:
            msg = "only a token of this server is renewed; a key does not end, and another's token is its issuer's"
            raise NotRenewable(msg)
        return renewed(self._secrets, text, self._clock.now())

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
        key = None if id_ is None else self._keys.known.kept.get(id_)
        if key is None or not hmac.compare_digest(digest_of(text), key.digest):
            msg = "the key is not known here; `streakline key list` names those that are"
            raise BadToken(msg)
        expires = float("inf") if key.expires is None else key.expires / 1000
        return Grant(frozenset(key.scopes), key.user, frozenset(key.creators), expires, key.id)

    def _of_token(self, text: str) -> Grant:
        if self._audience:
            algorithm, kid = signed_by(text)
            if algorithm in ASYMMETRIC:
                key = self._signers.find(kid)
                if key is None:
                    raise BadToken(f"the token does not hold: {self._signers.unknown(kid)}")
                return verify_signed(key, text, self._clock.now(), self._audience, self._issuer)
        return verify(self._secrets, text, self._clock.now())


BEARERS: Final = web.AppKey("bearers", Bearers)


async def bearers_resource(app: web.Application) -> AsyncIterator[None]:
    """Read keys and tokens for as long as the application runs."""
    app[BEARERS] = Bearers(app[API_KEYS], app[PUBLIC_KEYS], app[SETTINGS], app[CLOCK])
    yield
