"""The sender: several connections that post until everything is acknowledged, and a log of what was."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import aiohttp

from proofs.counting.bound import Bound
from proofs.traffic.audience import Event
from streakline_client.positions import merged

CONNECTIONS: Final = 8
PATIENCE: Final = 6.0
"""Seconds that one request may take."""
LONGEST_PAUSE: Final = 2.0
IMPATIENT: Final = 0.03
"""Share of requests that are given up a moment after they are sent: taken, perhaps, but not acknowledged."""
TWICE: Final = 0.04
"""Share of requests that are sent again although they were acknowledged."""


class Answer(NamedTuple):
    """How one attempt ended."""

    at: float
    """When it ended, monotonic seconds."""
    status: int
    """0: without an answer."""
    retry_after: bool
    took: float


class Sender:
    """Posts batches. An attempt that was not acknowledged is repeated until one is."""

    def __init__(
        self,
        url: str,
        token: str,
        seed: int,
        *,
        connections: int = CONNECTIONS,
        others: int = 0,
        steady: bool = False,
    ) -> None:
        """Prepare to post to the server at `url`; `start` opens the connections.

        So many `others` may deliver beside what is queued.

        A `steady` sender neither gives up early nor sends twice, but for what was not acknowledged.
        """
        self._impatient, self._twice = (0.0, 0.0) if steady else (IMPATIENT, TWICE)
        self.log: list[Event] = []
        """Every event that was acknowledged, as often as it was."""
        self.times: list[float] = []
        """When each of the log was acknowledged, monotonic seconds."""
        self.refused: list[Any] = []
        """What the server named in `rejected`: a healthy run has none."""
        self.unexpected: list[str] = []
        """Answers that a good request must never get."""
        self.answers: list[Answer] = []
        self.position = ""
        """Of the newest acknowledgement of each shard: several requests are under way, and their answers cross."""
        self.acknowledged_at = 0.0
        self.retried = 0
        """Attempts that were not acknowledged."""
        self.repeated = 0
        """Events sent again after they were acknowledged."""
        self.in_flight = 0
        """Requests that wait for their answer."""
        self.bound = Bound()
        """What everything that was ever sent could count, acknowledged or not."""
        self.acknowledged = Bound(most=False)
        """What everything that was acknowledged counts."""
        self._url, self._token, self._connections, self._others = url, token, connections, others
        self._random = random.Random(seed)
        self._acknowledged = asyncio.Event()
        self._queue: asyncio.Queue[list[Event]] = asyncio.Queue()
        self._workers: list[asyncio.Task[None]] = []
        self._session: aiohttp.ClientSession | None = None

    @property
    def waiting(self) -> int:
        """How many batches nobody has begun to send."""
        return self._queue.qsize()

    async def start(self) -> None:
        """Open the connections."""
        self._session = aiohttp.ClientSession(
            self._url,
            headers={"Authorization": f"Bearer {self._token}"},
            connector=aiohttp.TCPConnector(limit=self._connections * 2 + self._others),
        )
        self._workers = [asyncio.create_task(self._work()) for _ in range(self._connections)]

    def post(self, batch: Sequence[Event]) -> None:
        """Queue events for the next free connection."""
        self._queue.put_nowait(list(batch))

    async def finish(self, seconds: float) -> bool:
        """Wait until everything queued is acknowledged; return whether it was, within so many seconds."""
        done = True
        try:
            await asyncio.wait_for(self._queue.join(), seconds)
        except TimeoutError:
            done = False
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
        return done

    async def acknowledgement_after(self, moment: float, seconds: float) -> None:
        """Wait for an acknowledgement later than a moment (monotonic), but for no longer than `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.acknowledged_at <= moment:
                    self._acknowledged.clear()
                    await self._acknowledged.wait()

    async def deliver(self, batch: list[Event]) -> str:
        """Post one batch until it is acknowledged; return the position of that answer alone."""
        pause = 0.05
        self.bound.add(batch)
        while True:
            impatient = self._random.random() < self._impatient
            patience = self._random.uniform(0.0, 0.02) if impatient else PATIENCE
            receipt, wait = await self._attempt(batch, patience)
            if receipt is not None:
                break
            self.retried += 1
            await asyncio.sleep(min(max(wait, pause * self._random.uniform(0.5, 1)), LONGEST_PAUSE))
            pause = min(pause * 2, LONGEST_PAUSE)
        refused = {item["index"] for item in receipt["rejected"]}
        self.refused += receipt["rejected"]
        taken = [event for index, event in enumerate(batch) if index not in refused]
        self.log += taken
        self.acknowledged.add(taken)
        self.position, self.acknowledged_at = merged((self.position, receipt["position"])), time.monotonic()
        self.times += [self.acknowledged_at] * (len(self.log) - len(self.times))
        self._acknowledged.set()
        return str(receipt["position"])

    async def _work(self) -> None:
        while True:
            batch = await self._queue.get()
            await self.deliver(batch)
            if self._random.random() < self._twice:
                self.repeated += len(batch)
                await self.deliver(batch)
            self._queue.task_done()

    async def _attempt(self, batch: list[Event], seconds: float) -> tuple[dict[str, Any] | None, float]:
        """Return the receipt, None without one; and how many seconds the server asks to wait."""
        assert self._session is not None
        began = time.monotonic()
        status, asked = 0, ""
        receipt: dict[str, Any] | None = None
        # No answer is an answer: the batch is sent again.
        self.in_flight += 1
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
            patience = aiohttp.ClientTimeout(total=seconds)
            async with self._session.post("/api/stats/events", json=batch, timeout=patience) as response:
                status, asked = response.status, response.headers.get("Retry-After", "")
                if status == 202:
                    receipt = await response.json()
                elif status not in {429, 503}:
                    self.unexpected.append(f"{status} for a good request: {(await response.text())[:500]}")
        self.in_flight -= 1
        ended = time.monotonic()
        if status or seconds == PATIENCE:  # what we gave up ourselves says nothing of the server
            self.answers.append(Answer(ended, status, bool(asked), ended - began))
        return receipt, float(asked or 0)
