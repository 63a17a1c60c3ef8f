"""A live audience: sockets that look at the numbers all the time, and note what they must never see.

A lifetime total never goes back, whatever is killed, and is never above what the events sent so far can count.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any, Final

import aiohttp

from proofs.counting.bound import Bound
from proofs.counting.plain import MEASURES
from proofs.running.stack import StackProcess

SOCKETS: Final = 6
PAUSE: Final = 0.3
"""Seconds before a socket that was closed is opened again."""
KEPT: Final = 20
"""Complaints that are kept; more say nothing new."""


class Onlookers:
    """Sockets subscribed to `overview` for the length of a run."""

    def __init__(self, stack: StackProcess, bound: Bound, *, number: int = SOCKETS) -> None:
        """Prepare to look at a running stack; `start` opens the sockets."""
        self._stack, self._bound, self._number = stack, bound, number
        self._tasks: list[asyncio.Task[None]] = []
        self.looks = 0
        """Messages with lifetime counts."""
        self.opened = 0
        """Connections, the first ones included."""
        self.longest_silence = 0.0
        """Seconds between two messages, whoever got them."""
        self._last = 0.0
        self.wrong: list[str] = []

    def start(self) -> None:
        """Open the sockets, and open each again whenever it is closed."""
        self._last = time.monotonic()
        self._tasks = [asyncio.create_task(self._keep_looking()) for _ in range(self._number)]

    async def stop(self) -> None:
        """Close the sockets."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep_looking(self) -> None:
        # Across connections: what a client was shown before the server was killed it does not forget.
        seen: dict[str, int] = {}
        while True:
            with suppress(aiohttp.ClientError, TimeoutError, OSError):
                await self._look(seen)
            await asyncio.sleep(PAUSE)

    async def _look(self, seen: dict[str, int]) -> None:
        headers = {"Authorization": f"Bearer {self._stack.token}"}
        patience = aiohttp.ClientTimeout(total=None, connect=3)
        async with (
            aiohttp.ClientSession(self._stack.url, headers=headers, timeout=patience) as session,
            session.ws_connect("/api/live", protocols=("streakline.v1",), heartbeat=5) as socket,
        ):
            await socket.send_json({"type": "subscribe", "topics": ["overview"]})
            self.opened += 1
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._compare(message.json(), seen)

    def _compare(self, message: dict[str, Any], seen: dict[str, int]) -> None:
        totals = message["data"].get("totals") if message["type"] in {"snapshot", "update"} else None
        if totals is None:
            return
        now = time.monotonic()
        self.longest_silence, self._last = max(self.longest_silence, now - self._last), now
        self.looks += 1
        for name in MEASURES:
            shown = totals.get(name, 0)
            if shown > (most := self._bound.measures[name]):
                self._complain(f"live: totals.{name} showed {shown}, all that was sent counts {most}")
            # For each client by itself: two of them may read the same update a moment apart.
            if shown < seen.get(name, 0):
                self._complain(
                    f"live: totals.{name} went back from {seen[name]} to {shown} ({message['type']})"
                )
            seen[name] = shown

    def _complain(self, line: str) -> None:
        if len(self.wrong) < KEPT:
            self.wrong.append(line)
