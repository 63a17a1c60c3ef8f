"""`python -m bench.flat`: what an event costs, and the memory, in a short run and in long ones of the same stream.

All runs have one rate in stream time, the same contents and listeners, and the same backlog before the reader: a
feeder keeps so many minutes ahead, trims behind, and closes quarter hours as archive would. The shortest run covers
more than three hours of stream clock, so that all of them hold as many open quarter hours. A machine has fast and slow
phases, longer than a short run: so a long run pauses every few million events for the shortest one to be made, and its
cost is held against those made within it. Two processes doing the same differ in memory by a tenth: so what a long run
holds at its end is held against what it held after as many events as the shortest run has.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from bench.streams.feeder import Feeder, Plan
from bench.streams.pattern import DRAWN, Pattern, drawn, plain_pattern
from bench.streams.workload import SEED
from proofs.running.command import parser
from proofs.running.flows import FlowStack, Followed, follow
from proofs.running.machine import alone, keep
from proofs.running.tables import show
from streakline.times import HOUR_MS, MINUTE_MS

STRETCH: Final = 250_000
STRETCH_MS: Final = 48 * MINUTE_MS
"""A stretch: the shortest run, four of them, is 3.2 hours long."""
SEGMENT: Final = 20
"""Stretches of a long run between two short ones."""
AHEAD_MS: Final = 90 * MINUTE_MS
FLAT: Final = 1.15


class Cost(NamedTuple):
    """What some runs cost: how many, events of all, CPU-seconds and seconds of wall time."""

    runs: int
    events: int
    cpu: float
    wall: float

    @property
    def each(self) -> float:
        """µs of CPU an event."""
        return self.cpu / self.events * 1e6


class Pair(NamedTuple):
    """A long run and the short ones within it."""

    long: Cost
    short: Cost
    first: int
    """Resident bytes of the long run after as many events as a short one has ..."""
    last: int
    """... and in its last segment, the median."""

    @property
    def cost(self) -> float:
        """How many times as much an event costs in the long run."""
        return self.long.each / self.short.each

    @property
    def resident(self) -> float:
        """How many times as much memory the long run holds at its end as at its beginning."""
        return self.last / self.first


def main() -> int:
    """Run them; return 1 if cost or memory grows by more than a tenth and a half."""
    options = parser(
        __doc__,
        millions=("1,10,50", "events of each run, with commas, the shortest first"),
        **DRAWN,
    ).parse_args()
    shortest, *longer = [max(4, int(float(n) * 1_000_000 / STRETCH)) for n in options.millions.split(",")]
    pattern = plain_pattern(STRETCH, STRETCH_MS, **drawn(options), shards=4)
    pairs: list[Pair] = []
    with alone():
        for stretches in longer:
            pairs.append(_pair(pattern, stretches, shortest))
            long, short = pairs[-1].long, pairs[-1].short
            each = f"{long.each:.2f} µs each, {short.each:.2f} in the short runs within"
            print(f"{long.events:,} events: {each}", flush=True)
    _print(pairs)
    keep(f"bench.flat --millions {options.millions}", "; ".join(map(_sentence, pairs)))
    return 0 if all(max(pair.cost, pair.resident) <= FLAT for pair in pairs) else 1


def _pair(pattern: Pattern, stretches: int, shortest: int) -> Pair:
    """Make a long run, and the shortest one each time it pauses."""
    seen: list[Followed] = []
    first_resident = 0
    short: list[Followed] = []
    with tempfile.TemporaryDirectory() as name, FlowStack(Path(name), pattern.shards, SEED) as stack:
        flow = None
        for first, until in itertools.pairwise([0, shortest, *range(SEGMENT, stretches, SEGMENT), stretches]):
            feeder = Feeder(stack.url, pattern, Plan(first, until - first, ahead_ms=AHEAD_MS))
            flow = flow or stack.flow("content")
            seen.append(follow(stack, flow, pattern.last(until)))
            first_resident = first_resident or flow.resident()
            feeder.took()
            short.append(_short(pattern, shortest))
    of_long, of_short = _sum(seen, 1, stretches), _sum(short, len(short), len(short) * shortest)
    return Pair(of_long, of_short, first_resident, seen[-1].usual)


def _short(pattern: Pattern, stretches: int) -> Followed:
    with tempfile.TemporaryDirectory() as name, FlowStack(Path(name), pattern.shards, SEED) as stack:
        feeder = Feeder(stack.url, pattern, Plan(0, stretches, ahead_ms=AHEAD_MS))
        seen = follow(stack, stack.flow("content"), pattern.last(stretches))
        feeder.took()
    return seen


def _sum(seen: list[Followed], runs: int, stretches: int) -> Cost:
    return Cost(runs, stretches * STRETCH, sum(each.cpu for each in seen), sum(each.wall for each in seen))


def _sentence(pair: Pair) -> str:
    long, short = pair.long, pair.short
    return (
        f"{long.events / 1e6:g} M: {long.each:.2f} µs an event, {short.each:.2f} in the {short.runs} runs of "
        f"{short.events / short.runs / 1e6:g} M within, {pair.cost:.2f} times; "
        f"{pair.first / 1e6:.0f} MB at first, {pair.last / 1e6:.0f} at last, {pair.resident:.2f} times"
    )


def _print(pairs: list[Pair]) -> None:
    rows = []
    for pair in pairs:
        ratios = f"{pair.cost:.2f}", f"{pair.resident:.2f}"
        rows += [_row(pair.short, pair.first, "", ""), _row(pair.long, pair.last, *ratios)]
    headings = "hours", "µs an event", "events/s of wall", "resident MB", "cost ratio", "memory ratio"
    show(("events", *headings), rows)


def _row(cost: Cost, resident: int, *ratios: str) -> tuple[str, ...]:
    events = cost.events / cost.runs
    hours, wall = f"{events / STRETCH * STRETCH_MS / HOUR_MS:.1f}", f"{cost.events / cost.wall:,.0f}"
    return f"{cost.runs} x {events:,.0f}", hours, f"{cost.each:.2f}", wall, f"{resident / 1e6:.0f}", *ratios


if __name__ == "__main__":
    sys.exit(main())
