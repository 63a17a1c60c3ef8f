"""A platform as a server of its own: a clock that tests set, grants, quotas that count, faults on demand, a record.

What it answers is what the published pages say; each answer names the page in docs/platforms.md. It proves how those
pages were read, not what the platforms do.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import secrets
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.test_utils import TestServer

MASKED = {"authorization", "access-token", "cookie"}
CODE_MS = 30_000


class Clock:
    """The platform's own time, ms."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


class Asked(NamedTuple):
    """A request as it came, without what was secret in its headers."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    account: str
    headers: dict[str, str]


@dataclass
class Granted:
    """A grant of a person."""

    account: str
    scopes: tuple[str, ...]
    refresh: str
    refresh_expires: int = 0
    revoked: bool = False


@dataclass
class Code:
    """A code that can be taken for tokens once."""

    account: str
    scopes: tuple[str, ...]
    redirect: str
    challenge: str
    expires: int


Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
Fault = Callable[[web.Request, Answer], Awaitable[web.StreamResponse]]
"""Answers a request, given what would answer it otherwise."""


@dataclass
class Faults:
    """Answers that the next requests to a path get instead of their own; None lets one through."""

    queued: dict[str, deque[Fault | None]] = field(default_factory=dict)

    def add(self, path: str, *faults: Fault | None) -> None:
        """Let the next requests whose path holds a text be answered so."""
        self.queued.setdefault(path, deque()).extend(faults)

    def next_for(self, path: str) -> Fault | None:
        """Return what the request is answered with; None for its own answer."""
        for part, waiting in self.queued.items():
            if part in path and waiting:
                return waiting.popleft()
        return None


def status(code: int, body: Any = None, text: str | None = None, **headers: str) -> Fault:
    """Return a fault that is an answer."""

    async def answer(_: web.Request, __: Answer) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if text is not None:
            return web.Response(status=code, text=text, content_type="text/html", headers=named)
        return web.json_response(body, status=code, headers=named)

    return answer


async def cut(request: web.Request, _: Answer) -> web.StreamResponse:
    """Break off amid the body."""
    response = web.StreamResponse(headers={"content-type": "application/json", "content-length": "1000"})
    await response.prepare(request)
    await response.write(b'{"items": [')
    assert request.transport is not None
    request.transport.abort()
    return response


async def lost(request: web.Request, handler: Answer) -> web.StreamResponse:
    """Do what is asked, and let the answer be lost on its way."""
    response = await handler(request)
    assert request.transport is not None
    request.transport.abort()
    return response


class PlatformServer:
    """What all platforms have. `url` is its address; a test sets `clock.now`."""

    access_ms = 3_599_000
    proves = True
    """Whether who takes a code has to prove that he asked for it (PKCE)."""
    token_header = "authorization"
    rotates = False
    """Whether a refresh token is dead once it was used."""

    def __init__(self, now: int) -> None:
        self.clock = Clock(now)
        self.record: list[Asked] = []
        self.faults = Faults()
        self.used: Counter[str] = Counter()
        """Quota bucket and day -> units."""
        self.grants: list[Granted] = []
        self._codes: dict[str, Code] = {}
        self._access: dict[str, tuple[Granted, int]] = {}
        self._numbers = itertools.count(1)
        self._server: TestServer | None = None
        self.client = ("client-1", "a secret of the client")
        self.fewer_scopes: tuple[str, ...] | None = None
        """Scopes that people grant instead of those that are asked for."""

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        assert self._server is not None
        return str(self._server.make_url("")).rstrip("/")

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the platform."""
        raise NotImplementedError

    async def start(self) -> Self:
        """Listen."""
        app = web.Application(middlewares=[self._recorded])
        app.add_routes(self.routes())
        self._server = TestServer(app)
        await self._server.start_server()
        return self

    async def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            await self._server.close()

    def asked(self, part: str) -> list[Asked]:
        """Return the requests whose path holds a text."""
        return [one for one in self.record if part in one.path]

    def consent(self, query: dict[str, str], account: str) -> str:
        """Return where the browser of a person goes who says yes."""
        assert query["client_id" if "client_id" in query else "client_key"] == self.client[0]
        assert query["response_type"] == "code"
        assert not self.proves or query["code_challenge_method"] == "S256"
        separator = "," if "client_key" in query else " "
        scopes = self.fewer_scopes or tuple(query["scope"].split(separator))
        code = self.token("code")
        self._codes[code] = Code(
            account, scopes, query["redirect_uri"], query.get("code_challenge", ""), self.clock.now + CODE_MS
        )
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def take_code(self, form: dict[str, str]) -> Code | None:
        """Return what a code is of; it is used up."""
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or code.expires < self.clock.now or code.redirect != form.get("redirect_uri"):
            return None
        if not self.proves:
            return code
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        return code if proof == code.challenge else None

    def token(self, kind: str) -> str:
        """Return a new secret, which tells a searching test what it is."""
        return f"SECRET-{kind}-{next(self._numbers)}-{secrets.token_hex(8)}"

    def access_token(self, granted: Granted) -> str:
        """Return a new access token."""
        token = self.token("access")
        self._access[token] = (granted, self.clock.now + self.access_ms)
        return token

    def grant_of(self, request: web.Request) -> Granted | None:
        """Return whose access token a request has, if it holds."""
        token = request.headers.get(self.token_header, "").removeprefix("Bearer ")
        granted, expires = self._access.get(token, (None, 0))
        return granted if granted is not None and not granted.revoked and self.clock.now < expires else None

    def by_refresh(self, token: str) -> Granted | None:
        """Return the grant of a refresh token that works."""
        found = (one for one in self.grants if one.refresh == token and not one.revoked)
        granted = next(found, None)
        if granted is None or (granted.refresh_expires and granted.refresh_expires <= self.clock.now):
            return None
        return granted

    def revoke(self, account: str) -> None:
        """Let a person take back what he granted."""
        for granted in self.grants:
            if granted.account == account:
                granted.revoked = True

    @web.middleware
    async def _recorded(self, request: web.Request, handler: Answer) -> web.StreamResponse:
        form: dict[str, Any] = {}
        if request.method == "POST":
            is_json = request.content_type == "application/json"
            form = await request.json() if is_json else dict(await request.post())
        granted = self.grant_of(request)
        headers = {
            name.lower(): value for name, value in request.headers.items() if name.lower() not in MASKED
        }
        self.record.append(
            Asked(
                request.method, request.path, dict(request.query), {k: str(v) for k, v in form.items()},
                granted.account if granted else "", headers,
            )
        )  # fmt: skip
        fault = self.faults.next_for(request.path)
        response = await (handler(request) if fault is None else fault(request, handler))
        if not response.prepared:
            response.headers["Date"] = formatdate(self.clock.now / 1000, usegmt=True)
        return response
