"""`python -m bench.flat`: what an event costs, and the memory, in a short run and in long ones of the same stream.

All runs have one rate in stream time, the same contents and listeners, and the same backlog before the reader: a
feeder keeps so many minutes ahead, trims behind, and closes quarter hours as archive would. The shortest run covers
more than three hours of stream clock, so that all of them hold as many open quarter hours.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table

from bench.feeder import Feeder, Plan
from bench.machine import alone, keep
from bench.pattern import Pattern
from bench.redis_stack import RedisStack, follow
from streakline.times import HOUR_MS, MINUTE_MS

STRETCH: Final = 250_000
STRETCH_MS: Final = 48 * MINUTE_MS
"""A stretch: the shortest run, four of them, is 3.2 hours long."""
AHEAD_MS: Final = 90 * MINUTE_MS
FLAT: Final = 1.15
SHORT_RUNS: Final = 3
"""The shortest run takes seconds, so it is made so many times, and the median stands."""


class Cost(NamedTuple):
    """What a run cost: µs an event, events a second of wall time, bytes."""

    each: float
    a_second: float
    resident: int


def main() -> int:
    """Run them; return 1 if cost or memory grows by more than a tenth and a half."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--millions", default="1,10,50", help="events of each run, with commas")
    parser.add_argument("--contents", type=int, default=10_000)
    parser.add_argument("--listeners", type=int, default=200_000)
    parser.add_argument("--request", type=int, default=50, help="events a POST")
    options = parser.parse_args()
    turns = [max(4, int(float(n) * 1_000_000 / STRETCH)) for n in options.millions.split(",")]
    pattern = Pattern(
        STRETCH,
        STRETCH_MS,
        contents=options.contents,
        listeners=options.listeners,
        shards=4,
        request=options.request,
    )
    costs: list[Cost] = []
    with alone():
        for place, number in enumerate(turns):
            runs = [_run(pattern, number) for _ in range(SHORT_RUNS if place == 0 else 1)]
            costs.append(
                Cost(
                    statistics.median(run.each for run in runs),
                    statistics.median(run.a_second for run in runs),
                    max(run.resident for run in runs),
                )
            )
            print(f"{number * STRETCH:,} events: {costs[-1].each:.2f} µs each", flush=True)
    each, resident = _ratio([c.each for c in costs]), _ratio([c.resident for c in costs])
    _print(turns, costs)
    keep(
        f"bench.flat --millions {options.millions}",
        "; ".join(
            f"{number * STRETCH / 1e6:g} M: {cost.each:.2f} µs an event, {cost.resident / 1e6:.0f} MB"
            for number, cost in zip(turns, costs, strict=True)
        )
        + f"; greatest over least: cost {each:.2f}, resident {resident:.2f}",
    )
    return 0 if max(each, resident) <= FLAT else 1


def _run(pattern: Pattern, turns: int) -> Cost:
    with tempfile.TemporaryDirectory() as name, RedisStack(Path(name), pattern.shards) as stack:
        feeder = Feeder(stack.url, pattern, Plan(0, turns, ahead_ms=AHEAD_MS))
        flow = stack.flow("content")
        seen = follow(stack, flow, pattern.last(turns))
        feeder.took()
    events = turns * pattern.events
    return Cost(seen.cpu / events * 1e6, events / seen.wall, seen.resident)


def _ratio(numbers: list[float] | list[int]) -> float:
    return max(numbers) / min(numbers)


def _print(turns: list[int], costs: list[Cost]) -> None:
    table = Table(box=box.SIMPLE)
    for heading in (
        "events",
        "hours",
        "µs an event",
        "events/s of wall",
        "resident MB",
        "cost ratio",
        "memory ratio",
    ):
        table.add_column(heading, justify="right")
    for number, cost in zip(turns, costs, strict=True):
        table.add_row(
            f"{number * STRETCH:,}",
            f"{number * STRETCH_MS / HOUR_MS:.1f}",
            f"{cost.each:.2f}",
            f"{cost.a_second:,.0f}",
            f"{cost.resident / 1e6:.0f}",
            f"{cost.each / costs[0].each:.2f}",
            f"{cost.resident / costs[0].resident:.2f}",
        )
    Console(width=110).print(table)


if __name__ == "__main__":
    sys.exit(main())
