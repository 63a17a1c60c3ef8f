"""Requests that are none: what is no HTTP from its beginning or from its middle, and expectations that nobody meets.

aiohttp refuses them by itself, in plain text and with a traceback in the log for each: whoever sends rubbish
would fill the log. Here they get the one shape of refusals, and a line.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import structlog
from aiohttp import HttpVersion11, StreamReader, hdrs, web, web_server
from aiohttp.http import RawRequestMessage
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong
from aiohttp.streams import EMPTY_PAYLOAD
from aiohttp.web_protocol import RequestHandler, _ErrInfo

from server.problems import Problem

MAX_TOLD: Final = 300
"""Characters of the parser's words that are passed on: it repeats what it was sent."""
MAX_HEADERS: Final = 65_536
"""Bytes of a request's headers. Nobody here reads most of them, and a visitor can do nothing about the cookies that
other programs on the same host gave him: the bound is there for memory only."""
MAX_HEADER_COUNT: Final = 1_000
MAX_ADDRESS: Final = 8_190
"""Bytes of a request line."""
_LINE_OVERHEAD: Final = len(": \r\n")
_log = structlog.get_logger()


class HeadersTooLarge(HttpProcessingError):
    """The headers of a request are larger than `MAX_HEADERS`, or do not end."""

    code = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    message = "headers too large"


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
        problem = _problem_of(status, exc, message or str(exc))
        _log.info("request_malformed", error=problem.detail)
        response = problem.response()
    response.force_close()
    return response


def _problem_of(status: int, exc: BaseException | None, message: str) -> Problem:
    # What was too long is not repeated: cookies are secrets.
    if isinstance(exc, LineTooLong) and exc.args[1] == MAX_ADDRESS:
        detail = f"the address is longer than {MAX_ADDRESS:,} bytes; send parameters that matter only"
        return Problem(HTTPStatus.REQUEST_URI_TOO_LONG, "address-too-long", detail)
    if _is_too_large(exc):
        detail = (
            f"the headers take more than {MAX_HEADERS:,} bytes or are more than {MAX_HEADER_COUNT:,}; "
            "send fewer or shorter ones (mostly it is Cookie: nothing here reads it)"
        )
        return Problem(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers-too-large", detail)
    return Problem(status, "bad-request", f"this is no request that can be read: {safe_text(message)}")


def safe_text(words: str) -> str:
    """Return the parser's words as one line that can be passed on."""
    return " ".join(words.split()).encode(errors="backslashreplace").decode()[:MAX_TOLD]


class MalformedHandler(RequestHandler):
    """aiohttp's protocol of a connection; who reads a body is told when what comes next cannot belong to it.

    aiohttp keeps that for the next request. Whoever waits for the rest of the body would wait for ever. And it bounds
    each header, not all of them together, which is done here.
    """

    __slots__ = ("_body", "_head_bytes", "_too_large")

    def __init__(self, manager: web_server.Server, **options: Any) -> None:
        sizes = {
            "max_line_size": MAX_ADDRESS,
            "max_field_size": MAX_HEADERS,
            "max_headers": MAX_HEADER_COUNT,
        }
        super().__init__(manager, **options | sizes)
        self._body: StreamReader = EMPTY_PAYLOAD
        """Of the request that came last."""
        self._head_bytes = 0
        """Bytes that came since then of a head that is not whole."""
        self._too_large = False

    def data_received(self, data: bytes) -> None:
        """Take what came; if it is no HTTP, end the bodies that are not complete."""
        if self._too_large:
            return  # the refusal is on its way; what still comes is thrown away
        known, in_body = len(self._messages), not self._body.is_eof()
        super().data_received(data)
        self._bound_head(known, len(data), in_body=in_body)
        wrong = self._messages[-1][0] if self._messages else None
        if isinstance(wrong, _ErrInfo) and wrong is not _TOO_LARGE:
            bodies = [payload for message, payload in self._messages if message is not wrong]
            if self._current_request is not None:
                bodies.append(self._current_request.content)
            for body in bodies:
                if not body.is_eof():
                    body.set_exception(web.RequestPayloadError(wrong.message))

    def _bound_head(self, known: int, size: int, *, in_body: bool) -> None:
        """Refuse a head beyond the bound, whole or not; `known` messages were there before so many bytes came.

        Where a body ended in these bytes, a head that begins behind it is counted from the next ones on.
        """
        if self._payload_parser is not None or self._upgraded:
            return  # a live socket: no heads come any more
        self._head_bytes += 0 if in_body else size
        came = len(self._messages) > known
        if max(self._head_bytes, size) > MAX_HEADERS:
            for index in range(known, len(self._messages)):
                message, body = self._messages[index]
                if not isinstance(message, _ErrInfo) and _size_of(message) > MAX_HEADERS:
                    self._messages[index] = (_TOO_LARGE, body)
            if self._head_bytes > MAX_HEADERS and not came and self._body.is_eof():
                self._messages.append((_TOO_LARGE, self._endless()))
                if self._waiter is not None and not self._waiter.done():
                    self._waiter.set_result(None)
        if came:
            wrong, body = self._messages[-1]
            if isinstance(wrong, _ErrInfo) and wrong is not _TOO_LARGE and _is_too_large(wrong.exc):
                self._messages[-1] = (wrong, self._endless())
            self._body = self._messages[-1][1]
        if came or not self._body.is_eof():
            self._head_bytes = 0

    def _endless(self) -> StreamReader:
        """Return a body that does not end: aiohttp gives who still sends time to read the answer, and then closes."""
        self._too_large = True
        return StreamReader(self, self._read_bufsize, loop=self._loop)

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Log what nobody expected; a body that cannot be read is none of that, whenever it is met."""
        error = kw.get("exc_info")
        if isinstance(error, web.RequestPayloadError | HttpProcessingError):
            _log.info("request_malformed", error=safe_text(str(error)))
        else:
            super().log_exception(*args, **kw)


_TOO_LARGE: Final = _ErrInfo(HeadersTooLarge.code, HeadersTooLarge(), HeadersTooLarge.message)


def _is_too_large(exc: BaseException | None) -> bool:
    return isinstance(exc, HeadersTooLarge | LineTooLong) or "Too many headers" in str(exc)


def _size_of(message: RawRequestMessage) -> int:
    return sum(len(name) + len(value) + _LINE_OVERHEAD for name, value in message.raw_headers)


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
