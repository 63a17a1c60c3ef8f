"""Webhooks as a process knows them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from aiohttp import web
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from server.resources.joined_file import JoinedFile
from server.resources.redis_client import OWN_REDIS, SETTINGS
from server.resources.revocable.keepers import Keepers, followed, moments
from streakline.streams import keys
from streakline.webhooks.deliveries import STATES
from streakline.webhooks.known import KnownWebhooks, Webhook

FILE: Final = "webhooks.json"
"""In the data folder of every process that knows webhooks."""
_DECODER: Final = msgspec.json.Decoder(Webhook)


class _Held(msgspec.Struct):
    """What the file holds."""

    hooks: list[Webhook] = []
    removed: dict[str, int] = {}
    disabled: dict[str, int] = {}


_HELD: Final = msgspec.json.Decoder(_Held)


def webhook_file(folder: Path) -> JoinedFile[KnownWebhooks]:
    """Return the file of webhooks and removals in a data folder."""

    def decode(data: bytes) -> KnownWebhooks:
        held = _HELD.decode(data)
        return KnownWebhooks({hook.id: hook for hook in held.hooks}, held.removed, held.disabled)

    def encode(known: KnownWebhooks) -> bytes:
        held = _Held(list(known.hooks.values()), dict(known.removed), dict(known.disabled))
        return msgspec.json.encode(held)

    return JoinedFile(folder / FILE, KnownWebhooks(), decode, encode)


class Webhooks(Keepers[KnownWebhooks]):
    """The webhooks of an installation. No removal is ever forgotten."""

    def __init__(self, redis: Redis, file: JoinedFile[KnownWebhooks]) -> None:
        """Know nothing yet."""
        super().__init__(redis, file, KnownWebhooks(), keys.WEBHOOKS_CHANGE, "webhooks")

    async def add(self, hook: Webhook) -> None:
        """Keep a webhook. Raises as `change` does."""
        await self.change(KnownWebhooks({hook.id: hook}))

    async def remove(self, id_: str, at: int) -> None:
        """Remove a webhook for ever, with its deliveries, at a moment (ms). Raises as `change` does."""
        await self.change(KnownWebhooks(removed={id_: at}))

    async def disable(self, id_: str, at: int) -> None:
        """Deliver nothing more to a webhook, whose deliveries are kept. Raises as `change` does."""
        await self.change(KnownWebhooks(disabled={id_: at}))

    def _ask(self, pipe: Pipeline) -> None:
        pipe.hgetall(keys.WEBHOOKS)
        pipe.hgetall(keys.WEBHOOKS_REMOVED)
        pipe.hgetall(keys.WEBHOOKS_DISABLED)

    def _read(self, replies: Sequence[Any]) -> KnownWebhooks:
        held, removed, disabled = replies
        hooks = {hook.id: hook for hook in map(_DECODER.decode, held.values())}
        return KnownWebhooks(hooks, moments(removed), moments(disabled))

    def _keep(self, pipe: Pipeline, known: KnownWebhooks) -> None:
        for id_, hook in known.hooks.items():
            pipe.hsetnx(keys.WEBHOOKS, id_, msgspec.json.encode(hook))
        for id_, at in known.disabled.items():
            pipe.hsetnx(keys.WEBHOOKS_DISABLED, id_, at)
        for id_, at in known.removed.items():
            pipe.hsetnx(keys.WEBHOOKS_REMOVED, id_, at)
            for of in (keys.WEBHOOKS, keys.WEBHOOKS_DISABLED, keys.WEBHOOKS_CURSORS):
                pipe.hdel(of, id_)
            pipe.delete(keys.deliveries(id_), *(keys.deliveries_in(id_, state) for state in STATES))


WEBHOOKS: Final = web.AppKey("webhooks", Webhooks)


async def webhooks_resource(app: web.Application) -> AsyncIterator[None]:
    """Know the webhooks for as long as the application runs."""
    ours = Webhooks(app[OWN_REDIS], webhook_file(Path(app[SETTINGS].data)))
    async with followed(ours):
        app[WEBHOOKS] = ours
        yield
