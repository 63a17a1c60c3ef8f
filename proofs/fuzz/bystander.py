"""Good traffic beside the bad: every event of it must be accepted, and counted exactly, in the end."""

from __future__ import annotations

import asyncio
import time
from typing import Final, Self

import aiohttp

from proofs.fuzz.findings import Findings
from sql.connection import connect
from streakline_client.live import Live

PART: Final = "good traffic"
CONTENT: Final = "bystander"
EVERY: Final = 0.2
"""Seconds between two posts."""
PLAYS: Final = 5
"""Plays a post."""
PATIENCE: Final = 20.0
"""Seconds that a post may take, while others do their worst."""


class Bystander:
    """Posts plays for as long as it runs. `async with` starts and ends it."""

    def __init__(self, url: str, token: str, findings: Findings) -> None:
        self._url, self._token, self._findings = url, token, findings
        self.accepted = 0
        self._number = 0
        self._enough = False
        self._position = ""
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._enough = False
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._enough = True  # not cancelled: a post that is under way may have been accepted
        await self._task

    async def _run(self) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        limit = aiohttp.ClientTimeout(total=PATIENCE)
        async with aiohttp.ClientSession(self._url, headers=headers, timeout=limit) as session:
            while not self._enough:
                await self._post(session)
                await asyncio.sleep(EVERY)

    async def _post(self, session: aiohttp.ClientSession) -> None:
        """Post new plays until they are accepted; a refusal that says when to come again is no fault.

        They name values that have no code yet, and some whose code somebody has poisoned.
        """
        at = time.time_ns() // 1_000_000
        plays = [
            {"id": f"by-{self._number + n}", "type": "play", "contentId": CONTENT, "sessionId": "s", "timestamp": at,
             "duration": 30, "platform": f"platform {self._number}", "source": f"poison-{self._number % 90}"}
            for n in range(PLAYS)
        ]  # fmt: skip
        while True:
            begun = time.monotonic()
            try:
                async with session.post("/api/stats/events", json=plays) as answer:
                    status, receipt = answer.status, await answer.json(content_type=None)
                    again = answer.headers.get("Retry-After")
            except (aiohttp.ClientError, TimeoutError) as error:
                self._findings.fail(PART, plays[0], f"not answered: {error!r}")
                return
            seconds = time.monotonic() - begun
            if again is not None:
                self._findings.note(PART, f"{status} later", seconds)
                await asyncio.sleep(float(again))
                continue
            self._findings.note(PART, str(status), seconds)
            if status != 202 or receipt["accepted"] != PLAYS:
                self._findings.fail(PART, receipt, f"answered {status}")
                return
            self._number += PLAYS
            self.accepted += PLAYS
            self._position = receipt["position"]
            return

    async def check(self, clickhouse_url: str) -> None:
        """Wait until all of it has settled, and compare the history and the live number with what was accepted."""
        headers = {"Authorization": f"Bearer {self._token}"}
        async with aiohttp.ClientSession(self._url, headers=headers) as session:
            params = {"position": self._position, "wait": "30"}
            async with session.get("/api/v1/settled", params=params) as answer:
                body = await answer.json()
            if not body["settled"]:
                self._findings.fail(PART, params, f"not settled after 30 seconds: {body['waitingFor']}")
            live = await self._live()
        found = {"live": live, **await asyncio.to_thread(history_of, clickhouse_url, CONTENT)}
        for name, plays in found.items():
            if plays != self.accepted:
                self._findings.fail(PART, name, f"{plays} plays of {self.accepted} accepted")

    async def _live(self) -> int:
        """Return the plays that a page shows, as soon as it shows all of them or has had time to."""
        deadline = time.monotonic() + 10
        while True:
            async with asyncio.timeout(10), Live(self._url, [f"content:{CONTENT}"]) as messages:
                shown = await anext(message.data async for message in messages if message.type == "snapshot")
            plays = int(shown["lastHour"]["plays"])
            if plays == self.accepted or time.monotonic() > deadline:
                return plays
            await asyncio.sleep(0.2)


def history_of(url: str, content: str) -> dict[str, int]:
    """Return the plays of a content as the raw rows and as the quarter hours have them."""
    with connect(url) as client:
        [(raw, rolled)] = client.query(
            "select (select count() from events final where contentId = {content:String} and counted) as raw,"
            " (select sum(plays) from rollup final where grain = 'quarter' and contentId = {content:String}) as rolled",
            parameters={"content": content},
        ).result_rows
    return {"events": raw, "rollup": rolled or 0}
