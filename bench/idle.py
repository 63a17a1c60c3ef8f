"""`python -m bench.idle`: what a whole stack uses when nothing happens (two minutes).

Some load, then a minute of silence, then the measurement, so that everything has backed off as far as it does. Fails
at 15 % of a core or 1 GB (PSS) over all processes.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Final

from bench.load.process import SenderProcess
from bench.looking.usage import Meter, Reading
from bench.report import PARTITIONS, complain, on_a_stack, partitions_of
from proofs.running.command import parser
from proofs.running.machine import keep
from proofs.running.stack import StackProcess
from streakline.streams.partitions import Partitions

LOAD: Final = 100_000
"""Events before the silence."""
RATE: Final = 5_000.0
CORES: Final = 0.15
MEMORY: Final = 1_000_000_000
"""Both together must stay under."""


async def measure(stack: StackProcess, silence: float, seconds: float) -> Reading:
    """Return what a running stack uses for so many seconds, after a load and a silence."""
    with SenderProcess(stack) as load:
        await load.send(LOAD, RATE)
    await asyncio.sleep(silence)
    meter = Meter(stack, {})
    await asyncio.sleep(seconds)
    return meter.read()


def within(reading: Reading) -> bool:
    """Tell whether a reading keeps the bounds."""
    return reading.cores < CORES and sum(reading.memory.values()) < MEMORY


def main() -> int:
    """Run the benchmark."""
    options = parser(
        __doc__,
        silence=(60.0, "seconds between the load and the measurement"),
        seconds=(60.0, "seconds of the measurement"),
        **PARTITIONS,
    ).parse_args()
    reading, remove = on_a_stack(
        lambda stack: measure(stack, options.silence, options.seconds),
        Partitions(options.shards, options.parts),
    )
    reading.show(f"idle, {options.silence:.0f} s after the last event")
    parts = ", ".join(
        f"{name} {spent / reading.seconds * 100:.1f} % {reading.memory[name] / 1e6:.0f} MB"
        for name, spent in reading.cpu.items()
    )
    keep(
        f"bench.idle --silence {options.silence:.0f} --seconds {options.seconds:.0f}{partitions_of(options)}",
        f"{reading.cores * 100:.1f} % of one core, {sum(reading.memory.values()) / 1e6:.0f} MB (PSS): {parts}",
    )
    remove()
    bound = f"not under {CORES * 100:.0f} % of one core and {MEMORY / 1e6:.0f} MB"
    return complain([] if within(reading) else [bound])


if __name__ == "__main__":
    sys.exit(main())
