"""Access: who sent a request, from where, and what he may do; which origins of browsers are let in.

What headers say of where it comes from is believed as far as a trusted proxy wrote it.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from functools import lru_cache
from typing import Final

from aiohttp import hdrs, web

from server.door.bearers import BEARERS
from server.door.tokens import NOBODY, BadToken, Grant
from server.problems import Handler, Problem
from server.resources.countries import COUNTRIES
from server.resources.redis_client import SETTINGS
from streakline.door.origins import is_same_host, plain_origin
from streakline.door.public_url import public_url
from streakline.door.visitors import Proxies, allowance_of
from streakline.live.messages import BEARER
from streakline.settings import Settings

PROXIES: Final = web.AppKey("proxies", Proxies)
WRITE_KEY_HEADER: Final = "X-Write-Key"
_PREFLIGHT_SECONDS: Final = "7200"
_METHODS: Final = "GET, POST, PUT, DELETE"
_EXPOSED: Final = (
    "Accept-Encoding, Content-Disposition, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, "
    "X-Rows-Expected"
)
_HEADERS: Final = "Authorization, Content-Encoding, Content-Type, Last-Event-ID, X-Write-Key"


def header_text(request: web.Request, name: str) -> str:
    """Return a header as text that can be stored: bytes that are no UTF-8 are replaced."""
    return request.headers.get(name, "").encode(errors="surrogateescape").decode(errors="replace")


def offered_protocols(request: web.Request) -> list[str]:
    """Return the subprotocols that a websocket offers, in one line of the header or in several."""
    lines = request.headers.getall(hdrs.SEC_WEBSOCKET_PROTOCOL, [])
    whole = ",".join(lines).encode(errors="surrogateescape").decode(errors="replace")
    return [protocol.strip() for protocol in whole.split(",")]


def token_of(request: web.Request) -> str | None:
    """Return the key or token of a request: of its header, or of the websocket's subprotocols."""
    scheme, _, token = header_text(request, hdrs.AUTHORIZATION).partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    for protocol in offered_protocols(request):
        if protocol.startswith(BEARER):
            return protocol.removeprefix(BEARER)
    return None


def visitor_of(request: web.Request) -> str:
    """Return the address that a request comes from, behind trusted proxies too; it is stored nowhere."""
    peer, header = request.remote or "", request.app[SETTINGS].visitor_header
    # A list may come in several lines; joined they are one, in their order.
    forwarded = ",".join(request.headers.getall(header, ()))
    return request.app[PROXIES].visitor(peer, forwarded, header)


def address_of(request: web.Request) -> str:
    """Return the address of this server, no slash at its end, as links name it: that of the setting `public_url`.

    Without the setting it is that under which the request reached us, as `Host` and trusted proxies have it.
    """
    if request.app[SETTINGS].public_url:
        return public_url(request.app[SETTINGS].public_url)
    scheme = request.scheme
    if request.app[PROXIES].trusts(request.remote or ""):
        told = header_text(request, hdrs.X_FORWARDED_PROTO).rpartition(",")[2].strip().lower()
        scheme = told if told in {"http", "https"} else scheme
    return f"{scheme}://{request.host}"


def allowance_name(request: web.Request) -> str:
    """Return under which name the allowance of a request's visitor is kept: of his address."""
    return allowance_of(visitor_of(request))


def country_of(request: web.Request) -> str:
    """Return the country that the visitor is in, as two letters or none: a trusted proxy says it, else the file."""
    header = request.app[SETTINGS].country_header
    if header and request.app[PROXIES].trusts(request.remote or ""):
        country = header_text(request, header)[:2].upper()
        if country:
            return country
    return request.app[COUNTRIES].of(visitor_of(request)) if COUNTRIES in request.app else ""


def grant_of(request: web.Request) -> Grant:
    """Return what the bearer of a request may do; without a token, nothing that needs one.

    Raises:
        Problem: 401 if there is a token and it does not hold.
    """
    token = token_of(request)
    if token is None or token in request.app[SETTINGS].write_keys:
        return NOBODY
    try:
        return request.app[BEARERS].grant(token)
    except BadToken as error:
        raise Problem(401, "token-invalid", str(error)) from error


