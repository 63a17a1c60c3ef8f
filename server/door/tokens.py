"""Tokens: bearer JWTs (HS256) with a person and scopes, and what a bearer may do by them."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Collection
from typing import Any, Final, NamedTuple

import jwt

from streakline.times import iso

SCOPES: Final = ("write", "write:self", "read:public", "read:self", "read:admin", "admin")
ALGORITHM: Final = "HS256"


class Grant(NamedTuple):
    """What the bearer of a request may do."""

    scopes: frozenset[str] = frozenset()
    sub: str | None = None
    """The person the token speaks for."""
    creators: frozenset[str] = frozenset()
    expires: float = float("inf")
    """Epoch seconds."""
    key: str = ""
    """The id of the API key that grants it; "" of a token."""

    def may(self, scope: str) -> bool:
        """Tell whether a scope is granted; `admin` grants all, `read:admin` all reads."""
        if scope in self.scopes or "admin" in self.scopes:
            return True
        return scope.startswith("read:") and "read:admin" in self.scopes


LEEWAY: Final = 60.0
"""Seconds by which the clocks of who mints and who verifies may differ."""
NOBODY: Final = Grant()
_OWN: Final = frozenset({"write:self", "read:self"})
"""Scopes that mean nothing without a person: without `sub` a writer could name anybody."""


_SIGNATURE_ALONE: Final[Any] = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}


class BadToken(ValueError):
    """A bearer token that does not hold; the message says why."""


def mint(
    secret: str,
    scope: str,
    sub: str | None = None,
    ttl: float | None = 3600.0,
    creators: Collection[str] = (),
) -> str:
    """Return a signed token.

    Args:
        secret: the installation's signing secret.
        scope: scopes separated by blanks.
        sub: the person it speaks for.
        ttl: seconds until it expires; None for never.
        creators: creators whose numbers its bearer may read.

    Raises:
        ValueError: if a scope is not known.
    """
    check_scopes(scope.split(), sub)
    now = int(time.time())
    claims: dict[str, object] = {"scope": scope, "iat": now}
    if ttl is not None:
        claims["exp"] = now + int(ttl)
    if sub:
        claims["sub"] = sub
    if creators:
        claims["creators"] = sorted(creators)
    return jwt.encode(claims, secret, ALGORITHM)


def check_scopes(scopes: Collection[str], sub: str | None) -> None:
    """Let scopes be granted to the bearer of a token or key who speaks for a person, or for nobody.

    Raises:
        ValueError: if there is none, one is not known, or one means nothing without a person.
    """
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes:
        msg = f"scope {' '.join(sorted(unknown))!r} is not known; the scopes are {', '.join(SCOPES)}"
        raise ValueError(msg)
    if not sub and (nameless := _OWN & set(scopes)):
        msg = f"scope {' '.join(sorted(nameless))!r} is for one person; say whom the bearer speaks for"
        raise ValueError(msg)


def verify(secret: str, token: str, now: float) -> Grant:
    """Return what a token grants at a time (epoch seconds).

    When it was issued (`iat`) refuses nothing: that is by the clock of whoever minted it.

    Raises:
        BadToken: if it is expired, not valid yet, signed by somebody else, or no token at all.
    """
    try:
        claims = jwt.decode(token, secret, algorithms=[ALGORITHM], options=_SIGNATURE_ALONE)
    except (jwt.InvalidTokenError, RecursionError, OverflowError) as error:
        msg = f"the token does not hold: {str(error)[:100].lower()}"
        raise BadToken(msg) from error
    try:
        # Escapes of JSON can spell halves of characters, which nobody could store or answer.
        json.dumps(claims, ensure_ascii=False).encode()
    except (UnicodeEncodeError, OverflowError) as error:
        msg = f"the token does not hold: {str(error)[:100]}"
        raise BadToken(msg) from error
    expires = _moment(claims, "exp", math.inf) + LEEWAY
    begins = _moment(claims, "nbf", -math.inf) - LEEWAY
    if now >= expires:
        msg = f"the token has expired at {_iso(expires - LEEWAY)}, and it is {_iso(now)}; get a new one"
        raise BadToken(msg)
    if now < begins:
        msg = f"the token holds only from {_iso(begins + LEEWAY)}, and it is {_iso(now)}; a clock is wrong, or wait"
        raise BadToken(msg)
    scope = claims.get("scope", "")
    creators = claims.get("creators", [])
    if not isinstance(scope, str) or not isinstance(creators, list):
        msg = "the token does not hold: scope must be a string and creators a list"
        raise BadToken(msg)
    scopes, sub = frozenset(scope.split()), claims.get("sub")
    if not sub and scopes & _OWN:
        msg = f"the token does not hold: scope {scope[:100]!r} needs a sub, the person it speaks for"
        raise BadToken(msg)
    return Grant(
        scopes,
        sub,
        frozenset(str(creator) for creator in creators),
        expires,
    )


def _moment(claims: dict[str, Any], name: str, default: float) -> float:
    try:
        moment = float(claims.get(name, default))
    except (TypeError, ValueError, OverflowError):
        moment = math.nan
    if math.isnan(moment):
        msg = f"the token does not hold: {name} {str(claims[name])[:40]!r} is no number of seconds"
        raise BadToken(msg)
    return moment


def _iso(seconds: float) -> str:
    return iso(int(seconds * 1000)) if math.isfinite(seconds) else str(seconds)
