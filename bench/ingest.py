"""`python -m bench.ingest`: events a server CPU-second, acknowledged by a Redis that syncs every write.

The server and the plain design of `bench/baselines/plain_ingest.py` take turns on the same requests, sent over a
few connections that stay open; the server twice, the second time with a head that differs from request to request,
so that none takes the lane (`server/ingest/lane.py`). Medians of the turns are printed with the least and the
greatest, then what an event costs part by part. Single-event requests at about half load give latencies.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from asyncio import Runner
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import redis
import uvloop
from rich.console import Console
from rich.table import Table

from bench.ingest_parts import SHARDS, Parts, measured
from bench.posting import ServerUnderTest, Turn
from proofs.running.machine import alone, keep
from stack.process import PartProcess
from stack.servers.ports import free_port
from stack.servers.redis_server import RedisServer
from streakline.streams import keys

LEAST, LEAST_RATIO, LONGEST_MS = 200_000, 4.0, 15.0
"""What `--check` asks for: events a CPU-second, times the plain design's, p99 of single-event requests."""


class Figures(NamedTuple):
    """What was measured."""

    turns: dict[str, list[Turn]]
    """Name -> its turns, in the order they were taken."""
    parts: Parts
    wave: float
    """Requests an entry, on average."""
    entry_bytes: float
    """Redis' memory for an event in the streams."""
    rate: float
    took: list[float]
    """Single-event requests: how many a second, and the seconds each took, sorted."""

    @property
    def ours(self) -> float:
        """Events a CPU-second of the server, the median."""
        return _median(self.turns["streakline"])

    @property
    def ratios(self) -> list[float]:
        """How many times the plain design's, by pair of turns, sorted."""
        pairs = zip(self.turns["streakline"], self.turns["plain"], strict=True)
        return sorted(ours.per_cpu_second / plain.per_cpu_second for ours, plain in pairs)

    @property
    def ratio(self) -> float:
        """How many times the plain design's: the median of the pairs."""
        return statistics.median(self.ratios)

    def percentile(self, share: float) -> float:
        """Return the milliseconds that so much of the single-event requests took at most."""
        return self.took[min(len(self.took) - 1, int(len(self.took) * share))] * 1000

    def sentence(self) -> str:
        """Return the figures as one line for `results.md`."""
        rest = "; ".join(
            f"{name} {_median(turns):,.0f}" for name, turns in self.turns.items() if name != "streakline"
        )
        spread = [turn.per_cpu_second for turn in self.turns["streakline"]]
        costs = " + ".join(f"{name} {cost:.2f}" for name, cost in _costs(self))
        wall = statistics.median(turn.per_second for turn in self.turns["streakline"])
        return (
            f"{self.ours:,.0f} events per server CPU-second ({min(spread):,.0f}-{max(spread):,.0f}), "
            f"{wall:,.0f} a second of wall time; {rest}; ratio {self.ratio:.1f} "
            f"({self.ratios[0]:.1f}-{self.ratios[-1]:.1f}); µs an event: {costs}; "
            f"{self.entry_bytes:.0f} bytes of Redis an event; single-event POST at half load "
            f"p50 {self.percentile(0.5):.1f} ms, p99 {self.percentile(0.99):.1f} ms ({self.rate:,.0f} requests/s)"
        )


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4, help="seconds a turn")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--events", type=int, default=50, help="events a POST")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--check", action="store_true", help="fail below what is promised")
    options = parser.parse_args()
    with alone(), tempfile.TemporaryDirectory() as folder, Runner(loop_factory=uvloop.new_event_loop) as run:
        figures = run.run(_measure(Path(folder), options))
    _show(figures)
    keep(f"bench.ingest --events {options.events}", figures.sentence())
    reached = figures.ours >= LEAST and figures.ratio >= LEAST_RATIO and figures.percentile(0.99) < LONGEST_MS
    if options.check and not reached:
        print(f"below {LEAST:,} events a CPU-second, {LEAST_RATIO} times the plain design or {LONGEST_MS} ms")
        return 1
    return 0


