"""Requests that are none: what is no HTTP from its beginning or from its middle, and expectations that nobody meets.

aiohttp refuses them by itself, in plain text and with a traceback in the log for each: whoever sends rubbish
would fill the log. Here they get the one shape of refusals, and a line.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import structlog
from aiohttp import HttpVersion11, hdrs, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestHandler, _ErrInfo

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
        told = told_of(message or str(exc))
        _log.info("request_malformed", error=told)
        response = Problem(status, "bad-request", f"this is no request that can be read: {told}").response()
    response.force_close()
    return response


def told_of(words: str) -> str:
    """Return the parser's words as one line that can be passed on."""
    return " ".join(words.split()).encode(errors="backslashreplace").decode()[:MAX_TOLD]


class MalformedHandler(RequestHandler):
    """aiohttp's protocol of a connection; who reads a body is told when what comes next cannot belong to it.

    aiohttp keeps that for the next request. Whoever waits for the rest of the body would wait for ever.
    """

    __slots__ = ()

    def data_received(self, data: bytes) -> None:
        """Take what came; if it is no HTTP, end the bodies that are not complete."""
        super().data_received(data)
        if self._messages and isinstance(wrong := self._messages[-1][0], _ErrInfo):
            bodies = [payload for _, payload in self._messages]
            if self._current_request is not None:
                bodies.append(self._current_request.content)
            for body in bodies:
                if not body.is_eof():
                    body.set_exception(web.RequestPayloadError(wrong.message))

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Log what nobody expected; a body that cannot be read is none of that, whenever it is met."""
        error = kw.get("exc_info")
        if isinstance(error, web.RequestPayloadError | HttpProcessingError):
            _log.info("request_malformed", error=told_of(str(error)))
        else:
            super().log_exception(*args, **kw)


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
