"""Answers of history that are kept: one way for every endpoint, with a tag for who has the answer already."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec
from aiohttp import web

from server.door.answers import tagged
from server.metrics import METRICS
from server.resources.kept import KEPT, Question, read_shards
from server.resources.redis_client import INSTALLATION, REDIS
from streakline.history.freshness import Shard

Make = Callable[[Sequence[Shard]], Awaitable[msgspec.Struct]]
"""Returns an answer; it is given what every shard was before its rows are read."""


async def kept_answer(request: web.Request, question: Question, make: Make) -> web.Response:
    """Return the kept answer to a question, or make it; 304 to who has it already.

    It is never older than what had settled before the question: the shards are looked at first, in Redis, whichever
    process was asked whether it has settled.

    Args:
        request: whose bearer may read the answer.
        question: what is asked.
        make: makes the answer.

    Raises:
        RedisError: if Redis does not answer: nobody could say whether a kept answer holds.
    """
    return tagged(request, await kept_text(request.app, question, make), cache="private, no-cache")


async def kept_text(app: web.Application, question: Question, make: Make) -> bytes:
    """Return the JSON of the kept answer to a question, or make it, as `kept_answer` does."""
    shards = await read_shards(app[REDIS], app[INSTALLATION].shards)
    text = app[KEPT].find(question.key, shards)
    app[METRICS].kept.labels("made" if text is None else "given again").inc()
    if text is None:
        text = msgspec.json.encode(await make(shards))
        app[KEPT].keep(question, shards, text)
    return text


def key_of(request: web.Request) -> bytes:
    """Return path and parameters of a request, in any order, as the key of a question."""
    return msgspec.msgpack.encode((request.path, sorted(request.query.items())))
