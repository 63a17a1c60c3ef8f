"""The catalogue: what is stated of contents and creators, one by one or many at once."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
from aiohttp import web

from server.door.access import require, require_public_read
from server.door.answers import Answer, answer
from server.door.parameters import Parameters
from server.ingest.admission import Admitted, admit, charge, senders_of, unwritten
from server.ingest.intake import INTAKE, Receipt
from server.ingest.one_event import write_one
from server.problems import Problem
from server.resources.clock import CLOCK
from server.resources.history import HISTORY
from server.resources.pipe import PipeFull, RedisAway
from streakline.ingest.catalogue import (
    BadFacts,
    State,
    content_event,
    creator_event,
    facts_of,
    listed_event,
    listed_facts,
)
from streakline.ingest.events import Batch, Event, Rejected


class StatedFacts(Answer):
    """How far `GET /api/v1/settled` has to be until a statement shows everywhere."""

    position: str


class ListedFacts(Answer):
    """How many statements were taken, and which were not, by their places in the list."""

    accepted: int
    rejected: list[Rejected]
    position: str


class KnownFacts(Answer):
    """What is known of a content or a creator, by the name of the fact."""

    id: str
    facts: dict[str, Any]


async def put_content(request: web.Request) -> web.Response:
    """`PUT /api/v1/content/{id}`: state facts of a content; needs the scope `write`. Answer: golden `facts_stated`."""
    return await _state_one(request, content_event)


async def put_creator(request: web.Request) -> web.Response:
    """`PUT /api/v1/creators/{id}`: state facts of a creator, as `put_content` does of a content."""
    return await _state_one(request, creator_event)


async def put_contents(request: web.Request) -> web.Response:
    """`PUT /api/v1/content`: state facts of many contents; needs the scope `write`. Answer: golden `facts_listed`."""
    return await _state_many(request, content_event)


async def put_creators(request: web.Request) -> web.Response:
    """`PUT /api/v1/creators`: state facts of many creators, as `put_contents` does of contents."""
    return await _state_many(request, creator_event)


async def get_content(request: web.Request) -> web.Response:
    """`GET /api/v1/content/{id}`: every fact of a content. Answer: golden `facts`; 404 `content-unknown`."""
    return await _known(request, "content")


async def get_creator(request: web.Request) -> web.Response:
    """`GET /api/v1/creators/{id}`: every fact of a creator. Answer: golden `facts`; 404 `creator-unknown`."""
    return await _known(request, "creator")


async def _state_one(request: web.Request, state: State) -> web.Response:
    admitted = await _admitted(request)
    try:
        event = state(
            request.match_info["id"], facts_of(admitted.body), at_ms=_now(request), new_id=str(uuid.uuid4())
        )
    except BadFacts as error:
        raise Problem(400, "not-facts", str(error)) from error
    charge(request, admitted, 1)
    receipt = await write_one(request, admitted, event, "not-facts")
    return answer(StatedFacts(position=receipt.position), status=202)


async def _state_many(request: web.Request, state: State) -> web.Response:
    admitted = await _admitted(request)
    events: list[tuple[int, Event]] = []
    rejected: list[Rejected] = []
    try:
        items = listed_facts(admitted.body)
    except BadFacts as error:
        raise Problem(400, "not-facts", str(error)) from error
    for index, item in enumerate(items):
        try:
            event = listed_event(item, state, at_ms=_now(request), new_id=str(uuid.uuid4()))
        except BadFacts as error:
            what = item.get("id") if isinstance(item, dict) else None
            rejected.append(Rejected(index, what[:200] if isinstance(what, str) else None, str(error)))
        else:
            events.append((index, event))
    receipt = await _written(request, admitted, Batch(events, [], None))
    named = [Rejected(one.index, items[one.index]["id"], one.error) for one in receipt.rejected]
    body = ListedFacts(
        accepted=receipt.accepted,
        rejected=sorted([*rejected, *named], key=lambda one: one.index),
        position=receipt.position,
    )
    return answer(body, status=202)


async def _admitted(request: web.Request) -> Admitted:
    """Return the body of who may state facts.

    Raises:
        Problem: 401 or 403 for who may not, and every refusal of `POST /api/stats/events`.
    """
    require(request, "write")
    Parameters(request)
    return await admit(request)


def _now(request: web.Request) -> int:
    return request.app[CLOCK].now_ms()


async def _written(request: web.Request, admitted: Admitted, batch: Batch) -> Receipt:
    charge(request, admitted, len(batch.events))
    # What is refused becomes a dead letter as an event, whatever it was sent as.
    by_place: list[object] = [None] * (max((index for index, _ in batch.events), default=-1) + 1)
    for index, event in batch.events:
        by_place[index] = event
    body = msgspec.json.encode(by_place)
    try:
        return await request.app[INTAKE].accept(batch, body, senders_of(request, admitted.grant))
    except (RedisAway, PipeFull) as error:
        raise unwritten(error) from error


async def _known(request: web.Request, subject: str) -> web.Response:
    require_public_read(request)
    Parameters(request)
    what = request.match_info["id"]
    rows = await request.app[HISTORY].rows("history/facts", subject=subject, id=what)
    facts: dict[str, Any] = {}
    for row in rows:
        fact, value = row["fact"], row["value"]
        facts["createdAt" if fact == "created" else fact] = _value(fact, value)
    if not facts:
        raise Problem(404, f"{subject}-unknown", f"the catalogue knows no {subject} {what[:200]!r}")
    return answer(KnownFacts(id=what, facts=facts))


def _value(fact: str, value: str) -> object:
    """Return a fact as it is sent: seconds, a list of hashtags, else the text."""
    if fact == "duration":
        return int(value) / 1_000
    return value.split() if fact == "hashtags" else value
