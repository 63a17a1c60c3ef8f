"""Probes: events that nobody else sends, looked for on every way to a reader while a load runs.

Each names a content that nobody else plays, so that its row, its bucket and its messages can be told apart. Times
are from before the POST is sent until the reader has the answer; rows are looked for again and again, and the time
between two looks is part of what is shown.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, Final

from clickhouse_connect.driver.client import Client

from proofs.chaos.reading import clickhouse
from proofs.running.stack import StackProcess
from proofs.running.tables import show
from proofs.traffic.audience import Event
from proofs.traffic.sender import Sender
from streakline_client.live import Live

EVERY: Final = 0.4
"""Seconds between two probes."""
PATIENCE: Final = 30.0
Heard = Callable[[str, Mapping[str, Any]], None]
TOPICS: Final = 40
"""Topics of one socket."""


class Probes:
    """When each probe left, and when it was seen on each way."""

    def __init__(self, names: Iterable[str], bounds: Mapping[str, float]) -> None:
        """Know the probes by the contents they name, and way -> seconds that its p99 must stay under."""
        self.names, self.bounds = list(names), bounds
        self.left: dict[str, float] = {}
        self.seen: dict[str, dict[str, float]] = {way: {} for way in bounds}
        self.arrived = asyncio.Event()
        """Set when every probe was seen on every way."""

    def saw(self, way: str, names: Iterable[str]) -> None:
        """Note that probes were seen just now, if it is the first time."""
        now = time.monotonic()
        for name in names:
            if name in self.left:
                self.seen[way].setdefault(name, now - self.left[name])
        if self.complete:
            self.arrived.set()

    def unseen(self, way: str) -> list[str]:
        """Return the probes that left and have not been seen on a way."""
        return [name for name in self.left if name not in self.seen[way]]

    @property
    def complete(self) -> bool:
        """Whether every probe was seen on every way."""
        return len(self.left) == len(self.names) and not any(self.unseen(way) for way in self.bounds)


def probe(name: str, now: float) -> list[Event]:
    """Return a counted play of a content, and an upgrade: a kind that the load does not send."""
    ms = int(now * 1000)
    who = {"contentId": name, "timestamp": ms, "sessionId": name}
    play = {"id": f"{name}-play", "type": "play", "playId": name, "startedAt": ms, "duration": 25.0}
    return [{**who, **play}, {**who, "id": f"{name}-upgrade", "type": "upgrade"}]


async def ride(
    stack: StackProcess, probes: Probes, sender: Sender, look: float, every: float = EVERY
) -> None:
    """Send the probes one after another, and return when all were seen or patience is over.

    Args:
        stack: to be asked, by the ways that have a bound.
        probes: to be sent.
        sender: that posts them.
        look: seconds between two looks for rows.
        every: seconds between two probes.
    """
    parts = [probes.names[at : at + TOPICS] for at in range(0, len(probes.names), TOPICS)]
    looks: dict[str, Callable[[], list[Coroutine[Any, Any, None]]]] = {
        "row in events": lambda: [_rows(stack, probes, look, "row in events", "events", "ts")],
        "bucket in rollup": lambda: [_rows(stack, probes, look, "bucket in rollup", "rollup", "at")],
        "socket, overview": lambda: [_overview(stack, probes)],
        "socket, content:ID": lambda: [_contents(stack, probes, names) for names in parts],
    }
    ways = [looks[way] for way in probes.bounds if way in looks]
    readers = [asyncio.create_task(one) for way in ways for one in way()]
    await asyncio.sleep(1)
    sends = set()
    for name in probes.names:
        probes.left[name] = time.monotonic()
        sends.add(asyncio.create_task(_send(sender, probes, name)))
        await asyncio.sleep(every)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            arrived = asyncio.create_task(probes.arrived.wait())
            await asyncio.wait([arrived, *readers], return_when="FIRST_COMPLETED")
    for task in readers:
        task.cancel()
    for error in await asyncio.gather(*readers, return_exceptions=True):
        if isinstance(error, Exception):
            raise error


async def _send(sender: Sender, probes: Probes, name: str) -> None:
    await sender.deliver(probe(name, time.time()))
    probes.saw("acknowledged", [name])


async def _rows(stack: StackProcess, probes: Probes, look: float, way: str, table: str, column: str) -> None:
    client: Client = await asyncio.to_thread(clickhouse, stack)
    query = (
        f"select distinct contentId from {table} where {column} >= now() - 3600"  # noqa: S608
        " and contentId in {names:Array(String)}"
    )
    try:
        while True:
            names = probes.unseen(way)
            if names:
                found = await asyncio.to_thread(client.query, query, {"names": names})
                probes.saw(way, [row[0] for row in found.result_rows])
            await asyncio.sleep(look)
    finally:
        client.close()


async def _overview(stack: StackProcess, probes: Probes) -> None:
    """Tell probes apart by the lifetime count of upgrades: the n-th that shows is taken for the n-th sent."""

    def heard(_: str, data: Mapping[str, Any]) -> None:
        if "totals" in data:
            probes.saw("socket, overview", probes.names[: data["totals"]["upgrades"]])

    await _listen(stack, ["overview"], heard)


async def _contents(stack: StackProcess, probes: Probes, names: list[str]) -> None:
    def heard(topic: str, data: Mapping[str, Any]) -> None:
        if data.get("lastHour", {}).get("plays"):
            probes.saw("socket, content:ID", [topic.removeprefix("content:")])

    await _listen(stack, [f"content:{name}" for name in names], heard)


async def _listen(stack: StackProcess, topics: list[str], heard: Heard) -> None:
    async with Live(stack.url, topics, token=stack.token) as messages:
        async for message in messages:
            heard(message.topic, message.data)


def quantile(values: list[float], share: float) -> float:
    """Return the value that `share` of the values do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def show_ways(probes: Probes, rate: float) -> bool:
    """Print the table; return whether every p99 keeps its bound and every probe arrived."""
    good, rows = probes.complete, []
    for way, bound in probes.bounds.items():
        values = list(probes.seen[way].values())
        figures = [quantile(values, 0.5), quantile(values, 0.99), max(values)] if values else []
        good = good and bool(figures) and figures[1] < bound
        times = [f"{value * 1000:.0f} ms" for value in figures] or ["never"] * 3
        rows.append((way, len(values), *times, f"{bound:.0f} s"))
    headings = (f"from POST to, at {rate:.0f} events/s", "probes", "p50", "p99", "slowest", "must be under")
    show(headings, rows)
    return good
