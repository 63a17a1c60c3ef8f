"""A crowd of those who ask for the most that anybody may have, and the answers that others get meanwhile."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Final

import aiohttp

from proofs.fuzz.findings import LIVE, Findings
from streakline.streams.positions import pack_position

SOCKETS, TOPICS, WAITERS, SLOW = 100, 50, 200, 100
"""Live connections and the contents that each asks for; who waits to settle; bodies that come byte by byte."""
SECONDS: Final = 5.0
PATIENCE: Final = 8.0
"""Seconds in which others must be answered meanwhile."""


class Crowd:
    """Asks one server."""

    def __init__(self, url: str, token: str, findings: Findings) -> None:
        self._url, self._token, self._findings = url, token, findings
        self._over = 0.0

    async def ask(self) -> None:
        """Ask for everything at once for some seconds."""
        self._over = time.monotonic() + SECONDS
        limit = aiohttp.ClientTimeout(total=SECONDS + PATIENCE)
        connector = aiohttp.TCPConnector(limit=0)
        async with (
            aiohttp.ClientSession(self._url, connector=connector, timeout=limit) as session,
            asyncio.TaskGroup() as group,
        ):
            for number in range(SOCKETS):
                group.create_task(self._listen(session, number))
            for _ in range(WAITERS):
                group.create_task(self._wait(session))
            for _ in range(SLOW):
                group.create_task(self._drip(session))
            group.create_task(self._look(session))

    async def _listen(self, session: aiohttp.ClientSession, number: int) -> None:
        """Listen to contents that nobody knows, with others and others, and ping all the time."""
        begun = time.monotonic()
        async with session.ws_connect("/api/live") as live:
            turn = 0
            while time.monotonic() < self._over:
                topics = [f"content:crowd {number} {turn} {place}" for place in range(TOPICS)]
                for kind in ("subscribe", "unsubscribe") if turn % 2 else ("subscribe",):
                    await live.send_str(json.dumps({"type": kind, "topics": topics}))
                await live.send_str('{"type":"ping"}')
                while (said := await live.receive_json(timeout=SECONDS + PATIENCE))["type"] != "pong":
                    if said["type"] not in {"snapshot", "update", "error"}:
                        self._findings.fail(LIVE, said, "is nothing that was asked for")
                turn += 1
                await asyncio.sleep(0.1)
        self._findings.note("live crowd", "listened", time.monotonic() - begun)

    async def _wait(self, session: aiohttp.ClientSession) -> None:
        """Wait for a position that nothing passes meanwhile."""
        later = pack_position({0: f"{time.time_ns() // 1_000_000 + 3_600_000}-0"})
        begun = time.monotonic()
        async with session.get("/api/v1/settled", params={"position": later, "wait": str(SECONDS)}) as answer:
            self._told("live crowd waiting", answer, begun)

    async def _drip(self, session: aiohttp.ClientSession) -> None:
        """Send a body byte by byte."""
        begun = time.monotonic()
        async with session.post(
            "/api/stats/events", data=_dripping(self._over), headers=self._headers()
        ) as answer:
            self._told("live crowd dripping", answer, begun)

    async def _look(self, session: aiohttp.ClientSession) -> None:
        """See that others are answered meanwhile."""
        while time.monotonic() < self._over:
            for path in ("/health", "/ready", "/api/analytics/realtime"):
                begun = time.monotonic()
                async with session.get(path) as answer:
                    await answer.read()
                    self._told("live beside the crowd", answer, begun)
                if time.monotonic() - begun > PATIENCE:
                    self._findings.fail(LIVE, path, f"not answered in {PATIENCE:.0f} seconds beside a crowd")
            await asyncio.sleep(0.05)

    def _told(self, where: str, answer: aiohttp.ClientResponse, begun: float) -> None:
        self._findings.note(where, str(answer.status), time.monotonic() - begun)
        if answer.status >= 400:
            self._findings.fail(LIVE, str(answer.url.path), f"answered {answer.status} in a crowd")

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}


async def _dripping(until: float) -> AsyncIterator[bytes]:
    yield b"["
    while time.monotonic() < until:
        yield b" "
        await asyncio.sleep(0.05)
    yield b"]"