async def _measure(folder: Path, options: argparse.Namespace) -> Figures:
    store = RedisServer(folder / "redis", port=free_port(), password="bench", memory=8 << 30)  # noqa: S106
    store.prepare()
    process = PartProcess(store.part(), folder / "redis.log")
    process.start()
    servers: dict[str, ServerUnderTest] = {}
    try:
        client = redis.Redis.from_url(store.url)
        client.set(keys.SEED, 7)
        client.set(keys.SHARDS, SHARDS)
        servers["streakline"] = ServerUnderTest(folder, "server", store.url)
        servers["other heads"] = ServerUnderTest(folder, "server", store.url, same_head=False)
        servers["plain"] = ServerUnderTest(folder, "bench.baselines.plain_ingest", store.url)
        for server in servers.values():
            await server.turn(0.5, options.connections, options.events)  # connections, codes, caches
        turns: dict[str, list[Turn]] = {name: [] for name in servers}
        costs: list[Parts] = []
        entries = size = posted = 0
        wave = 1.0
        for _ in range(options.turns):
            before = _streams(client)
            for name, server in servers.items():
                turns[name].append(await server.turn(options.seconds, options.connections, options.events))
                if name == "streakline":
                    after = _streams(client)
                    entries, size = entries + after[0] - before[0], size + after[1] - before[1]
            posted = sum(turn.events for turn in turns["streakline"])
            wave = posted / options.events / (entries / SHARDS)
            costs.append(measured(options.events, max(1, round(wave))))  # in each phase of the machine
        parts = Parts(*map(statistics.median, zip(*costs, strict=True)))
        rate, took = await servers["streakline"].latencies(options.seconds)
        client.close()
    finally:
        for server in servers.values():
            server.close()
        process.kill()
    return Figures(turns, parts, wave, size / posted, rate, took)


def _streams(client: redis.Redis) -> tuple[int, int]:
    """Return entries and bytes of memory of the events streams."""
    any_client: Any = client
    names = [keys.events(shard) for shard in range(SHARDS)]
    entries = sum(any_client.xlen(name) for name in names)
    return entries, sum(any_client.memory_usage(name, samples=0) or 0 for name in names)


def _median(turns: Sequence[Turn]) -> float:
    return statistics.median(turn.per_cpu_second for turn in turns)


def _costs(figures: Figures) -> list[tuple[str, float]]:
    """Return (part, CPU-µs an event); what is left over is HTTP, waves and the pipe."""
    turns = figures.turns["streakline"]
    whole = 1e6 / figures.ours
    kernel = statistics.median(1e6 * turn.kernel / turn.events for turn in turns)
    known = [
        ("decode", figures.parts.decode),
        ("stamp", figures.parts.stamp),
        ("pack", figures.parts.pack),
        ("kernel", kernel),
    ]
    return [*known, ("rest", whole - sum(cost for _, cost in known))]


def _show(figures: Figures) -> None:
    console = Console(width=100)
    table = Table(title="events a CPU-second of the server")
    for column in ("", "median", "least", "greatest", "µs an event", "events/s of wall time"):
        table.add_column(column, justify="left" if not column else "right")
    for name, turns in figures.turns.items():
        rates = [turn.per_cpu_second for turn in turns]
        median = statistics.median(rates)
        wall = statistics.median(turn.per_second for turn in turns)
        cells = (
            f"{median:,.0f}",
            f"{min(rates):,.0f}",
            f"{max(rates):,.0f}",
            f"{1e6 / median:.2f}",
            f"{wall:,.0f}",
        )
        table.add_row(name, *cells)
    console.print(table)
    console.print(
        f"ratio to the plain design, median of {len(figures.ratios)} pairs: {figures.ratio:.1f} "
        f"({figures.ratios[0]:.1f}-{figures.ratios[-1]:.1f})"
    )
    table = Table(title=f"µs an event; {figures.wave:.1f} requests an entry")
    for name, cost in _costs(figures):
        table.add_column(name, justify="right", footer=f"{cost:.2f}")
    table.add_row(*(f"{cost:.2f}" for _, cost in _costs(figures)))
    console.print(table)
    console.print(f"Redis' memory: {figures.entry_bytes:.0f} bytes an event")
    console.print(
        f"single-event POST at half load ({figures.rate:,.0f} requests/s): "
        f"p50 {figures.percentile(0.5):.1f} ms, p99 {figures.percentile(0.99):.1f} ms"
    )


if __name__ == "__main__":
    sys.exit(main())
