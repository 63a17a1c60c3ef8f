"""Requests that never reach a handler: what is no HTTP, and expectations that nobody meets.

aiohttp refuses them by itself, in plain text and with a traceback in the log for each: whoever sends rubbish
would fill the log. Here they get the one shape of refusals, and a line.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import HttpVersion11, hdrs, web
from aiohttp.web_protocol import RequestHandler

from server.problems import Problem

MAX_TOLD: Final = 300
"""Characters of the parser's words that are passed on: it repeats what it was sent."""
_log = structlog.get_logger()


def _refuse(
    _: RequestHandler,
    request: web.BaseRequest,
    status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
    exc: BaseException | None = None,
    message: str | None = None,
) -> web.StreamResponse:
    if request.writer.output_size > 0 or isinstance(exc, ConnectionError):
        raise ConnectionError from exc  # part of an answer is out, or nobody is there to be told
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("request_failed", method=request.method, path=request.path, exc_info=exc)
        response = Problem(status, "internal", "the server failed to answer; its log says why").response()
    else:
        words = " ".join((message or str(exc)).split())
        told = words.encode(errors="backslashreplace").decode()[:MAX_TOLD]
        _log.info("request_malformed", error=told)
        response = Problem(status, "bad-request", f"this is no request that can be read: {told}").response()
    response.force_close()
    return response


def answer_malformed() -> None:
    """Let aiohttp refuse malformed requests with problem+json, in every application of this process."""
    # It offers no other place: neither middlewares nor signals see a request that cannot be parsed.
    RequestHandler.handle_error = _refuse  # type: ignore[method-assign,assignment]


async def met_or_refused(request: web.Request) -> web.StreamResponse | None:
    """Answer the header `Expect`: go on, or say that this is not met here."""
    expected = request.headers.get(hdrs.EXPECT, "")
    if expected.lower() != "100-continue":
        detail = f"Expect {expected[:40]!r} cannot be met; send 100-continue or nothing"
        return Problem(417, "expectation-failed", detail).response()
    if request.version == HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun
    return None
