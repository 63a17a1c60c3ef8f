"""Leaving: a handler whose client has gone is cancelled, and with it what it asks of others."""

from __future__ import annotations

import asyncio
import functools
from typing import Final

from aiohttp import web

from server.problems import Handler

LOOK_SECONDS: Final = 0.1
"""Seconds between two looks whether the client is still there."""


def ends_with_client(handler: Handler) -> Handler:
    """Return a handler that is cancelled when its client leaves: aiohttp lets one go on to its end."""

    @functools.wraps(handler)
    async def handle(request: web.Request) -> web.StreamResponse:
        answering = asyncio.ensure_future(handler(request))
        try:
            while True:
                done, _ = await asyncio.wait([answering], timeout=LOOK_SECONDS)
                if done:
                    return answering.result()
                if request.transport is None or request.transport.is_closing():
                    raise ConnectionResetError  # there is nobody to answer
        finally:
            if not answering.done():
                answering.cancel()
                await asyncio.wait([answering])

    return handle
