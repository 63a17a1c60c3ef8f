"""Admission: whether a request may write, asked before its body is read and decoded.

The questions come in the order of what they cost: token or key, whether anything can be written, what is left of the
sender's allowance, then the body. So to refuse costs less than to accept. Browsers' origins were asked before, by
`server.door.access.origins_middleware`. Every handler that writes events goes through here.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final, NamedTuple

from aiohttp import hdrs, web

from server.door.access import country_of, header_text, writer_of
from server.door.malformed import safe_text
from server.door.rates import ALLOWANCES, charged_to, refuse_over_rate
from server.door.tokens import Grant
from server.ingest.agents import Agent, agent_of
from server.problems import Problem
from server.resources.pipe import PipeFull, RedisAway
from server.resources.redis_client import SETTINGS
from server.upkeep.pressure import PRESSURE
from server.upkeep.watch import WATCH
from streakline.door.unpacking import UNPACKED, CodingUnknown, Damaged, Swollen, codings_of, unpacked
from streakline.ingest.events import MAX_BYTES
from streakline.ingest.senders import HTTP_LIBRARY, SentBy
from streakline.ingest.shapes import MAX_TEXT
from streakline.ingest.stamping import Sender, Senders
from streakline.settings import Settings

READABLE: Final = frozenset(
    {"application/json", "text/plain", "application/octet-stream", "application/x-www-form-urlencoded"}
)
"""Content types whose body is tried as JSON: what fetch, sendBeacon and curl send."""
BODY_SECONDS: Final = 30.0
"""A body of the largest kind comes over a line of 300 kbit/s; one that takes longer holds a connection for nothing."""
AWAY_SECONDS: Final = 2.0
PRESSURE_SECONDS: Final = 10.0


class Admitted(NamedTuple):
    """A request that may write."""

    grant: Grant
    charged: str
    """Under which name its events are charged."""
    body: bytes
    """Unpacked, at most `MAX_BYTES`."""


async def admit(request: web.Request) -> Admitted:
    """Let a request write, and return its body.

    Raises:
        Problem: that refuses it: 401 or 403 for who may not write, 503 while nothing can be written, 429 for a sender
            over its rate, 400, 408, 413 or 415 for its body.
    """
    grant = writer_of(request)
    return Admitted(grant, let_in(request, grant), await _body(request))


def let_in(request: web.Request, grant: Grant) -> str:
    """Return under which name the events of a request are charged that may write.

    Raises:
        Problem: 503 while nothing can be written, 429 for a sender over its rate.
    """
    refuse_if_pressed(request)
    charged = charged_to(request, grant)
    refuse_over_rate(request.app[ALLOWANCES], charged, "events")
    return charged


def refuse_if_pressed(request: web.Request) -> None:
    """Let a request write what streams carry.

    Raises:
        Problem: 503 while nothing can be written.
    """
    refusal = request.app[PRESSURE].refusal or request.app[WATCH].refusal
    if refusal is not None:
        raise Problem(503, "store-pressed", refusal, retry_after=PRESSURE_SECONDS)


def charge(request: web.Request, admitted: Admitted, events: int) -> None:
    """Charge the events of an admitted request.

    Raises:
        Problem: 429 if other requests of the sender used up its allowance while this one's body came.
    """
    refuse_over_rate(request.app[ALLOWANCES], admitted.charged, "events")
    request.app[ALLOWANCES].charge(admitted.charged, events, time.monotonic())


def senders_of(request: web.Request, grant: Grant) -> Senders:
    """Return who sent the events of a request."""
    trusted = grant.may("write")
    sent_by = SentBy(
        user_id=None if trusted else grant.sub,
        trusted=trusted,
        admin="admin" in grant.scopes,
        country=country_of(request),
        agent=header_text(request, hdrs.USER_AGENT)[:MAX_TEXT],
    )
    return senders_by(sent_by, request.app[SETTINGS])


def senders_by(sent_by: SentBy, settings: Settings) -> Senders:
    """Return who sent events: the request's sender, but of events that bring their own user agent."""
    nameless = sent_by.nobody and not settings.anonymous_users

    def sender(text: str, agent: Agent) -> Sender:
        where = (sent_by.country, agent.device, agent.browser, agent.os, text)
        whose = (sent_by.user_id, sent_by.trusted, sent_by.admin)
        return Sender(*whose, *where, bot_reason=agent.bot_reason, nameless=nameless)

    agent = agent_of(sent_by.agent)
    if agent.bot_reason == HTTP_LIBRARY:
        agent = agent._replace(bot_reason="")
    return Senders(sender(sent_by.agent, agent), lambda text: sender(text, agent_of(text)), sent_by)


def unwritten(error: RedisAway | PipeFull) -> Problem:
    """Return the answer to events that nobody can say are written."""
    detail = f"{error}; send the same events again"
    if isinstance(error, PipeFull):
        return Problem(429, "too-busy", detail, retry_after=1)
    return Problem(503, "store-away", detail, retry_after=AWAY_SECONDS)


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
        detail = f"the body breaks off: {safe_text(str(error))}; send the same events again"
        raise Problem(400, "not-events", detail) from error
