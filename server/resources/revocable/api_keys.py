"""API keys as a process knows them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import web

from server.resources.joined_file import JoinedFile
from server.resources.redis_client import OWN_REDIS, SETTINGS
from server.resources.revocable.keepers import followed
from server.resources.revocable.store import Places, Revocables, revocable_file
from streakline.door.api_keys import ApiKey
from streakline.door.revocable import Known
from streakline.streams import keys

FILE: Final = "api-keys.json"
"""In the data folder of every process that takes keys."""
_DECODER: Final = msgspec.json.Decoder(ApiKey)
_PLACES: Final = Places(keys.API_KEYS, keys.API_KEYS_REVOKED, keys.API_KEYS_CHANGE, "api_keys")


def key_file(folder: Path) -> JoinedFile[Known[ApiKey]]:
    """Return the file of keys and revocations in a data folder."""
    return revocable_file(folder / FILE, "keys", ApiKey)


class ApiKeys(Revocables[ApiKey]):
    """The API keys of an installation."""


API_KEYS: Final = web.AppKey("api_keys", ApiKeys)


async def api_keys_resource(app: web.Application) -> AsyncIterator[None]:
    """Know the keys for as long as the application runs."""
    ours = ApiKeys(app[OWN_REDIS], key_file(Path(app[SETTINGS].data)), _PLACES, _DECODER)
    async with followed(ours):
        app[API_KEYS] = ours
        yield
