"""`POST /api/stats/events`: events in, an acknowledged position out."""

from __future__ import annotations

import time
from typing import Final

import msgspec
from aiohttp import hdrs, web

from server.door.rates import ALLOWANCES, rate_headers
from server.ingest.admission import Admitted, admit, charge, senders_of, unwritten
from server.ingest.intake import INTAKE, Prepared, Receipt
from server.ingest.lane import LANE, Answer, header_lines
from server.metrics import METRICS, Metrics
from server.problems import Problem
from server.resources.clock import CLOCK, Clock
from server.resources.pipe import PipeFull, RedisAway
from server.resources.revocable.api_keys import API_KEYS
from server.upkeep.pressure import PRESSURE
from server.upkeep.watch import WATCH
from streakline.ingest.events import Batch, NotEvents, TooManyEvents, decode_batch
from streakline.ingest.plain import PlainBatch, decode_plain
from streakline.ingest.stamping import Senders
from streakline.times import parse_when

_JSON_LINES: Final = header_lines([(hdrs.CONTENT_TYPE, "application/json")])


async def post_events(request: web.Request) -> web.Response:
    """Take a request's events: 202 once Redis has them."""
    admitted = await admit(request)
    batch = _decoded(admitted.body)
    charge(request, admitted, len(batch.events))
    _observe_skew(request.app[METRICS], batch, request.app[CLOCK])
    senders = senders_of(request, admitted.grant)
    try:
        receipt = await request.app[INTAKE].accept(batch, admitted.body, senders)
    except (RedisAway, PipeFull) as error:
        raise unwritten(error) from error
    request[LANE] = PostLane(request, admitted, senders)
    headers = rate_headers(request.app[ALLOWANCES], admitted.charged)
    return web.Response(
        status=202, body=msgspec.json.encode(receipt), content_type="application/json", headers=headers
    )


class PostLane:
    """Takes the bodies of a connection whose requests all have the head of one that was accepted."""

    def __init__(self, request: web.Request, admitted: Admitted, senders: Senders) -> None:
        app = request.app
        self._pressure, self._allowances, self._intake = app[PRESSURE], app[ALLOWANCES], app[INTAKE]
        self._watch, self._clock, self._keys = app[WATCH], app[CLOCK], app[API_KEYS]
        self._metrics = app[METRICS]
        self._expires, self._key = admitted.grant.expires, admitted.grant.key
        self._charged, self._senders = admitted.charged, senders
        self._count = self._metrics.answers(request)

    def take(self, body: bytes, answer: Answer) -> bool:
        """Take a body of good events whose every value is known; the rest is for `post_events`."""
        began = time.perf_counter()
        refused = self._pressure.refusal or self._watch.refusal
        if refused is not None or self._clock.now() >= self._expires:
            return False
        if self._key and self._keys.is_revoked(self._key):
            return False
        if self._allowances.wait(self._charged, time.monotonic()):
            return False
        limited = bool(self._allowances.rate)
        batch, prepared = self._prepared(body)
        if batch is None or prepared is None:
            return False

        def done(outcome: Receipt | RedisAway | PipeFull) -> None:
            if isinstance(outcome, Receipt):
                status, lines, text = 202, _JSON_LINES, msgspec.json.encode(outcome)
            else:
                problem = unwritten(outcome)
                status, lines, text = problem.status, header_lines(problem.headers.items()), problem.body
            if limited:
                lines += header_lines(rate_headers(self._allowances, self._charged).items())
            answer(status, lines, text)
            self._count(status, time.perf_counter() - began)

        self._allowances.charge(self._charged, len(batch.events), time.monotonic())
        _observe_skew(self._metrics, batch, self._clock)
        self._intake.write(prepared, done)
        return True

    def _prepared(self, body: bytes) -> tuple[Batch | PlainBatch | None, Prepared | None]:
        """Return the decoded and stamped events, or (None, None) if `post_events` must answer."""
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


def _decoded(body: bytes) -> Batch:
    try:
        return decode_batch(body)
    except TooManyEvents as error:
        raise Problem(413, "too-many-events", str(error)) from error
    except NotEvents as error:
        raise Problem(400, "not-events", str(error)) from error
    except RecursionError as error:
        raise Problem(400, "not-events", "the body is nested too deeply; events are flat") from error


def _observe_skew(metrics: Metrics, batch: Batch | PlainBatch, clock: Clock) -> None:
    if batch.sent_at is None:
        return
    try:
        sent_ms, _ = parse_when(batch.sent_at)
        metrics.skew.observe(abs(clock.now() - sent_ms / 1000))
    except (ValueError, OverflowError):
        return  # it is measured only: a sender's odd clock refuses nothing
