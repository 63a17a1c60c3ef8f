"""A server short of descriptors: live connections give way before senders do, and it is told."""

import asyncio
import json
import signal
import socket
from pathlib import Path

import pytest

from real_servers import TestRedis
from server_process import ServerProcess, serving
from wire import eventually

FEW = 256
"""Descriptors of a server that is soon short of them."""
SOCKET = (
    b"GET /api/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
EVENTS = b"GET /api/live/events HTTP/1.1\r\nHost: x\r\n\r\n"
NOTHING = b""


async def people(server: ServerProcess, number: int, hello: bytes) -> list[tuple[socket.socket, bytes]]:
    """Open connections that are kept; return each with the head of its answer, if it said anything."""
    loop = asyncio.get_running_loop()
    opened = []
    for _ in range(number):
        person = socket.socket()
        person.setblocking(False)
        await loop.sock_connect(person, ("127.0.0.1", server.port))
        answer = b""
        if hello:
            await loop.sock_sendall(person, hello)
            async with asyncio.timeout(60):
                while b"\r\n\r\n" not in answer and (piece := await loop.sock_recv(person, 4096)):
                    answer += piece
        opened.append((person, answer))
    return opened


def leave(opened: list[tuple[socket.socket, bytes]]) -> None:
    for person, _ in opened:
        person.close()


@pytest.mark.parametrize("hello", [SOCKET, EVENTS], ids=["websockets", "server-sent events"])
async def test_live_connections_are_refused_before_senders_are(
    redis_server: TestRedis, tmp_path: Path, hello: bytes
) -> None:
    async with serving(
        redis_server, tmp_path, descriptors=(FEW, FEW), STREAKLINE_LOG_FORMAT="json"
    ) as server:
        opened = await people(server, FEW + 50, hello)
        heads = [head for _, head in opened]
        refused = [head for head in heads if head.startswith(b"HTTP/1.1 503 ")]
        assert (
            heads
            == [head for head in heads if head.startswith((b"HTTP/1.1 101 ", b"HTTP/1.1 200 "))] + refused
        )
        assert 50 < len(refused) < FEW
        assert all(b"\r\nRetry-After: " in head and b"application/problem+json" in head for head in refused)
        for number in range(20):
            assert await server.post(number) == 202
        assert await server.metric("streakline_live_refused_total") == len(refused)

        async def told() -> bool:
            said = await server.ready()
            return said is not None and any("descriptors_short" in warning for warning in said["warnings"])

        await eventually(told)
        leave(opened)

        async def room_again() -> bool:
            again = await people(server, 1, hello)
            leave(again)
            return not again[0][1].startswith(b"HTTP/1.1 503 ")

        await eventually(room_again)
        server.process.send_signal(signal.SIGTERM)
        _, log = await asyncio.to_thread(server.process.communicate, timeout=60)
    lines = [json.loads(line) for line in log.splitlines() if line.startswith(b"{")]
    told_of = [line for line in lines if line["event"] == "descriptors_short"]
    assert 1 <= len(told_of) <= 2  # not one for each
    assert told_of[0]["limit"] == FEW


async def test_a_process_that_only_pushes_still_answers_when_it_is_short(
    redis_server: TestRedis, tmp_path: Path
) -> None:
    async with serving(redis_server, tmp_path, descriptors=(FEW, FEW), STREAKLINE_ROLES="live") as server:
        opened = await people(server, FEW + 50, SOCKET)
        assert await server.ready() is not None
        assert await server.metric("streakline_live_refused_total") > 50
        leave(opened)


async def test_connections_on_which_nothing_comes_do_not_keep_senders_out(
    redis_server: TestRedis, tmp_path: Path
) -> None:
    async with serving(redis_server, tmp_path, descriptors=(FEW, FEW)) as server:
        opened = await people(server, FEW - 60, NOTHING)
        for number in range(20):
            assert await server.post(number) == 202
        leave(opened)


async def test_an_idle_connection_gives_its_descriptor_back_where_few_are_left(
    redis_server: TestRedis, tmp_path: Path
) -> None:
    asked = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    async with serving(redis_server, tmp_path, descriptors=(FEW, FEW)) as server:
        opened = await people(server, FEW + 50, asked)  # none of them closes its end
        assert all(head.startswith(b"HTTP/1.1 200 ") for _, head in opened)
        assert b"\r\nConnection: close" in opened[-1][1]
        assert await server.post(1) == 202
        leave(opened)


async def test_the_soft_limit_is_raised_to_the_hard_one(redis_server: TestRedis, tmp_path: Path) -> None:
    async with serving(redis_server, tmp_path, descriptors=(FEW, 4096)) as server:
        opened = await people(server, FEW + 50, SOCKET)
        assert all(head.startswith(b"HTTP/1.1 101 ") for _, head in opened)
        assert await server.metric("streakline_descriptor_limit") == 4096
        assert await server.metric("streakline_descriptors") > FEW + 50
        leave(opened)
