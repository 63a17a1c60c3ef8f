"""Tokens: bearer JWTs, signed by a secret of ours or by another's private key, and what their bearer may do."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

import jwt

from streakline.times import iso

SCOPES: Final = ("write", "write:self", "read:public", "read:self", "read:admin", "admin")
ALGORITHM: Final = "HS256"
ASYMMETRIC: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Of tokens that others sign. Never one by a shared secret: whoever has the public key could sign such a token."""


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
RENEW_UNTIL: Final = "renewUntil"
"""The claim that lets a token be renewed, with the last second to which: who did not ask for it has none."""
LONGEST_SUB: Final = 200
"""Characters of a person's id."""
NOBODY: Final = Grant()
READ_OWN: Final = "read:self"
_OWN: Final = frozenset({"write:self", READ_OWN})
"""Scopes that mean nothing without a person: without `sub` a writer could name anybody."""


_SIGNATURE_ALONE: Final[Any] = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
_BROKEN: Final = (jwt.PyJWTError, RecursionError, OverflowError)


class BadToken(ValueError):
    """A bearer token that does not hold; the message says why."""


class NotRenewable(ValueError):
    """A token that holds and is not renewed; the message says why."""


def mint(
    secret: str,
    scope: str,
    sub: str | None = None,
    ttl: float | None = 3600.0,
    creators: Collection[str] = (),
    renewable: float = 0.0,
) -> str:
    """Return a signed token.

    Args:
        secret: the installation's signing secret.
        scope: scopes separated by blanks.
        sub: the person it speaks for.
        ttl: seconds until it expires; None for never.
        creators: creators whose numbers its bearer may read.
        renewable: seconds for which its bearer may have it renewed.

    Raises:
        ValueError: if a scope is not known.
    """
    check_scopes(scope.split(), sub, creators)
    now = int(time.time())
    claims: dict[str, object] = {"scope": scope, "iat": now}
    if ttl is not None:
        claims["exp"] = now + int(ttl)
    if sub:
        claims["sub"] = sub
    if creators:
        claims["creators"] = sorted(creators)
    if renewable:
        claims[RENEW_UNTIL] = now + int(renewable)
    return jwt.encode(claims, secret, ALGORITHM)


def check_scopes(scopes: Collection[str], sub: str | None, creators: Collection[str]) -> None:
    """Let scopes be granted to the bearer of a token or key who speaks for a person, for creators, or for nobody.

    Raises:
        ValueError: if there is none, one is not known, or one means nothing without a person.
    """
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes:
        msg = f"scope {' '.join(sorted(unknown))!r} is not known; the scopes are {', '.join(SCOPES)}"
        raise ValueError(msg)
    if nameless := _meaningless(scopes, sub, creators):
        msg = f"scope {' '.join(nameless)!r} is for one person; say whom the bearer speaks for"
        raise ValueError(msg)


def _meaningless(scopes: Collection[str], sub: str | None, creators: Collection[str]) -> list[str]:
    """Return the scopes that mean nothing: one's own where there is nobody. What one reads may be a creator's too."""
    return [
        scope for scope in sorted(scopes) if scope in _OWN and not (sub or (scope == READ_OWN and creators))
    ]


def verify(secrets: str | Sequence[str], token: str, now: float) -> Grant:
    """Return what a token grants at a time (epoch seconds) that one of our secrets has signed.

    When it was issued (`iat`) refuses nothing: that is by the clock of whoever minted it.

    Raises:
        BadToken: if it is expired, not valid yet, signed by somebody else, or no token at all.
    """
    return _grant(_claims(secrets, token), now)


def renewed(secrets: Sequence[str], token: str, now: float) -> tuple[str, float]:
    """Return a token like one of ours that holds and may be renewed, and when it ends (epoch seconds).

    It lasts as long as that one was made to, but not beyond what that one allows. The first secret signs it.

    Raises:
        BadToken: as `verify` does.
        NotRenewable: if it was not made to be renewed, or long enough ago.
    """
    claims = _claims(secrets, token)
    _grant(claims, now)
    until, end = _moment(claims, RENEW_UNTIL, -math.inf), _moment(claims, "exp", math.inf)
    if not math.isfinite(until) or not math.isfinite(end):
        msg = "the token was not made to be renewed; get one where you got it"
        raise NotRenewable(msg)
    if end >= until:
        msg = f"the token can be renewed until {_iso(until)} and no longer; get a new one"
        raise NotRenewable(msg)
    lasts = max(0.0, end - _moment(claims, "iat", now))
    later = int(max(end, min(now + lasts, until)))
    return jwt.encode({**claims, "iat": int(now), "exp": later}, secrets[0], ALGORITHM), later


def _claims(secrets: str | Sequence[str], token: str) -> dict[str, Any]:
    tried = (secrets,) if isinstance(secrets, str) else secrets
    refused: Exception = ValueError("there is no secret here that could have signed it")
    for secret in filter(None, tried):
        try:
            claims: dict[str, Any] = jwt.decode(
                token, secret, algorithms=[ALGORITHM], options=_SIGNATURE_ALONE
            )
        except jwt.InvalidSignatureError as error:
            refused = error  # another secret may have signed it
        except _BROKEN as error:
            raise _does_not_hold(error) from error
        else:
            return claims
    raise _does_not_hold(refused) from refused


def verify_signed(key: jwt.PyJWK, token: str, now: float, audience: str, issuer: str) -> Grant:
    """Return what a token grants that was signed by a private key, of which we have the public one.

    Args:
        key: the public key.
        token: what the bearer sent.
        now: epoch seconds.
        audience: whom the token must be meant for (`aud`).
        issuer: who must have issued it (`iss`); "" for whoever has the key.

    Raises:
        BadToken: as `verify` does; also for a token that is meant for another.
    """
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=ASYMMETRIC,
            options=_SIGNATURE_ALONE,
            audience=audience,
            issuer=issuer or None,
        )
    except _BROKEN as error:
        raise _does_not_hold(error) from error
    return _grant(claims, now)


def signed_by(token: str) -> tuple[str, str]:
    """Return algorithm and key id (`kid`, "" where it names none) that a token says to be signed by.

    Raises:
        BadToken: if it is no token at all.
    """
    try:
        header = jwt.get_unverified_header(token)
    except _BROKEN as error:
        raise _does_not_hold(error) from error
    return str(header.get("alg", "")), str(header.get("kid", ""))


def _does_not_hold(error: Exception) -> BadToken:
    return BadToken(f"the token does not hold: {str(error)[:100].lower()}")


def _grant(claims: dict[str, Any], now: float) -> Grant:
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
    if sub and len(sub) > LONGEST_SUB:
        msg = (
            f"the token does not hold: sub has {len(sub)} characters, and a person's id at most {LONGEST_SUB}"
        )
        raise BadToken(msg)
    if _meaningless(scopes, sub, creators):
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
