"""Receivers of webhooks: real servers that take, refuse, stall and go away, and verify every signature."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from standardwebhooks import Webhook as Verifier

Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Receiver:
    """A server at `/hook`.

    Attributes:
        secret: of the webhook; None: signatures are not looked at.
        respond: what it answers; a test may exchange it.
        got: the events that came, with repeats, in their order.
        taken: id -> how often that event was answered by 2xx.
        headers: of the last request.
    """

    def __init__(self) -> None:
        """Listen nowhere yet."""
        self.secret: str | None = None
        self.respond: Respond = take
        self.got: list[dict[str, Any]] = []
        self.taken: Counter[str] = Counter()
        self.headers: dict[str, str] = {}
        self.under_way = 0
        self.most_under_way = 0
        self.port = 0
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where events are posted."""
        return f"http://127.0.0.1:{self.port}/hook"

    async def start(self, secured: ssl.SSLContext | None = None) -> Receiver:
        """Listen, at the same port as before."""
        app = web.Application()
        app.router.add_post("/hook", self._hook)
        app.router.add_route("*", "/elsewhere", elsewhere)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=secured)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        """Go away, and break off what is under way."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _hook(self, request: web.Request) -> web.StreamResponse:
        body = await request.text()
        if self.secret is not None:
            Verifier(self.secret).verify(body, dict(request.headers))
        event = json.loads(body)
        assert request.headers["webhook-id"] == event["id"]
        self.got.append(event)
        self.headers = dict(request.headers)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            answer = await self.respond(request)
        finally:
            self.under_way -= 1
        if answer.status // 100 == 2:
            self.taken[event["id"]] += 1
        return answer


async def take(_: web.Request) -> web.StreamResponse:
    """Take the event."""
    return web.Response(status=204)


async def stall(_: web.Request) -> web.StreamResponse:
    """Answer nothing for longer than anybody waits."""
    await asyncio.sleep(60)
    return web.Response()


async def elsewhere(_: web.Request) -> web.StreamResponse:
    """Fail: no redirect may be followed to here."""
    raise AssertionError


def answering(status: int, **headers: str) -> Respond:
    """Return what answers with a status."""

    async def respond(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers=headers)

    return respond


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return what a server of 127.0.0.1 shows that nobody vouches for."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    file = folder / "receiver.pem"
    file.write_bytes(key.private_bytes(pem, form, plain) + made.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
