"""Problems: every refusal as RFC 9457 `application/problem+json`, also those that aiohttp makes itself."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final

import msgspec
import structlog
from aiohttp import web
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeout

from server.resources import history

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CONTENT_TYPE: Final = "application/problem+json"
AWAY_SECONDS: Final = 2.0
"""After so long it is worth asking again what needs a Redis that is away."""
_log = structlog.get_logger()


class ProblemBody(msgspec.Struct, frozen=True):
    """The body of a refusal (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


class Problem(Exception):
    """A refusal: its HTTP status, a code that never changes, and a sentence that says what to do.

    Attributes:
        status: the HTTP status.
        code: the last part of the `type` URI; clients may switch on it.
        detail: what was wrong with which value, and what to do.
        retry_after: seconds after which the same request may succeed, or None.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        retry_after: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
        self._headers = headers or {}

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the answer."""
        headers = {"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store", **self._headers}
        if self.retry_after is not None:
            headers["Retry-After"] = str(max(1, math.ceil(self.retry_after)))
        if self.status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = 'Bearer realm="streakline"'
        return headers

    @property
    def body(self) -> bytes:
        """The body of the answer."""
        title = HTTPStatus(self.status).phrase
        return msgspec.json.encode(
            ProblemBody(f"urn:streakline:problem:{self.code}", title, self.status, self.detail)
        )

    def response(self) -> web.Response:
        """Return the refusal as an answer."""
        return web.Response(status=self.status, body=self.body, headers=self.headers)


def _of_http(error: web.HTTPException, request: web.Request) -> web.StreamResponse:
    """Return aiohttp's own refusals (404, 405, 413 ...) in the one shape, with their headers kept."""
    if error.status < HTTPStatus.BAD_REQUEST:
        return error
    code = HTTPStatus(error.status).phrase.lower().replace(" ", "-")
    if isinstance(error, web.HTTPNotFound):
        code, detail = "not-found", f"nothing is at {request.path[:200]!r}"
    elif isinstance(error, web.HTTPMethodNotAllowed):
        detail = (
            f"{request.method[:20]} is not allowed here; allowed: {', '.join(sorted(error.allowed_methods))}"
        )
    else:
        detail = (error.text or error.reason)[:500]
    response = Problem(error.status, code, detail).response()
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


@web.middleware
async def problems_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every refusal as problem+json; log what nobody expected and answer 500."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except web.HTTPException as error:
        return _of_http(error, request)
    except ConnectionResetError:
        raise  # the client went away; there is nobody to tell
    except (RedisConnectionError, RedisTimeout, TimeoutError) as error:
        detail = f"redis does not answer: {error}; ask again"
        return Problem(503, "store-away", detail, retry_after=AWAY_SECONDS).response()
    except history.HistoryAway as error:
        detail = f"history does not answer: {error}; ask again"
        return Problem(503, "history-away", detail, retry_after=history.AWAY_SECONDS).response()
    except history.HistoryBusy as error:
        detail = f"history is asked too much: {error}; ask again"
        return Problem(503, "history-busy", detail, retry_after=history.BUSY_SECONDS).response()
    except history.TooCostly as error:
        detail = f"the question is too costly: {error}; ask for less, like a shorter range"
        return Problem(422, "too-costly", detail).response()
    except Exception:  # noqa: BLE001 - the one place where an error nobody thought of becomes an answer
        _log.exception("request_failed", method=request.method, path=request.path)
        detail = "the server failed to answer; its log says why"
        return Problem(500, "internal", detail).response()
