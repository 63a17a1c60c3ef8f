"""`POST /api/stats/events`: events in, an acknowledged position out."""

from __future__ import annotations

import asyncio
import time
from typing import Final

import msgspec
from aiohttp import hdrs, web

from server.door.access import header_text, writer_of
from server.door.malformed import told_of
from server.door.tokens import Grant
from server.door.visitors import allowance_name, country_of
from server.ingest.agents import HTTP_LIBRARY, Agent, agent_of
from server.ingest.intake import INTAKE, Prepared, Receipt
from server.ingest.lane import LANE, Answer, header_lines
from server.metrics import METRICS, Metrics
from server.problems import Problem
from server.resources.clock import CLOCK, Clock
from server.resources.pipe import PipeFull, RedisAway
from server.upkeep.pressure import PRESSURE
from server.upkeep.watch import WATCH
from streakline.door.allowances import Allowances
from streakline.door.unpacking import UNPACKED, CodingUnknown, Damaged, Swollen, codings_of, unpacked
from streakline.ingest.events import MAX_BYTES, Batch, NotEvents, TooManyEvents, decode_batch
from streakline.ingest.plain import PlainBatch, decode_plain
from streakline.ingest.stamping import Sender, Senders
from streakline.times import parse_when

ALLOWANCES: Final = web.AppKey("allowances", Allowances)

READABLE: Final = frozenset(
    {"application/json", "text/plain", "application/octet-stream", "application/x-www-form-urlencoded"}
)
"""Content types whose body is tried as JSON: what fetch, sendBeacon and curl send."""
BODY_SECONDS: Final = 30.0
"""A body of the largest kind comes over a line of 300 kbit/s; one that takes longer holds a connection for nothing."""
AWAY_SECONDS: Final = 2.0
PRESSURE_SECONDS: Final = 10.0
_JSON_LINES: Final = header_lines([(hdrs.CONTENT_TYPE, "application/json")])


async def post_events(request: web.Request) -> web.Response:
    """Take a request's events: 202 once Redis has them."""
    grant = writer_of(request)
    _refuse_under_pressure(request)
    body = await _body(request)
    batch = _decoded(body)
    charged = grant.sub or allowance_name(request)
    wait = request.app[ALLOWANCES].take(charged, len(batch.events), time.monotonic())
    if wait:
        detail = f"more events than one sender may send; try again in {wait:.1f} s"
        raise Problem(429, "rate", detail, retry_after=wait)
    _note_skew(request.app[METRICS], batch, request.app[CLOCK])
    senders = _senders(request, grant)
    try:
        receipt = await request.app[INTAKE].accept(batch, body, senders)
    except (RedisAway, PipeFull) as error:
        raise _unwritten(error) from error
    request[LANE] = PostLane(request, grant, charged, senders)
    return web.Response(status=202, body=msgspec.json.encode(receipt), content_type="application/json")


class PostLane:
    """Takes the bodies of a connection whose requests all have the head of one that was accepted."""

    def __init__(self, request: web.Request, grant: Grant, charged: str, senders: Senders) -> None:
        app = request.app
        self._pressure, self._allowances, self._intake = app[PRESSURE], app[ALLOWANCES], app[INTAKE]
        self._watch, self._clock = app[WATCH], app[CLOCK]
        self._metrics = app[METRICS]
        self._expires, self._charged, self._senders = grant.expires, charged, senders
        self._count = self._metrics.answers(request)

    def take(self, body: bytes, answer: Answer) -> bool:
        """Take a body of good events whose every value is known; the rest is for `post_events`."""
        began = time.perf_counter()
        refused = self._pressure.refusal or self._watch.refusal
        if refused is not None or self._clock.now() >= self._expires:
            return False
        batch, prepared = self._prepared(body)
        if batch is None or prepared is None:
            return False

        def told(outcome: Receipt | RedisAway | PipeFull) -> None:
            if isinstance(outcome, Receipt):
                status, lines, text = 202, _JSON_LINES, msgspec.json.encode(outcome)
            else:
                problem = _unwritten(outcome)
                status, lines, text = problem.status, header_lines(problem.headers.items()), problem.body
            answer(status, lines, text)
            self._count(status, time.perf_counter() - began)

        if self._allowances.take(self._charged, len(batch.events), time.monotonic()):
            return False  # who is refused is not charged
        _note_skew(self._metrics, batch, self._clock)
        self._intake.write(prepared, told)
        return True

    def _prepared(self, body: bytes) -> tuple[Batch | PlainBatch | None, Prepared | None]:
        """Return a body's events, and they ready to be written; None for what there is to refuse or to ask."""
        plain = decode_plain(body)
        if plain is not None:
            prepared = self._intake.prepared_plain(plain.events, self._senders.request)
            if prepared is not None:
                return plain, prepared
        try:
            batch = decode_batch(body)
        except (NotEvents, TooManyEvents, RecursionError):
            return None, None
        return batch, self._intake.prepared(batch, self._senders)


