"""Platforms: look at every account that is due, at the pace of its platform."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from aiohttp import web

from server.platforms.resource import PLATFORMS

NAME: Final = "platforms"
EVERY: Final = timedelta(minutes=5)
"""Between two looks at who is due: one that could not be looked at is due again in five minutes at the earliest."""
SECONDS: Final = 3 * 3_600.0
"""For all accounts that are due."""


async def platforms(app: web.Application) -> None:
    """Look at the accounts that are due. What one cannot tell keeps no other from being looked at.

    Raises:
        RedisError: if Redis does not answer.
    """
    if PLATFORMS not in app:
        return
    syncs = app[PLATFORMS].syncs
    await asyncio.gather(*(syncs.begin(one) for one in await syncs.due()), return_exceptions=True)