def require(request: web.Request, scope: str) -> Grant:
    """Return the grant of a request that needs a scope.

    Raises:
        Problem: 401 without a token, 403 with one that lacks the scope.
    """
    grant = grant_of(request)
    if grant.may(scope):
        return grant
    if grant is NOBODY:
        raise Problem(401, "token-missing", f"send a bearer token with the scope {scope}")
    raise Problem(403, "scope-missing", f"the token lacks the scope {scope}; it has {_named(grant)}")


def require_public_read(request: web.Request) -> None:
    """Let a read of public numbers pass, or refuse it where the setting asks for a token."""
    grant = grant_of(request)
    if not may_read_public(grant, request.app[SETTINGS]):
        require(request, "read:public")


def may_read_public(grant: Grant, settings: Settings) -> bool:
    """Tell whether a bearer may see the public numbers; with `public_reads` on, everybody may."""
    return settings.public_reads or grant.may("read:public")


def writer_of(request: web.Request) -> Grant:
    """Return the grant of a request that posts events: by token, by public write key, or nobody's.

    Raises:
        Problem: 401 if writes need a key or token and there is none; 403 if the token may not write.
    """
    grant = grant_of(request)
    if grant.may("write") or grant.may("write:self"):
        return grant
    settings = request.app[SETTINGS]
    if settings.anonymous_writes or _has_key(request, settings.write_keys):
        return NOBODY
    if grant is NOBODY:
        raise Problem(
            401, "key-missing", "send a write key (X-Write-Key, ?key=) or a token with the scope write"
        )
    raise Problem(403, "scope-missing", f"the token lacks the scope write; it has {_named(grant)}")


def _has_key(request: web.Request, allowed: Collection[str]) -> bool:
    # A public key is no secret, and sendBeacon can set no header: it may travel in the query.
    sent = (header_text(request, WRITE_KEY_HEADER), request.query.get("key"), token_of(request))
    return any(
        key and any(hmac.compare_digest(key.encode(), good.encode()) for good in allowed) for key in sent
    )


def _named(grant: Grant) -> str:
    return " ".join(sorted(grant.scopes)) or "none"


def origin_allowed(request: web.Request) -> bool:
    """Tell whether the request's origin is let in: none (no browser), our own, or one of the setting."""
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None:
        return True
    if not origin.isascii() or not origin.isprintable():
        return False  # no browser sends that, and it could not be echoed
    allowed = _plain_origins(request.app[SETTINGS].origins)
    return "*" in allowed or plain_origin(origin) in allowed or is_same_host(origin, request.host)


@lru_cache(maxsize=4)
def _plain_origins(origins: tuple[str, ...]) -> frozenset[str]:
    return frozenset(plain_origin(origin) for origin in origins)


@web.middleware
async def origins_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse writes and sockets of foreign origins; let browsers of the others read the answer.

    CORS alone does not stop a write: a text/plain body needs no preflight. Origins are echoed, never `*`,
    since a beacon comes with credentials.
    """
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None or not request.path.startswith("/api/"):
        return await handler(request)
    if not origin_allowed(request):
        detail = f"origin {origin[:200]!r} is not let in; add it to STREAKLINE_ORIGINS"
        return Problem(403, "origin-refused", detail).response()
    if request.method == hdrs.METH_OPTIONS and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers:
        response: web.StreamResponse = web.Response(
            status=204, headers={"Access-Control-Max-Age": _PREFLIGHT_SECONDS}
        )
        response.headers["Access-Control-Allow-Methods"] = _METHODS
        response.headers["Access-Control-Allow-Headers"] = _HEADERS
    else:
        response = await handler(request)
    if not response.prepared:
        for name, value in origin_headers(request).items():
            response.headers.add(name, value)
    return response


def origin_headers(request: web.Request) -> dict[str, str]:
    """Return the headers that let the page of an allowed origin read an answer; none for who is no page."""
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None:
        return {}
    return {
        hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: origin,
        hdrs.ACCESS_CONTROL_ALLOW_CREDENTIALS: "true",
        hdrs.ACCESS_CONTROL_EXPOSE_HEADERS: _EXPOSED,
        hdrs.VARY: hdrs.ORIGIN,
    }
