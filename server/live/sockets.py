"""`GET /api/live` (websocket), `/api/live/events` (server-sent events) and `/api/live/definitions`."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
import struct
from collections.abc import Callable, Iterator
from typing import Final

from aiohttp import HttpVersion11, WSMsgType, hdrs, web

from server.door.access import grant_of, offered_protocols, origin_headers, require_public_read
from server.door.answers import Answer, cached_answer
from server.door.bearers import BEARERS
from server.door.descriptors import DESCRIPTORS
from server.door.parameters import Parameters
from server.door.tokens import NOBODY, Grant
from server.live.broadcast import BROADCAST
from server.live.conversation import Conversation, TopicRefused, check_topic
from server.live.cursors import read_cursor
from server.live.frames import close_frame, event_chunk, last_event_chunk, websocket_frame
from server.live.topics import Client, Encode, Render
from server.metrics import METRICS
from server.problems import Problem
from server.resources.redis_client import SETTINGS
from streakline.live.messages import BAD_MESSAGE, FORBIDDEN, LAGGING, MAX_TOPICS, SUBPROTOCOL
from streakline.live.overview import DEFINITIONS
from streakline.live.state import OVERVIEW
from streakline.live.topic_lists import topics_asked

HEARTBEAT: Final = 25.0
MAX_MESSAGE: Final = 4 * 1024
SEND_BUFFER: Final = 64 * 1024
"""Bytes of the kernel's queue: its default hides megabytes of a stalled client from our own count."""
UNANSWERED_MS: Final = 30_000
"""After so long without an acknowledgement the kernel gives a connection up."""
FLUSH_SECONDS: Final = 5.0
"""How long a closed client may take to read its close frame."""
DEFINED_SECONDS: Final = 300
"""For how long a cache may give the definitions."""
_DROP: Final = struct.pack("ii", 1, 0)
Close = Callable[[asyncio.Transport, int, str], None]


class Definitions(Answer):
    """What every live number counts: its name -> a sentence."""

    definitions: dict[str, str]


async def live_socket(request: web.Request) -> web.WebSocketResponse:
    """Speak the live protocol over a websocket until either side ends it."""
    grant = grant_of(request)
    Parameters(request)
    _refuse_without_upgrade(request)
    request.app[DESCRIPTORS].admit(request)
    socket_response = web.WebSocketResponse(
        protocols=(SUBPROTOCOL,), heartbeat=HEARTBEAT, max_msg_size=MAX_MESSAGE, compress=False
    )
    await socket_response.prepare(_with_one_line_of_protocols(request))
    with _connected(request, grant, websocket_frame, _close_socket) as conversation:
        async for message in socket_response:
            if message.type is WSMsgType.TEXT:
                before = len(conversation.client.topics)
                await request.app[BROADCAST].learn(conversation.asked(message.data))
                conversation.hear(message.data)
                if len(conversation.client.topics) > before:
                    request.app[BROADCAST].ask()
            else:
                conversation.refuse(BAD_MESSAGE, "messages are JSON text, not bytes")
    return socket_response


def _with_one_line_of_protocols(request: web.Request) -> web.Request:
    """Return the request with its offered subprotocols in one line: aiohttp reads no second one."""
    if len(request.headers.getall(hdrs.SEC_WEBSOCKET_PROTOCOL, [])) < 2:
        return request
    headers = request.headers.copy()
    headers[hdrs.SEC_WEBSOCKET_PROTOCOL] = ", ".join(offered_protocols(request))
    return request.clone(headers=headers)


