"""Streamed answers: of any length, sent as they are made, and seen to be broken if they do not end well.

HTTP has no word for "sorry, the rest failed" once a body has begun. What every client sees is a chunked body whose
connection ends before its last chunk. HTTP/1.0 has no chunks: there the end of the connection is the end of the body.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Final

from aiohttp import HttpVersion11, hdrs, web

from server.door.access import origin_headers
from server.door.answers import NO_STORE
from server.problems import Problem

STALLED_SECONDS: Final = 300
"""For so long a client may take nothing of what is sent."""


def require_chunks(request: web.Request) -> None:
    """Refuse a request whose sender could not see that its answer broke off.

    Raises:
        Problem: 505 `http-version` for HTTP/1.0.
    """
    if request.version < HttpVersion11:
        detail = "a streamed answer needs HTTP/1.1, whose clients see whether it is whole; ask with HTTP/1.1"
        raise Problem(505, "http-version", detail)


async def streamed_answer(
    request: web.Request, chunks: AsyncIterator[bytes], *, media_type: str, headers: Mapping[str, str]
) -> web.StreamResponse:
    """Send an answer as its bytes come; the connection is cut off where they raise.

    What they raise before the first of them is an ordinary refusal.

    Args:
        request: from a client that `require_chunks` let pass.
        chunks: the bytes.
        media_type: of the answer.
        headers: more of them.

    Raises:
        ConnectionResetError: if the answer, or its client, broke off: there is nobody to tell more.
    """
    first = await anext(chunks, b"")
    response = web.StreamResponse(
        headers={hdrs.CACHE_CONTROL: NO_STORE, **origin_headers(request), **headers}
    )
    response.content_type = media_type
    response.enable_chunked_encoding()
    await response.prepare(request)
    try:
        await _sent(response, first)
        async for chunk in chunks:
            await _sent(response, chunk)
        await response.write_eof()
    except BaseException as error:
        if request.transport is not None:
            request.transport.abort()
        if isinstance(error, Exception):
            raise ConnectionResetError from error
        raise
    return response


async def _sent(response: web.StreamResponse, chunk: bytes) -> None:
    async with asyncio.timeout(STALLED_SECONDS):
        await response.write(chunk)
