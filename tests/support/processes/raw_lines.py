"""Connections to ingest byte by byte, for tests of what no client of ours would send in one piece."""

import asyncio
import json
from typing import Any

from wire import Client

URL = "/api/stats/events"
Answer = tuple[int, dict[str, str], Any]


class Line:
    """One connection, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, client: Client) -> "Line":
        return cls(*await asyncio.open_connection(client.host, client.port))

    async def ask(self, request: bytes, *, cuts: tuple[int, ...] = ()) -> Answer:
        await self.send(request, cuts)
        return await self.answer()

    async def send(self, data: bytes, cuts: tuple[int, ...] = ()) -> None:
        for begin, end in zip((0, *cuts), (*cuts, len(data)), strict=True):
            self.writer.write(data[begin:end])
            await self.writer.drain()
            await asyncio.sleep(0.002 if cuts else 0)  # so that the pieces arrive as pieces

    async def answer(self) -> Answer:
        async with asyncio.timeout(60):
            first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
            headers = dict(line.split(": ", 1) for line in lines)
            body = await self.reader.readexactly(int(headers.pop("Content-Length")))
        assert headers.pop("Date").endswith(" GMT")
        return int(first.split()[1]), headers, json.loads(body)

    def close(self) -> None:
        self.writer.close()


class Hearing(asyncio.Protocol):
    """One connection that keeps what it hears also when it is reset, since it was closed while it talked."""

    def __init__(self) -> None:
        self.heard = b""
        self.over = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.heard += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.over.set()

    @classmethod
    async def of(cls, client: Client, data: bytes, cuts: tuple[int, ...]) -> bytes:
        """Send data in pieces and return what is heard until the server closes."""
        assert client.port is not None
        loop = asyncio.get_running_loop()
        transport, hearing = await loop.create_connection(cls, client.host, client.port)
        for begin, end in zip((0, *cuts), (*cuts, len(data)), strict=True):
            transport.write(data[begin:end])
            await asyncio.sleep(0.02)
        async with asyncio.timeout(60):
            await hearing.over.wait()
        return hearing.heard


def request(
    body: Any, *headers: str, path: str = URL, version: str = "1.1", length: int | None = None
) -> bytes:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = [f"POST {path} HTTP/{version}", "Host: here", "Content-Type: application/json", *headers]
    head.append(f"Content-Length: {len(data) if length is None else length}")
    return "\r\n".join([*head, "", ""]).encode() + data


def told(answer: Answer) -> Answer:
    """Return an answer without the position, which names the moment."""
    status, headers, body = answer
    return status, headers, {name: value for name, value in body.items() if name != "position"}


def taken_by_aiohttp(client: Client) -> int:
    """Return how many requests aiohttp itself has handled."""
    runner = client.server.runner
    assert runner is not None
    assert runner.server is not None
    return runner.server.requests_count
