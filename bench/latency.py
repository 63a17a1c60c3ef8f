"""From POST to where a number is read: `python -m bench.latency --rate 2000 --seconds 30`.

Probes ride along with a load of listeners, see `bench.probes`.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sys
import time
from collections.abc import Mapping
from typing import Final

import click

from bench.probes import EVERY, PATIENCE, Probes, ride, show
from proofs.chaos.audience import Audience
from proofs.chaos.sender import Sender
from proofs.running.machine import alone
from proofs.running.stack import StackFailed, StackProcess

BATCH: Final = 50
"""Events of one request: what an SDK sends at this rate."""
LOOK: Final = 0.05
WARM_SECONDS: Final = 5.0
BOUNDS: Final[Mapping[str, float]] = {
    "acknowledged": 1.0,
    "row in events": 5.0,
    "bucket in rollup": 5.0,
    "socket, content:ID": 1.0,
    "socket, overview": 1.0,
}
"""Way -> seconds that its p99 must stay under."""


async def measure(stack: StackProcess, rate: float, seconds: float, late: float, seed: int) -> Probes:
    """Load a stack for so many seconds and return what became of the probes."""
    probes = Probes((f"probe-{number}" for number in range(int(seconds / EVERY))), BOUNDS)
    sender = Sender(stack.url, stack.token, seed, steady=True)
    await sender.start()
    load = asyncio.create_task(_load(sender, rate, late, seed))
    try:
        await asyncio.sleep(WARM_SECONDS)
        await ride(stack, probes, sender, LOOK)
        if load.done():
            await load
    finally:
        load.cancel()
    await sender.finish(PATIENCE)
    return probes


async def _load(sender: Sender, rate: float, late: float, seed: int) -> None:
    audience, began, sent = Audience(seed, late=late), time.monotonic(), 0
    draw = random.Random(seed)
    while True:
        owed = int((time.monotonic() - began) * rate) - sent
        if owed >= BATCH:
            events = [event for event in audience.events(time.time(), owed) if event["type"] != "upgrade"]
            sent += owed
            for at in range(0, len(events), BATCH):
                sender.post(events[at : at + BATCH])
        await asyncio.sleep(draw.uniform(0.01, 0.03))


async def _run(stack: StackProcess, rate: float, seconds: float, late: float, seed: int) -> Probes:
    async with stack:
        return await measure(stack, rate, seconds, late, seed)


@click.command()
@click.option(
    "--rate", type=click.FloatRange(min=1), default=2000.0, show_default=True, help="Events a second."
)
@click.option("--seconds", type=click.FloatRange(min=2), default=30.0, show_default=True, help="Length.")
@click.option(
    "--late", type=click.FloatRange(0, 1), default=0.02, show_default=True, help="Share of late visits."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the load.")
def main(rate: float, seconds: float, late: float, seed: int) -> None:
    """Measure how long an event takes until it can be read, on a stack of its own under load."""
    stack = StackProcess()
    try:
        with alone():
            probes = asyncio.run(_run(stack, rate, seconds, late, seed))
    except StackFailed as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    good = show(probes, rate)
    shutil.rmtree(stack.folder)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
