"""One event that an endpoint of its own has made: written as if it had been posted."""

from __future__ import annotations

import msgspec
from aiohttp import web

from server.ingest.admission import Admitted, senders_of, unwritten
from server.ingest.intake import INTAKE, Receipt
from server.problems import Problem
from server.resources.pipe import PipeFull, RedisAway
from streakline.ingest.events import Batch, Event


async def write_one(request: web.Request, admitted: Admitted, event: Event, code: str) -> Receipt:
    """Return the receipt of an event, which is charged already.

    Raises:
        Problem: 400 with the code if the event is refused, which makes it a dead letter; 429 or 503 if nobody can
            say that it is written.
    """
    batch, body = Batch([(0, event)], [], None), msgspec.json.encode([event])
    try:
        receipt = await request.app[INTAKE].accept(batch, body, senders_of(request, admitted.grant))
    except (RedisAway, PipeFull) as error:
        raise unwritten(error) from error
    if receipt.rejected:
        raise Problem(400, code, receipt.rejected[0].error)
    return receipt
