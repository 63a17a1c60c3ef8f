"""The lane: a connection that sends the same request head again has its body taken without asking aiohttp.

The first request of a connection always goes the whole way: aiohttp's strict parser, the middlewares, the handler.
If that was answered 202 and offers a `Lane`, the connection remembers the bytes of the head. A later head that
differs in nothing but the digits of its Content-Length means the same, so nothing of it is read again: who sent it,
what he may do, which origin is let in. Everything else goes the whole way, as does whatever the lane turns down.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final, Protocol

import structlog
from aiohttp import HttpVersion11, hdrs, web, web_server

from server.door.malformed import MalformedHandler
from server.door.rates import HEADERS
from server.resources.descriptor_limit import is_kept
from streakline.ingest.events import MAX_BYTES

MAX_HEAD: Final = 8_192
"""Bytes of a head that is remembered: for every connection, for as long as it is open."""
HEAD_SECONDS: Final = 30.0
"""After so long a connection that has not asked for anything is closed; aiohttp itself watches from then on."""
SHORT_HEAD_SECONDS: Final = 3.0
"""The same where few descriptors are left."""
PART_SECONDS: Final = 1.0
"""How long the lane waits for the rest of a body; aiohttp waits on, and not for ever."""
_LENGTH: Final = re.compile(rb"\r\nContent-Length: *([0-9]{1,7})\r\n", re.IGNORECASE)
_UNUSUAL: Final = (hdrs.TRANSFER_ENCODING, hdrs.CONTENT_ENCODING, hdrs.EXPECT, hdrs.UPGRADE, hdrs.TRAILER)
"""Headers that change how a request is read: with one of them it is never taken by the lane."""
_OWN: Final = frozenset({hdrs.CONTENT_LENGTH, hdrs.CONTENT_TYPE, hdrs.DATE, *HEADERS})
"""Headers of an answer that the next answer does not share."""
_PHRASES: Final = {int(status): status.phrase.encode() for status in HTTPStatus}
_log = structlog.get_logger()

Answer = Callable[[int, bytes, bytes], None]
"""Sends status, the header lines of the answer's own (at least its Content-Type), and body."""


class Lane(Protocol):
    """Takes the bodies of requests with one and the same head."""

    def take(self, body: bytes, answer: Answer) -> bool:
        """Take a body and answer it once, now or later; or return False and leave it all to aiohttp."""


LANE: Final = web.RequestKey("lane", Lane)


