"""Posting to a server under test: keep-alive connections that post ready requests one after another."""

from __future__ import annotations

import asyncio
import random
import time
from typing import NamedTuple
from uuid import UUID

import orjson

from proofs.running.server import WebServer

PATH = "/api/stats/events"
AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5"
REQUESTS = 20
"""Ready requests a connection."""


class Turn(NamedTuple):
    """One turn of a server."""

    events: int
    wall: float
    user: float
    kernel: float
    """CPU-seconds in user space and in the kernel."""

    @property
    def per_cpu_second(self) -> float:
        """Events a CPU-second."""
        return self.events / (self.user + self.kernel)

    @property
    def per_second(self) -> float:
        """Events a second of wall time."""
        return self.events / self.wall


class Poster:
    """How a server is posted to."""

    def __init__(self, server: WebServer, *, same_head: bool = True, refused: bool = False) -> None:
        """Prepare to post; with `same_head` a connection sends one head, as an SDK or a server does.

        With `refused` a 429 is as good as a 202.
        """
        self.server, self._same_head = server, same_head
        self._expected = (b" 202 ", b" 429 ") if refused else (b" 202 ",)

    async def turn(self, seconds: float, connections: int, events: int) -> Turn:
        """Post for some seconds over some connections, so many events a request."""
        senders = [await self._sender(events, n) for n in range(connections)]
        begun, before = time.monotonic(), self.server.cpu()
        counts = await asyncio.gather(*(sender.post(begun + seconds, self._expected) for sender in senders))
        wall, after = time.monotonic() - begun, self.server.cpu()
        return Turn(sum(counts) * events, wall, after.user - before.user, after.system - before.system)

    async def latencies(self, seconds: float, connections: int = 16) -> tuple[float, list[float]]:
        """Return requests a second at about half of what the server can take, and how long each took, sorted."""
        full = (await self.turn(seconds / 2, connections, 1)).per_second
        senders = [await self._sender(1, n) for n in range(connections)]
        took: list[float] = []
        end, pause = time.monotonic() + seconds, connections / (full / 2)
        await asyncio.gather(*(sender.post(end, self._expected, pause, took) for sender in senders))
        return full / 2, sorted(took)

    async def _sender(self, events: int, number: int) -> _Sender:
        return await _Sender.to(self.server.port, events, number, self._same_head)


class _Sender:
    """One connection."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, requests: list[bytes]
    ) -> None:
        self._reader, self._writer, self._requests = reader, writer, requests

    @classmethod
    async def to(cls, port: int, events: int, number: int, same_head: bool) -> _Sender:
        requests = []
        for n in range(REQUESTS):
            body = request_body(events, number * 1_000 + n)
            other = "" if same_head else f"X-Request-Id: {number}-{n}\r\n"
            head = (
                f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                f"User-Agent: {AGENT}\r\n{other}Content-Length: {len(body)}\r\n\r\n"
            )
            requests.append(head.encode() + body)
        return cls(*await asyncio.open_connection("127.0.0.1", port), requests)

    async def post(
        self, end: float, expected: tuple[bytes, ...], pause: float = 0.0, took: list[float] | None = None
    ) -> int:
        """Post request after request until a monotonic time; return how many were answered as expected."""
        done = 0
        while time.monotonic() < end:
            started = time.monotonic()
            self._writer.write(self._requests[done % REQUESTS])
            head = await self._reader.readuntil(b"\r\n\r\n")
            if head[8:13] not in expected:
                raise RuntimeError(head[:300].decode())
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            await self._reader.readexactly(length)
            done += 1
            if took is not None:
                took.append(time.monotonic() - started)
            if pause:
                await asyncio.sleep(max(0.0, started + pause - time.monotonic()))
        self._writer.close()
        return done


def request_body(events: int, seed: int) -> bytes:
    """Return a request of a person's events: three of four are plays, the rest likes; every id is random."""
    now = int(time.time() * 1000)
    draw = random.Random(seed)
    session = _uuid(draw)
    events_of_person = []
    for n in range(events):
        play = {"type": "play", "duration": 31.5, "contentDuration": 201}
        events_of_person.append({
            "id": _uuid(draw), **(play if n % 4 else {"type": "like", "action": "like"}),
            "contentId": f"track-{(seed * 7 + n * n) % 5_000}", "contentType": "track",
            "userId": f"user-{(seed * 31 + n) % 20_000}", "sessionId": session, "timestamp": now - n * 1000,
            "source": ("playlist", "search", "landing", "player")[n % 4], "platform": ("web", "ios", "android")[n % 3],
        })  # fmt: skip
    return orjson.dumps(events_of_person)


def _uuid(draw: random.Random) -> str:
    return str(UUID(int=draw.getrandbits(128), version=4))