async def live_events(request: web.Request) -> web.StreamResponse:
    """Send topics as server-sent events until the client goes."""
    if request.version < HttpVersion11:
        raise Problem(
            400, "bad-request", "events are sent in chunks, which HTTP/1.0 lacks; ask with HTTP/1.1"
        )
    grant = grant_of(request)
    Parameters(request, "topics", repeated=("topics",))
    topics = _topics(request, grant)
    cursor = read_cursor(request.headers.get("Last-Event-ID", ""))
    request.app[DESCRIPTORS].admit(request)
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
            **origin_headers(request),
        }
    )
    response.enable_chunked_encoding()
    await response.prepare(request)
    ended = asyncio.Event()

    def close(transport: asyncio.Transport, code: int, _: str) -> None:
        if code == LAGGING:
            _abort(transport)  # an orderly end would wait behind what the client does not read
        ended.set()

    with _connected(request, grant, event_chunk, close, last_event_chunk) as conversation:
        await request.app[BROADCAST].learn(topics)
        conversation.follow(topics, cursor)
        request.app[BROADCAST].ask()
        await ended.wait()
    return response


async def definitions(request: web.Request) -> web.Response:
    """Say what every live number counts."""
    require_public_read(request)
    Parameters(request)
    return cached_answer(request, Definitions(definitions=DEFINITIONS), seconds=DEFINED_SECONDS)


def _refuse_without_upgrade(request: web.Request) -> None:
    """Refuse what is no opening of a websocket, and name who mostly made it so."""
    asked = request.headers.get(hdrs.UPGRADE, "").strip().lower() == "websocket"
    if not asked or "upgrade" not in request.headers.get(hdrs.CONNECTION, "").lower():
        lost = "the headers Upgrade and Connection do not ask for a websocket"
        detail = f"{lost}; if a client did ask, a proxy in between drops them: see docs/proxies.md"
        raise Problem(400, "no-upgrade", detail)


@contextlib.contextmanager
def _connected(
    request: web.Request, grant: Grant, encode: Encode, close: Close, render: Render | None = None
) -> Iterator[Conversation]:
    """Serve a prepared connection for as long as the block runs."""
    transport = request.transport
    if transport is None:
        raise ConnectionResetError  # gone between the request and our answer
    _bound_queues(transport)
    broadcast, sockets = request.app[BROADCAST], request.app[METRICS].sockets.labels(request.path)
    client = Client(transport, encode, functools.partial(close, transport), render)
    conversation = Conversation(
        client,
        broadcast.fan_out,
        broadcast.feed,
        broadcast.lifetimes,
        broadcast.creators,
        broadcast.people,
        settings=request.app[SETTINGS],
        grant=grant,
        bearers=request.app[BEARERS],
    )
    broadcast.open(conversation)
    sockets.inc()
    try:
        yield conversation
    finally:
        sockets.dec()
        broadcast.close(conversation)


def _bound_queues(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    if connection is None or connection.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNANSWERED_MS)


def _close_socket(transport: asyncio.Transport, code: int, reason: str) -> None:
    if transport.is_closing():
        return  # gone already: uvloop would refuse to write
    transport.write(close_frame(code, reason))
    transport.close()  # after what is queued; a client that reads nothing never gets there
    asyncio.get_running_loop().call_later(FLUSH_SECONDS, _abort, transport)


def _abort(transport: asyncio.Transport) -> None:
    """End a connection now. What it did not read the kernel throws away too, instead of keeping it for minutes."""
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DROP)
    transport.abort()


def _topics(request: web.Request, grant: Grant) -> list[str]:
    """Return the topics of the query, all of them allowed.

    Raises:
        Problem: 401, 403 or 404 for the first that is not; 400 for too many.
    """
    asked = topics_asked(request.rel_url.raw_query_string)
    topics = [OVERVIEW] if asked is None else asked
    if not 1 <= len(topics) <= MAX_TOPICS:
        detail = f"topics names {len(topics)}; name 1 to {MAX_TOPICS}, with commas or one a parameter"
        raise Problem(400, "topics", detail)
    for topic in topics:
        try:
            check_topic(topic, grant, request.app[SETTINGS])
        except TopicRefused as refused:
            if refused.code == FORBIDDEN and grant is NOBODY:
                raise Problem(401, "token-missing", str(refused)) from refused
            status = 403 if refused.code == FORBIDDEN else 404
            raise Problem(status, refused.code, str(refused)) from refused
    return topics