class LaneHandler(MalformedHandler):
    """aiohttp's protocol of a connection, with a lane."""

    __slots__ = (
        "_after", "_at_aiohttp", "_before", "_first", "_headers", "_held", "_idle", "_kept", "_lane", "_left", "_off",
        "_part", "_slow", "_under_way",
    )  # fmt: skip

    def __init__(self, manager: web_server.Server, **options: Any) -> None:
        # aiohttp unpacks what it knows by one name, says nothing of the rest, and stops at the first line of a header.
        super().__init__(manager, **options | {"auto_decompress": False})
        self._off = False
        """For good: something came that the lane does not understand."""
        self._lane: Lane | None = None
        self._before = self._after = self._headers = b""
        """The remembered head around its Content-Length, and the lines that its answers share."""
        self._at_aiohttp = False
        """A request is with aiohttp, of whose body so many bytes are ..."""
        self._left = 0
        """... still to come."""
        self._part = bytearray()
        """What came so far of a request that the lane will take; `_left` bytes are missing."""
        self._slow: asyncio.TimerHandle | None = None
        """Gives that to aiohttp, unless the rest comes soon."""
        self._under_way = False
        """A request of the lane waits for its answer."""
        self._held = b""
        """What came meanwhile."""
        self._idle: asyncio.Future[None] | None = None
        self._kept = False
        """Its descriptor is one of those that senders need: it is given back after one answer."""
        self._first: asyncio.TimerHandle | None = None
        """Closes a connection on which no request came."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the first request, not for ever."""
        super().connection_made(transport)
        self._kept = is_kept(self.transport)
        patience = SHORT_HEAD_SECONDS if self._kept else HEAD_SECONDS
        self._first = self._loop.call_later(patience, self._close_if_nothing_came)

    def _close_if_nothing_came(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self.force_close()

    def data_received(self, data: bytes) -> None:
        """Take a request of the lane; give aiohttp everything else."""
        if self._off or not data or self._force_close or self._close:
            super().data_received(data)
        elif self._at_aiohttp:
            self._left -= len(data)
            self._off = self._left < 0  # a request behind a request: aiohttp keeps them in order
            super().data_received(data)
        elif self._under_way:
            self._held += data
            self._pause_transport_reading()
        elif self._part:
            self._part += data
            self._left -= len(data)
            if self._left <= 0:
                self._begin(self._parts())
        else:
            self._begin(data)

    def _parts(self) -> bytes:
        """Return what came of a request, and wait for no more of it."""
        whole, self._part = bytes(self._part), bytearray()
        if self._slow is not None:
            self._slow.cancel()
        return whole

    def _give_up(self) -> None:
        if self._part:
            self._hand_over(self._parts())

    def _begin(self, data: bytes) -> None:
        """Take data that begin with a new request."""
        if self._lane is None or not data.startswith(self._before):
            self._hand_over(data)
            return
        first = len(self._before)
        last = data.find(b"\r", first, first + 8)
        digits = data[first:last]
        if last < 0 or not digits.isdigit() or not data.startswith(self._after, last):
            self._hand_over(data)
            return
        begin = last + len(self._after)
        end = begin + int(digits)
        if end - begin > MAX_BYTES:
            self._hand_over(data)
        elif len(data) < end:
            self._left = end - len(data)
            self._part += data
            self._slow = self._loop.call_later(PART_SECONDS, self._give_up)
        elif self.writing_paused or not self._taken(self._lane, data[begin:end], data[end:]):
            self._hand_over(data)

    def _taken(self, lane: Lane, body: bytes, rest: bytes) -> bool:
        self._next_keepalive_close_time = self._loop.time() + self.keepalive_timeout
        self._under_way, self._held = True, rest
        try:
            if lane.take(body, self._answer):
                return True
        except Exception:  # noqa: BLE001 - the whole way answers 500 and closes, where an error here would hang
            _log.exception("lane_failed")
        self._under_way, self._held = False, b""
        return False

    def _answer(self, status: int, lines: bytes, body: bytes) -> None:
        self._under_way = False
        if self.transport is not None:
            self.transport.write(
                b"HTTP/1.1 %d %s\r\n%s%sDate: %s\r\nContent-Length: %d\r\n\r\n%s"
                % (status, _PHRASES[status], self._headers, lines, _date(int(time.time())), len(body), body)
            )
        if self._idle is not None and not self._idle.done():
            self._idle.set_result(None)
        if self._held:
            held, self._held = self._held, b""
            self._resume_transport_reading()
            self.data_received(held)

    def _hand_over(self, data: bytes) -> None:
        """Give aiohttp a new request and remember its head, in case it may use the lane from then on."""
        end = data.find(b"\r\n\r\n")
        usual = 0 <= end <= MAX_HEAD and data.startswith(b"POST ")
        length = _LENGTH.search(data, 0, end + 2) if usual else None
        if length is None:
            self._off = True
        else:
            self._lane = None
            self._before, self._after = data[: length.start(1)], data[length.end(1) : end + 4]
            self._left = end + 4 + int(length[1]) - len(data)
            self._off = self._left < 0
            self._at_aiohttp = True
        super().data_received(data)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Answer a request that went the whole way; from now on its head may use the lane."""
        if self._kept and not resp.prepared:
            resp.force_close()
        answered = await super().finish_response(request, resp, start_time)
        if self._first is not None:
            self._first.cancel()
        if not self._off:
            if self._left or not request.content.is_eof():
                self._off = (
                    True  # answered before it was read: where the next one begins is aiohttp's to know
                )
            self._at_aiohttp = False
            lane = request.get(LANE)
            if lane is not None and _is_plain(request) and resp.status == 202 and resp.keep_alive:
                self._lane = lane
                shared = ((name, value) for name, value in resp.headers.items() if name not in _OWN)
                self._headers = header_lines(shared)
        return answered

    async def shutdown(self, timeout: float | None = 15.0) -> None:  # noqa: ASYNC109 - aiohttp's signature
        """Let a request of the lane have its answer, then end as aiohttp does."""
        if self._under_way:
            self._idle = self._loop.create_future()
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    await self._idle
        await super().shutdown(timeout)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget everything; an answer that is still to come goes nowhere."""
        super().connection_lost(exc)
        if self._first is not None:
            self._first.cancel()
        self._off, self._lane, self._held = True, None, b""
        self._part.clear()


def header_lines(headers: Iterable[tuple[str, str]]) -> bytes:
    """Return headers as the bytes of their lines."""
    return b"".join(f"{name}: {value}\r\n".encode() for name, value in headers)


def lay_lanes() -> None:
    """Let every connection of this process have a lane."""
    # aiohttp offers no other place: its servers make their connections of this name.
    web_server.RequestHandler = LaneHandler  # type: ignore[attr-defined]


def _is_plain(request: web.BaseRequest) -> bool:
    return request.version == HttpVersion11 and not any(name in request.headers for name in _UNUSUAL)


@lru_cache(maxsize=1)
def _date(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode()
