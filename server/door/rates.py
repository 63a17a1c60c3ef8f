"""Rates: the allowances of senders and readers, shared by all processes through Redis, and told in headers.

Nobody's name is in Redis: a bucket's is an HMAC of the sender by a random key of the day, which ends by itself. So
what is left there tells of no address, not even to who tries them all.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import AsyncIterator
from typing import Any, Final

import structlog
from aiohttp import web
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.door.access import allowance_name, grant_of
from server.door.tokens import Grant
from server.problems import Handler, Problem
from server.resources.clock import CLOCK, Clock
from server.resources.redis_client import OWN_REDIS
from server.resources.tasks import running
from streakline.door.allowances import Allowances
from streakline.streams import keys
from streakline.times import DAY_MS

ALLOWANCES: Final = web.AppKey("allowances", Allowances)
"""Of events that are sent."""
QUESTIONS: Final = web.AppKey("questions", Allowances)
"""Of questions that are asked."""
ROUND_SECONDS: Final = 0.1
ROUNDS_OF_ALL: Final = 10
"""Every so many rounds those are reported too who sent little."""
AT_ONCE: Final = 1_000
"""Buckets of one pipeline."""
HEADERS: Final = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
_DAY_SECONDS: Final = DAY_MS // 1000
_log = structlog.get_logger()

# Refilled by Redis' own clock. A bucket that would be full again is as good as none.
_TAKE: Final = """
local told = redis.call('TIME')
local now = tonumber(told[1]) + tonumber(told[2]) / 1000000
local taken, rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local held = redis.call('HMGET', KEYS[1], 'left', 'at')
local left, at = tonumber(held[1] or burst), tonumber(held[2] or now)
left = math.min(burst, left + math.max(0, now - at) * rate) - taken
redis.call('HSET', KEYS[1], 'left', string.format('%.6f', left), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - left) / rate * 1000) + 1000)
return string.format('%.6f', left)
"""


def charged_to(request: web.Request, grant: Grant) -> str:
    """Return to whom a request is charged: the person of its bearer, else the key, else the visitor's address."""
    if grant.sub:
        return f"person {grant.sub}"
    return f"key {grant.key}" if grant.key else f"address {allowance_name(request)}"


def refuse_over_rate(allowances: Allowances, name: str, what: str) -> None:
    """Let a sender or reader go on.

    Raises:
        Problem: 429 if it has used its allowance up, with the seconds until it may.
    """
    wait = allowances.wait(name, time.monotonic())
    if wait:
        detail = f"more {what} than one may; try again in {wait:.1f} s"
        raise Problem(429, "rate", detail, retry_after=wait, headers=rate_headers(allowances, name))


def rate_headers(allowances: Allowances, name: str) -> dict[str, str]:
    """Return the headers that tell what is left of an allowance; none where there is no limit."""
    if not allowances.rate:
        return {}
    return dict(zip(HEADERS, map(str, allowances.standing(name, time.monotonic())), strict=True))


@web.middleware
async def questions_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count questions to the interface; what writes events has an allowance of its own."""
    if not request.path.startswith(("/api/", "/shared/")) or _writes(request):
        return await handler(request)
    allowances = request.app[QUESTIONS]
    try:
        name = charged_to(request, grant_of(request))
    except Problem as refused:
        # Guessing keys is a question too, and it is charged to where it comes from.
        name = charged_to(request, Grant())
        refuse_over_rate(allowances, name, "questions")
        allowances.charge(name, 1, time.monotonic())
        raise refused from None
    refuse_over_rate(allowances, name, "questions")
    allowances.charge(name, 1, time.monotonic())
    response = await handler(request)
    if not response.prepared:
        response.headers.update(rate_headers(allowances, name))
    return response


def _writes(request: web.Request) -> bool:
    return request.method == "POST" and request.path in {"/api/stats/events", "/api/shares"}


class Rates:
    """Reports what this process charged, and takes over what all have left."""

    def __init__(self, redis: Redis, clock: Clock, kinds: dict[str, Allowances]) -> None:
        self._redis, self._clock, self._kinds = redis, clock, kinds
        self._day = -1
        self._key = b""

    async def round(self, *, everything: bool) -> None:
        """Report and take over.

        Raises:
            RedisError: if Redis does not answer; what was to be reported is kept.
        """
        for kind, allowances in self._kinds.items():
            reports = allowances.reports(everything=everything)
            while reports:
                some = dict(list(reports.items())[:AT_ONCE])
                try:
                    await self._exchange(kind, allowances, some)
                except (RedisError, OSError, TimeoutError):
                    allowances.take_back(reports)
                    raise
                reports = {sender: events for sender, events in reports.items() if sender not in some}

    async def _exchange(self, kind: str, allowances: Allowances, reports: dict[str, float]) -> None:
        key = await self._key_of_today()
        async with self._redis.pipeline(transaction=False) as pipe:
            for sender, events in reports.items():
                mac = hmac.new(key, f"{kind} {sender}".encode(errors="replace"), hashlib.sha256).hexdigest()
                pipe.eval(_TAKE, 1, keys.rate(mac[:32]), events, allowances.rate, allowances.burst)
            left = await pipe.execute()
        now = time.monotonic()
        for sender, level in zip(reports, left, strict=True):
            allowances.settle(sender, float(level), now)

    async def _key_of_today(self) -> bytes:
        day = self._clock.now_ms() // DAY_MS
        if day != self._day:
            name = keys.rate_key(day)
            made = secrets.token_bytes(32)
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.set(name, made, nx=True, ex=2 * _DAY_SECONDS)
                pipe.get(name)
                _, held = await pipe.execute()
            self._day, self._key = day, held
        return self._key


async def rates_resource(app: web.Application) -> AsyncIterator[None]:
    """Share the allowances for as long as the application runs, if there are limits."""
    made: dict[str, Any] = {"events": app.get(ALLOWANCES), "questions": app.get(QUESTIONS)}
    limited = {kind: allowances for kind, allowances in made.items() if allowances and allowances.rate}
    if not limited:
        yield
        return
    rates = Rates(app[OWN_REDIS], app[CLOCK], limited)

    async def run() -> None:
        count = 0
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            count += 1
            try:
                await rates.round(everything=count % ROUNDS_OF_ALL == 0)
            except (RedisError, OSError, TimeoutError) as error:
                _log.debug("rates_not_shared", error=str(error))  # `Pressure` says that Redis is away

    async with running(run):
        yield
