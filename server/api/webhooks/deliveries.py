"""Deliveries of a webhook: their log, those that were given up, another try, and a test."""

from __future__ import annotations

import uuid
from typing import Final

from aiohttp import web

from server.api.webhooks.endpoints import known_webhook
from server.door.access import require
from server.door.answers import Answer, answer
from server.door.parameters import Parameters
from server.problems import Problem
from server.resources.clock import CLOCK
from server.resources.redis_client import REDIS
from server.webhooks.known import WEBHOOKS
from server.webhooks.queue import Queue
from streakline.domain_events.events import DomainEvent, WebhookTest, encode
from streakline.times import iso
from streakline.webhooks.deliveries import STATES, Attempt, Delivery
from streakline.webhooks.known import Webhook

SHOWN: Final = 50
MOST_SHOWN: Final = 1_000
LISTED: Final = ("state", "limit")


class ShownAttempt(Answer):
    """A try: when it began (RFC 3339), seconds that it took, status of the answer, or why there was none."""

    at: str
    duration: float
    status: int | None
    error: str | None


class ShownDelivery(Answer):
    """A delivery.

    Attributes:
        id: of the event, and its `webhook-id`.
        type: of the event.
        state: `pending`, `delivered` or `dead`.
        created: when it was made, RFC 3339.
        next: when it is tried next; null if it is not.
        attempts: the last ones, in their order.
    """

    id: str
    type: str
    state: str
    created: str
    next: str | None
    attempts: list[ShownAttempt]


class Deliveries(Answer):
    """Deliveries of a webhook, the newest first."""

    deliveries: list[ShownDelivery]


async def get_deliveries(request: web.Request) -> web.Response:
    """`GET /api/v1/webhooks/{id}/deliveries`: the newest deliveries. Answer: golden `deliveries`.

    Parameters: `state` (any), `limit` (50). 404 `webhook-unknown`.
    """
    require(request, "admin")
    asked = Parameters(request, *LISTED)
    state = asked.choice("state", ("any", *STATES), "any")
    limit = asked.whole("limit", 1, MOST_SHOWN, SHOWN)
    hook = known_webhook(request, request.match_info["id"])
    states = [one for one in STATES if state in {"any", one}]
    found = await Queue(request.app[REDIS]).listed(hook.id, states, limit)
    return answer(Deliveries(deliveries=[_shown(one) for one in found]))


async def post_retry(request: web.Request) -> web.Response:
    """`POST /api/v1/webhooks/{id}/deliveries/{delivery}/retry`: try a delivery again now, whatever became of it.

    Answer: 202 golden `delivery`. 404 `webhook-unknown`, `delivery-unknown`; 409 `webhook-disabled`.
    """
    require(request, "admin")
    Parameters(request)
    hook, event = _taking(request), request.match_info["delivery"]
    queue, now = Queue(request.app[REDIS]), request.app[CLOCK].now_ms()
    delivery = await queue.get(hook.id, event)
    if delivery is None:
        lists = f"GET /api/v1/webhooks/{hook.id}/deliveries lists them"
        detail = f"webhook {hook.id} has no delivery {event[:40]!r}; {lists}"
        raise Problem(404, "delivery-unknown", detail)
    again = delivery.again(now)
    await queue.store(hook.id, again, now)
    return answer(_shown(again), status=202)


async def post_test(request: web.Request) -> web.Response:
    """`POST /api/v1/webhooks/{id}/test`: send an event of the type `WebhookTest`. Answer: 202 golden `delivery`.

    404 `webhook-unknown`; 409 `webhook-disabled`.
    """
    require(request, "admin")
    Parameters(request)
    hook, now = _taking(request), request.app[CLOCK].now_ms()
    event = DomainEvent(str(uuid.uuid4()), WebhookTest.__name__, iso(now), None, WebhookTest())
    made = Delivery(event=event.id, type=event.type, body=encode(event).decode(), created=now, next=now)
    await Queue(request.app[REDIS]).add(hook.id, made)
    return answer(_shown(made), status=202)


def _taking(request: web.Request) -> Webhook:
    """Return the webhook of a path, which must take deliveries.

    Raises:
        Problem: 404 `webhook-unknown`, 409 `webhook-disabled`.
    """
    hook = known_webhook(request, request.match_info["id"])
    if hook.id in request.app[WEBHOOKS].known.disabled:
        detail = f"the receiver of webhook {hook.id} answered 410 Gone; remove it, and add it anew"
        raise Problem(409, "webhook-disabled", detail)
    return hook


def _shown(delivery: Delivery) -> ShownDelivery:
    return ShownDelivery(
        id=delivery.event,
        type=delivery.type,
        state=delivery.state,
        created=iso(delivery.created),
        next=None if delivery.next is None else iso(delivery.next),
        attempts=[_attempt(one) for one in delivery.attempts],
    )


def _attempt(one: Attempt) -> ShownAttempt:
    return ShownAttempt(at=iso(one.at), duration=one.ms / 1000, status=one.status, error=one.error)
