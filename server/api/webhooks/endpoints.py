"""Webhooks: added, listed and removed by an admin. The secret of one is in one answer, that of its adding."""

from __future__ import annotations

import base64
import secrets
from typing import Final

import msgspec
from aiohttp import web

from server.door.access import require
from server.door.answers import Answer, answer
from server.door.bodies import read_object
from server.door.parameters import Parameters
from server.problems import Problem
from server.resources.clock import CLOCK
from server.resources.redis_client import REDIS, SETTINGS
from server.webhooks.known import WEBHOOKS
from server.webhooks.queue import Queue
from streakline.domain_events.events import EVENT_TYPES
from streakline.times import iso
from streakline.webhooks.addresses import check_url
from streakline.webhooks.deliveries import State
from streakline.webhooks.known import MOST, MOST_EVER, Webhook
from streakline.webhooks.signing import SECRET_BYTES, secret_text

LONGEST_TEXT: Final = 200


class NewWebhook(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a request for a webhook.

    Attributes:
        url: to which events are posted.
        events: types that it wants; none: all.
        description: what people call it.
    """

    url: str
    events: list[str] = []
    description: str = ""


class ShownWebhook(Answer):
    """A webhook without its secret.

    Attributes:
        id: names it.
        url: to which events are posted.
        events: types that it wants; none: all.
        description: what people call it.
        created: when it was added, RFC 3339.
        state: `active`, or `disabled` once its receiver answered 410.
        disabled: when that was; null if it was not.
        pending: deliveries that wait to be tried.
        dead: deliveries that were given up, as far as they are kept.
    """

    id: str
    url: str
    events: list[str]
    description: str
    created: str
    state: str
    disabled: str | None
    pending: int
    dead: int


class MadeWebhook(Answer):
    """A webhook and, this once, the secret by which its receiver knows that a delivery is ours."""

    secret: str
    shown: ShownWebhook


class AllWebhooks(Answer):
    """All webhooks, the newest first."""

    webhooks: list[ShownWebhook]


class RemovedWebhook(Answer):
    """A webhook that is gone, and since when (RFC 3339)."""

    id: str
    removed: str


_DECODER: Final = msgspec.json.Decoder(NewWebhook)
_NONE: Final[dict[State, int]] = {"pending": 0, "delivered": 0, "dead": 0}


async def post_webhook(request: web.Request) -> web.Response:
    """`POST /api/v1/webhooks`: add a `NewWebhook`. Answer: 201 golden `made_webhook`.

    400 `webhook`, 409 `too-many-webhooks`.
    """
    require(request, "admin")
    Parameters(request)
    wanted = await read_object(request, _DECODER, "webhook")
    _check(wanted, private=request.app[SETTINGS].private_webhooks)
    hooks, now = request.app[WEBHOOKS], request.app[CLOCK].now_ms()
    known = hooks.known
    if len(known.hooks) >= MOST or len(known.hooks) + len(known.removed) >= MOST_EVER:
        there = f"there are {len(known.hooks)} webhooks, and {len(known.removed)} were removed"
        raise Problem(409, "too-many-webhooks", f"{there}; {MOST} and {MOST_EVER} in all are the most")
    made = Webhook(
        id=base64.b32encode(secrets.token_bytes(7)).decode().lower()[:10],
        url=wanted.url,
        secret=secret_text(secrets.token_bytes(SECRET_BYTES)),
        events=tuple(sorted(set(wanted.events))),
        description=wanted.description,
        created=now,
    )
    try:
        await hooks.add(made)
    except OSError as error:
        raise _not_kept(error) from error
    return answer(MadeWebhook(secret=made.secret, shown=_shown(made, None, _NONE)), status=201)


async def get_webhooks(request: web.Request) -> web.Response:
    """`GET /api/v1/webhooks`: all webhooks, without their secrets. Answer: golden `webhooks`."""
    require(request, "admin")
    Parameters(request)
    known = request.app[WEBHOOKS].known
    counts = await Queue(request.app[REDIS]).counts(known.hooks)
    newest = sorted(known.hooks.values(), key=lambda hook: (-hook.created, hook.id))
    return answer(
        AllWebhooks(webhooks=[_shown(hook, known.disabled.get(hook.id), counts[hook.id]) for hook in newest])
    )


async def delete_webhook(request: web.Request) -> web.Response:
    """`DELETE /api/v1/webhooks/{id}`: remove a webhook for ever, with its secret and its deliveries.

    Answer: golden `removed_webhook`; once more it is the same. 404 `webhook-unknown`.
    """
    require(request, "admin")
    Parameters(request)
    hooks, now, id_ = request.app[WEBHOOKS], request.app[CLOCK].now_ms(), request.match_info["id"]
    if id_ not in hooks.known.removed:
        known_webhook(request, id_)
        try:
            await hooks.remove(id_, now)
        except OSError as error:
            raise _not_kept(error) from error
    return answer(RemovedWebhook(id=id_, removed=iso(hooks.known.removed[id_])))


def known_webhook(request: web.Request, id_: str) -> Webhook:
    """Return the webhook with an id.

    Raises:
        Problem: 404 `webhook-unknown`.
    """
    hook = request.app[WEBHOOKS].known.hooks.get(id_)
    if hook is None:
        detail = f"no webhook has the id {id_[:40]!r}; GET /api/v1/webhooks names them"
        raise Problem(404, "webhook-unknown", detail)
    return hook


def _check(wanted: NewWebhook, *, private: bool) -> None:
    """Let a webhook be added.

    Raises:
        Problem: 400 `webhook`, with the member that cannot be used.
    """
    try:
        check_url(wanted.url, private=private)
    except ValueError as error:
        raise Problem(400, "webhook", str(error)) from error
    for type_ in wanted.events:
        if type_ not in EVENT_TYPES:
            detail = f"events names {type_[:40]!r}; there are {', '.join(EVENT_TYPES)}, and none is all"
            raise Problem(400, "webhook", detail)
    if len(wanted.description) > LONGEST_TEXT:
        detail = f"description has {len(wanted.description)} characters; {LONGEST_TEXT} are the most"
        raise Problem(400, "webhook", detail)


def _shown(hook: Webhook, disabled: int | None, counts: dict[State, int]) -> ShownWebhook:
    return ShownWebhook(
        id=hook.id,
        url=hook.url,
        events=list(hook.events),
        description=hook.description,
        created=iso(hook.created),
        state="active" if disabled is None else "disabled",
        disabled=None if disabled is None else iso(disabled),
        pending=counts["pending"],
        dead=counts["dead"],
    )


def _not_kept(error: OSError) -> Problem:
    detail = (
        f"the file of the webhooks cannot be written, so nothing was changed for good: {error}; ask again"
    )
    return Problem(503, "store-pressed", detail, retry_after=10)
