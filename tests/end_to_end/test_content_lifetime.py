"""The lifetime in `content:ID` while flows are killed: what was acknowledged is counted once, and never taken back."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from running_stack import RunningStack
from streakline.times import DAY_MS, HOUR_MS
from wire import eventually, now_ms, play

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(300)]
SONG, OTHER = "song-of-the-day", "another"
BACK = (0, 0, 0, 20 * 60_000, 5 * HOUR_MS, 400 * DAY_MS)
ROUNDS = (("content",), ("archive", "content"), ("server", "viewers"))


class Watcher:
    """A page that watches both contents and the site, and connects again when the server is gone."""

    def __init__(self, stack: RunningStack) -> None:
        self._stack = stack
        self.data: dict[str, dict[str, Any]] = {}
        self.shown: list[tuple[int, int]] = []
        """(starts, likes) of the song, as they were shown."""

    async def run(self) -> None:
        while True:
            try:
                async with aiohttp.ClientSession(self._stack.url) as session:
                    await self._watch(session)
            except (aiohttp.ClientError, OSError):
                await asyncio.sleep(0.2)  # the server was killed; it is started again

    async def _watch(self, session: aiohttp.ClientSession) -> None:
        async with session.ws_connect("/api/live", protocols=("streakline.v1",)) as socket:
            await socket.send_json(
                {"type": "subscribe", "topics": [f"content:{SONG}", f"content:{OTHER}", "overview"]}
            )
            async for message in socket:
                said = message.json()
                if said["type"] in {"snapshot", "update"}:
                    held = {} if said["type"] == "snapshot" else self.data.get(said["topic"], {})
                    self.data[said["topic"]] = held | said["data"]
                    if said["topic"] == f"content:{SONG}" and "totals" in said["data"]:
                        totals = said["data"]["totals"]
                        self.shown.append((totals["starts"], totals["likes"]))

    def starts(self) -> int:
        """Return the starts of the song that were shown last."""
        return self.shown[-1][0] if self.shown else 0

    def totals(self, topic: str) -> Mapping[str, int]:
        return dict(self.data.get(topic, {}).get("totals", {}))


async def settled(stack: RunningStack, position: str) -> None:
    headers = {"Authorization": f"Bearer {stack.token}"}
    async with asyncio.timeout(120), aiohttp.ClientSession(headers=headers) as session:
        while True:
            try:
                async with session.get(
                    f"{stack.url}/api/v1/settled", params={"position": position, "wait": "5"}
                ) as answer:
                    if answer.status == 200 and (await answer.json())["settled"]:
                        return
            except (aiohttp.ClientError, OSError):
                await asyncio.sleep(0.2)


async def posted(stack: RunningStack, events: list[dict[str, Any]]) -> str:
    """Post until it is acknowledged, as a client does."""
    async with asyncio.timeout(60):
        while True:
            try:
                return str((await asyncio.to_thread(stack.post, events))["position"])
            except OSError:  # the server was killed; what it wrote already does not count twice
                await asyncio.sleep(0.2)


async def watched(stack: RunningStack) -> None:
    watcher, number, position = Watcher(stack), 0, ""
    task = asyncio.create_task(watcher.run())
    for killed in ROUNDS:
        before = watcher.starts()
        for _ in range(8):
            events = [
                play(n, contentId=SONG if n % 3 else OTHER, timestamp=now_ms() - BACK[n % len(BACK)])
                for n in range(number, number + 30)
            ]
            events += [{**events[1], "id": f"like-{number}", "type": "like"}]
            number += 30
            position = await posted(stack, events)
        await eventually(lambda before=before: watcher.starts() > before)
        for part in killed:
            await eventually(lambda part=part: part in stack.pids())  # one that was killed before is up again
            os.kill(stack.pids()[part], signal.SIGKILL)
    await settled(stack, position)
    likes = number // 30
    wanted = {SONG: (number * 2 // 3, likes), OTHER: (number // 3, 0)}
    async with asyncio.timeout(60):
        while any(
            (own.get("plays"), own.get("likes")) != wanted[name]
            for name in wanted
            for own in (watcher.totals(f"content:{name}"),)
        ):
            assert not task.done()
            await asyncio.sleep(0.05)
    site = watcher.totals("overview")
    assert site["plays"] == number
    assert {name: sum(watcher.totals(f"content:{one}")[name] for one in wanted) for name in site} == site
    task.cancel()
    assert len(watcher.shown) > len(ROUNDS)
    starts, liked = zip(*watcher.shown, strict=True)
    assert list(starts) == sorted(starts)
    assert list(liked) == sorted(liked)


def test_the_lifetime_of_a_content_survives_its_flows(tmp_path: Path) -> None:
    with RunningStack(tmp_path / "data") as stack:
        asyncio.run(watched(stack))
