"""`python -m bench.flow`: the whole job of a flow that needs only Redis, which syncs every write.

Without `--pace` everything is fed first and one content process counts it with recovery on. With `--pace` a feeder
of its own process appends at a rate while the flow reads. `--held` first lets the flow read so many identities
that are still held while the measured events come. `--flow viewers` measures the viewers flow behind a content
flow. `--profile` samples the stacks and says where the time goes.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from bench.looking.profile import FLOW, Sampler, show_shares
from bench.report import PARTITIONS
from bench.streams.feeder import Feeder, Plan, feed
from bench.streams.pattern import DRAWN, Pattern, drawn, plain_pattern
from bench.streams.workload import SEED
from proofs.running.command import parser
from proofs.running.flows import Flow, FlowStack, Followed, follow
from proofs.running.machine import alone, keep
from proofs.running.tables import show
from streakline.times import MINUTE_MS

HELD_MINUTES: Final = 60
"""The identities of so much stream time are all held: nothing of it has closed."""
NEW: Final = 0.82
"""Identities that an event of the workload adds: 12 % are heartbeats of plays that are held, some repeat."""
SLOW_FEEDER: Final = 1.05
BEHIND_S: Final = 1.5
"""A flow keeps pace if it has covered the last event so soon after it was fed: write-outs come once a second."""


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; return 1 if the flow does not keep the pace that was asked for."""
    asked = parser(
        __doc__,
        flow=("content", "content or viewers"),
        events=2_000_000,
        **DRAWN,
        **PARTITIONS,
        minutes=(75, "stream clock from first to last event"),
        pace=(0, "events a second; 0 feeds everything first"),
        held=(0, "identities that are held before"),
        profile=(False, "sample the stacks with py-spy (costs some)"),
    )
    options = asked.parse_args(arguments)
    if options.flow not in {"content", "viewers"}:
        asked.error(f"--flow {options.flow} is neither content nor viewers")
    if options.flow == "viewers" and not options.pace:
        asked.error("--flow viewers needs --pace: what candidates look like depends on it")
    turns = round(options.held / NEW / options.events) if options.held else 0
    minutes = HELD_MINUTES / turns if turns else options.minutes
    with alone(), tempfile.TemporaryDirectory() as name:
        span_ms = int(minutes * MINUTE_MS)
        pattern = plain_pattern(options.events, span_ms, **drawn(options), shards=options.shards)
        with FlowStack(Path(name), options.shards, SEED, parts=options.parts) as stack:
            figures, good = _run(stack, pattern, options, turns)
    if not options.profile:
        keep(" ".join(["bench.flow", *(arguments if arguments is not None else sys.argv[1:])]), figures)
    return 0 if good else 1


def _run(stack: FlowStack, pattern: Pattern, options: argparse.Namespace, turns: int) -> tuple[str, bool]:
    plan = Plan(turns, 1, options.pace)
    before = stack.redis.info("memory")["used_memory"]
    memory = 0
    if not turns and not options.pace:
        feed(stack.url, pattern, plan)
        memory = stack.redis.info("memory")["used_memory"] - before
    flow = stack.flow("content", STREAKLINE_MAX_IDS=str(max(20_000_000, options.held * 3 // 2)))
    if turns:
        _hold(stack, flow, pattern, turns)
    if turns and not options.pace:
        os.kill(flow.pid, signal.SIGSTOP)
        feed(stack.url, pattern, plan)
        os.kill(flow.pid, signal.SIGCONT)
    if options.flow == "viewers":
        flow = stack.flow("viewers")
    sampler = Sampler(flow.pid, stack.folder, FLOW) if options.profile else None
    feeder = Feeder(stack.url, pattern, plan) if options.pace else None
    seen = follow(stack, flow, pattern.last(turns + 1))
    shares = sampler.shares() if sampler else {}
    fed = feeder.took() if feeder else 0.0
    due = pattern.events / options.pace if options.pace else 0.0
    slow, behind = fed > due * SLOW_FEEDER, seen.wall > max(fed, due) + BEHIND_S
    figures = _figures(stack, flow, pattern.events, seen, fed, memory)
    show(("figure", "value"), figures.items())
    show_shares(shares, seen.cpu / pattern.events * 1e6)
    if feeder and slow:
        print("the feeder itself did not reach the pace: the machine has other work")
    if feeder and behind:
        print(f"the flow does not keep pace: {seen.wall - fed:.1f} s behind when all was fed")
    text = "; ".join(f"{name} {value}" for name, value in figures.items())
    return text, not feeder or not (slow or behind)


def _hold(stack: FlowStack, flow: Flow, pattern: Pattern, turns: int) -> None:
    feeder = Feeder(stack.url, pattern, Plan(0, turns, ahead_ms=pattern.span_ms // 2))
    follow(stack, flow, pattern.last(turns))
    feeder.took()
    time.sleep(3)  # the snapshot of what was read last is not on the account of what is measured


def _figures(
    stack: FlowStack, flow: Flow, events: int, seen: Followed, fed: float, memory: int
) -> dict[str, str]:
    metrics = stack.metrics(flow.name)
    figures = {
        "events": f"{events:,}",
        "events per CPU-second": f"{events / seen.cpu:,.0f}",
        "µs an event": f"{seen.cpu / events * 1e6:.2f}",
        "events a second of wall time": f"{events / seen.wall:,.0f}",
        "of a core": f"{seen.cpu / seen.wall:.2f}",
        "resident MB": f"{seen.resident / 1e6:.0f}",
        "longest stall ms": f"{seen.stall * 1000:.0f}",
        "snapshots": f"{metrics.get('snapshots', 0):.0f}",
        "snapshot MB": f"{metrics.get('snapshot_bytes', 0) / 1e6:.1f}",
        "recovery folder MB": f"{stack.store() / 1e6:.0f}",
        "Redis of a core": f"{seen.servers['redis'] / seen.wall:.2f}",
    }
    if memory:
        figures["Redis bytes an event"] = f"{memory / events:.0f}"
    if fed:
        figures["fed a second"] = f"{events / fed:,.0f}"
    return figures


if __name__ == "__main__":
    sys.exit(main())