def _unwritten(error: RedisAway | PipeFull) -> Problem:
    detail = f"{error}; send the same events again"
    if isinstance(error, PipeFull):
        return Problem(429, "too-busy", detail, retry_after=1)
    return Problem(503, "store-away", detail, retry_after=AWAY_SECONDS)


def _refuse_under_pressure(request: web.Request) -> None:
    refusal = request.app[PRESSURE].refusal or request.app[WATCH].refusal
    if refusal is not None:
        raise Problem(503, "store-pressed", refusal, retry_after=PRESSURE_SECONDS)


async def _body(request: web.Request) -> bytes:
    if request.content_type not in READABLE and hdrs.CONTENT_TYPE in request.headers:
        detail = (
            f"content type {request.content_type[:100]!r} is not read; send application/json or text/plain"
        )
        raise Problem(415, "content-type", detail)
    try:
        codings = codings_of(request.headers.getall(hdrs.CONTENT_ENCODING, []))
    except CodingUnknown as error:
        # As RFC 9110 (12.5.3) says: so the sender learns what it may use.
        accepted = {"Accept-Encoding": ", ".join(UNPACKED)}
        raise Problem(415, "content-encoding", str(error), headers=accepted) from error
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await request.read()
        return unpacked(body, codings, MAX_BYTES) if codings else body
    except TimeoutError as error:
        detail = f"the body did not arrive within {BODY_SECONDS:g} s; send the same events again"
        raise Problem(408, "too-slow", detail) from error
    except web.HTTPRequestEntityTooLarge as error:
        detail = f"the body is larger than {MAX_BYTES} bytes; send fewer events at once"
        raise Problem(413, "too-large", detail) from error
    except Swollen as error:
        raise Problem(413, "too-large", f"{error}; send fewer events at once") from error
    except Damaged as error:
        raise Problem(400, "not-events", f"{error}; pack it again, or send it without") from error
    except web.RequestPayloadError as error:
        detail = f"the body breaks off: {told_of(str(error))}; send the same events again"
        raise Problem(400, "not-events", detail) from error


def _decoded(body: bytes) -> Batch:
    try:
        return decode_batch(body)
    except TooManyEvents as error:
        raise Problem(413, "too-many-events", str(error)) from error
    except NotEvents as error:
        raise Problem(400, "not-events", str(error)) from error
    except RecursionError as error:
        raise Problem(400, "not-events", "the body is nested too deeply; events are flat") from error


def _note_skew(metrics: Metrics, batch: Batch | PlainBatch, clock: Clock) -> None:
    if batch.sent_at is None:
        return
    try:
        sent_ms, _ = parse_when(batch.sent_at)
        metrics.skew.observe(abs(clock.now() - sent_ms / 1000))
    except (ValueError, OverflowError):
        return  # it is measured only: a sender's odd clock refuses nothing


def _senders(request: web.Request, grant: Grant) -> Senders:
    """Return who sent the events: the request's sender, but of events that bring their own user agent."""
    trusted = grant.may("write")
    user_id = None if trusted else grant.sub
    admin = "admin" in grant.scopes
    country = country_of(request)

    def sender(text: str, agent: Agent) -> Sender:
        where = (country, agent.device, agent.browser, agent.os, text)
        return Sender(user_id, trusted, admin, *where, bot_reason=agent.bot_reason)

    user_agent = header_text(request, hdrs.USER_AGENT)
    agent = agent_of(user_agent)
    if agent.bot_reason == HTTP_LIBRARY:
        agent = agent._replace(bot_reason="")
    return Senders(sender(user_agent, agent), lambda text: sender(text, agent_of(text)))
