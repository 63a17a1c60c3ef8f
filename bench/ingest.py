"""`python -m bench.ingest`: events a server CPU-second, acknowledged by a Redis that syncs every write.

The server and the plain design of `bench/baselines/plain_ingest.py` take turns on the same requests, sent over a
few connections that stay open; the server twice, the second time with a head that differs from request to request,
so that none takes the lane (`server/ingest/lane.py`). Medians of the turns are printed with the least and the
greatest. Single-event requests at about half load give latencies. `--profile` samples the server's stacks and says
where the time goes.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from asyncio import Runner
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, NamedTuple

import redis
import uvloop

from bench.looking.profile import SERVER, Sampler, show_shares
from bench.posting import Poster, Turn
from bench.report import complain, spread
from proofs.running.command import parser
from proofs.running.machine import alone, keep
from proofs.running.parts import running_redis
from proofs.running.server import WebServer
from proofs.running.tables import show
from streakline.streams import keys

SHARDS: Final = 4
LEAST, LEAST_RATIO, LONGEST_MS = 200_000, 4.0, 15.0
"""What `--check` asks for: events a CPU-second, times the plain design's, p99 of single-event requests."""


class Figures(NamedTuple):
    """What was measured."""

    turns: dict[str, list[Turn]]
    """Name -> its turns, in the order they were taken."""
    entry_bytes: float
    """Redis' memory for an event in the streams."""
    rate: float
    took: list[float]
    """Single-event requests: how many a second, and the seconds each took, sorted."""
    shares: dict[str, float]
    """Part -> its share of the server's time, with `--profile`."""

    @property
    def ours(self) -> float:
        """Events a CPU-second of the server, the median."""
        return statistics.median(turn.per_cpu_second for turn in self.turns["streakline"])

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
        turns = self.turns["streakline"]
        rates = {name: spread([turn.per_cpu_second for turn in some]) for name, some in self.turns.items()}
        rest = "; ".join(f"{name} {rate}" for name, rate in rates.items() if name != "streakline")
        kernel = statistics.median(1e6 * turn.kernel / turn.events for turn in turns)
        wall = statistics.median(turn.per_second for turn in turns)
        return (
            f"{rates['streakline']} events per server CPU-second, {wall:,.0f} a second of wall time; {rest}; ratio "
            f"{self.ratio:.1f} ({self.ratios[0]:.1f}-{self.ratios[-1]:.1f}); {1e6 / self.ours:.2f} µs an event, "
            f"{kernel:.2f} of it the kernel's; {self.entry_bytes:.0f} bytes of Redis an event; single-event POST at "
            f"half load p50 {self.percentile(0.5):.1f} ms, p99 {self.percentile(0.99):.1f} ms "
            f"({self.rate:,.0f} requests/s)"
        )


def main() -> int:
    """Run the benchmark."""
    options = parser(
        __doc__,
        seconds=(4.0, "seconds a turn"),
        turns=5,
        events=(50, "events a POST"),
        connections=16,
        check=(False, "fail below what is promised"),
        profile=(False, "sample the server's stacks with py-spy (costs some)"),
    ).parse_args()
    with alone(), tempfile.TemporaryDirectory() as folder, Runner(loop_factory=uvloop.new_event_loop) as run:
        figures = run.run(_measure(Path(folder), options))
    print(figures.sentence())
    rows = []
    for name, turns in figures.turns.items():
        each = spread([1e6 / turn.per_cpu_second for turn in turns], 2)
        rows.append((name, each, spread([turn.per_second for turn in turns])))
    show(("", "µs an event", "events/s of wall time"), rows)
    show_shares(figures.shares, 1e6 / figures.ours)
    if not options.profile:
        keep(f"bench.ingest --events {options.events}", figures.sentence())
    reached = figures.ours >= LEAST and figures.ratio >= LEAST_RATIO and figures.percentile(0.99) < LONGEST_MS
    bound = f"below {LEAST:,} events a CPU-second, {LEAST_RATIO} times the plain design or {LONGEST_MS} ms"
    return complain([bound] if options.check and not reached else [])


async def _measure(folder: Path, options: argparse.Namespace) -> Figures:
    with ExitStack() as held:
        store, _ = held.enter_context(running_redis(folder))
        client = held.enter_context(redis.Redis.from_url(store.url))
        client.set(keys.SEED, 7)
        client.set(keys.SHARDS, SHARDS)

        def poster(name: str, module: str = "server", *, same_head: bool = True) -> Poster:
            server = WebServer(folder, name, module, store.url, STREAKLINE_RATE="0")
            return Poster(held.enter_context(server), same_head=same_head)

        posters = {
            "streakline": poster("streakline"),
            "other heads": poster("other heads", same_head=False),
            "plain": poster("plain", "bench.baselines.plain_ingest"),
        }
        for one in posters.values():
            await one.turn(0.5, options.connections, options.events)  # connections, codes, caches
        ours = posters["streakline"]
        sampler = Sampler(ours.server.pid, folder, SERVER) if options.profile else None
        turns: dict[str, list[Turn]] = {name: [] for name in posters}
        size = 0
        for _ in range(options.turns):
            before = _bytes_of_streams(client)
            for name, one in posters.items():
                turns[name].append(await one.turn(options.seconds, options.connections, options.events))
                if name == "streakline":
                    size += _bytes_of_streams(client) - before
        shares = sampler.shares() if sampler else {}
        posted = sum(turn.events for turn in turns["streakline"])
        return Figures(turns, size / posted, *await ours.latencies(options.seconds), shares)


def _bytes_of_streams(client: redis.Redis) -> int:
    any_client: Any = client
    return sum(any_client.memory_usage(keys.events(shard), samples=0) or 0 for shard in range(SHARDS))


if __name__ == "__main__":
    sys.exit(main())
