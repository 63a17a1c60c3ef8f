"""`python -m bench.end_to_end`: a load on a whole stack and the way of probes through it (a minute and a half).

Everything runs on this machine: Redis, ClickHouse, the server, three flows, the sender, and this process, which looks
for the probes. Prints the ways, the lag of every flow and what each process costs an event; fails when a way is slower
than its bound, an event is rejected, or a lag grows.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from typing import Final, NamedTuple

from bench.load.process import SenderProcess
from bench.load.sender import Report
from bench.looking.lag import Lags, Line
from bench.looking.probes import EVERY, PATIENCE, Probes, quantile, ride, show_ways
from bench.looking.usage import Meter, Reading
from bench.report import PARTITIONS, complain, on_a_stack, partitions_of
from proofs.chaos.reading import Reader
from proofs.running.command import parser
from proofs.running.machine import keep
from proofs.running.stack import StackProcess
from proofs.traffic.sender import Sender
from streakline.streams.partitions import Partitions

CALM: Final = 5_000.0
"""Events a second up to which rows are looked for every 0.05 s, else 0.25 s: at full rate a look is work."""
WARM_SECONDS: Final = 10.0
SETTLE_SECONDS: Final = 60.0
GROWS: Final = 0.02
"""Seconds that a lag may grow by in a second: over a minute less than one of the outbox' own steps."""
BOUNDS: Final[Mapping[str, float]] = {
    "acknowledged": 1.0,
    "row in events": 5.0,
    "bucket in rollup": 10.0,
    "socket, content:ID": 1.0,
    "socket, overview": 1.0,
}
"""Way -> seconds that its p99 must stay under; a bucket at a calm rate under 5."""


class Run(NamedTuple):
    """What came of a run."""

    probes: Probes
    report: Report
    lags: Lags
    reading: Reading
    settled: float
    """Seconds from the last acknowledgement until everything had settled; infinite if it did not."""


async def measure(stack: StackProcess, rate: float, seconds: float) -> Run:
    """Load a running stack."""
    calm = rate <= CALM
    bounds = {**BOUNDS, "bucket in rollup": 5.0} if calm else BOUNDS
    probes = Probes((f"probe-{number}" for number in range(int(seconds / EVERY))), bounds)
    lags = Lags(stack.shards, stack.parts)
    with SenderProcess(stack) as load:
        await load.send(int(rate * WARM_SECONDS), rate)
        sender = Sender(stack.url, stack.token, 1, connections=4, steady=True)
        await sender.start()
        meter = Meter(stack, {"sender": load.pid, "probes": os.getpid()})
        watching = asyncio.create_task(lags.watch(stack))
        sending = asyncio.create_task(load.send(int(rate * seconds), rate))
        riding = asyncio.create_task(ride(stack, probes, sender, 0.05 if calm else 0.25))
        report = await sending
        reading = meter.read()
        if watching.done():
            await watching
        watching.cancel()
        await riding
        last = time.monotonic()
        good = await Reader(stack).settled(sender.position, SETTLE_SECONDS)
        await sender.finish(PATIENCE)
        return Run(probes, report, lags, reading, time.monotonic() - last if good else float("inf"))


def faults(run: Run) -> list[str]:
    """Return what of a run is not as it must be, but for the probes."""
    found = run.report.faults()
    for reader, line in growing(run.lags):
        found.append(f"the lag of {reader} grows by {line.slope * 1000:.0f} ms a second")
    if run.settled == float("inf"):
        found.append(f"not settled after {SETTLE_SECONDS:.0f} s")
    return found


def growing(lags: Lags) -> list[tuple[str, Line]]:
    """Return the readers whose lag grows."""
    return [(reader, line) for reader, line in lags.lines().items() if line.slope > GROWS]


def main() -> int:
    """Run the benchmark."""
    options = parser(__doc__, rate=(20_000.0, "events a second"), seconds=60.0, **PARTITIONS).parse_args()
    run, remove = on_a_stack(
        lambda stack: measure(stack, options.rate, options.seconds), Partitions(options.shards, options.parts)
    )
    good = show_ways(run.probes, options.rate)
    run.lags.show()
    events = int(options.rate * options.seconds)
    run.reading.show(f"{run.reading.cores:.2f} cores at {events / run.reading.seconds:,.0f} events/s", events)
    wrong = complain(faults(run))
    times = {way: list(seen.values()) for way, seen in run.probes.seen.items() if seen}
    ways = "; ".join(
        f"{way} p50 {quantile(seen, 0.5):.2f} s, p99 {quantile(seen, 0.99):.2f} s"
        for way, seen in times.items()
    )
    cost = ", ".join(f"{name} {spent / events * 1e6:.1f}" for name, spent in run.reading.cpu.items())
    print(
        f"latest request {run.report.behind:.2f} s behind its time; settled {run.settled:.1f} s after the end"
    )
    keep(
        f"bench.end_to_end --rate {options.rate:.0f} --seconds {options.seconds:.0f}{partitions_of(options)}",
        f"{ways}; {run.reading.cores:.2f} cores; µs an event: {cost}; settled {run.settled:.1f} s after the end",
    )
    remove()
    return 0 if good and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
