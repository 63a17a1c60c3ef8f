"""Bodies of requests that are small JSON: read whole, and what cannot be used refused by its name."""

from __future__ import annotations

import asyncio
from typing import Final, TypeVar

import msgspec
from aiohttp import hdrs, web

from server.problems import Problem

MOST_BYTES: Final = 64 * 1024
SECONDS: Final = 10.0
"""For which a body is awaited."""
T = TypeVar("T", bound=msgspec.Struct)


async def read_body(request: web.Request) -> bytes:
    """Return the body of a request that is small and not packed.

    Raises:
        Problem: 408, 413 or 415 for what is not read.
    """
    if hdrs.CONTENT_ENCODING in request.headers:
        raise Problem(415, "content-encoding", "this body is not packed; send it as it is")
    body = bytearray()
    try:
        async with asyncio.timeout(SECONDS):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise Problem(413, "too-large", f"the body is larger than {MOST_BYTES} bytes; send less")
    except TimeoutError as error:
        raise Problem(
            408, "too-slow", f"the body did not arrive within {SECONDS:g} s; send it again"
        ) from error
    return bytes(body)


async def read_object(request: web.Request, decoder: msgspec.json.Decoder[T], code: str) -> T:
    """Return the body of a request as the struct that its decoder makes.

    Raises:
        Problem: 400 with the code for what is none, with the member that is wrong; what `read_body` raises.
    """
    body = await read_body(request)
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Problem(400, code, f"the body cannot be used: {str(error)[:300]}") from error
