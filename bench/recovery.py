"""`python -m bench.recovery`: how soon a killed flow shows new numbers again, with a large state.

The real flows read a stream with so many contents and listeners, all of them within the last hour; they are killed,
started again, and the clock runs from the start of the processes until the first live update that covers an event
sent after the kill.

With `--people` so many of a hundred listeners are persons, whose live rows have `--days` and `--finishes` before
anything is read; `--lose` takes the recovery folder of viewers away with the kill. The rows of a sample are compared
with what they had and what was played.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from bench.report import PARTITIONS, complain
from bench.streams import person_rows
from bench.streams.feeder import Feeder, Plan, feed
from bench.streams.pattern import Pattern, plain_pattern
from bench.streams.workload import SEED
from proofs.running.command import parser
from proofs.running.flows import Flow, FlowStack, follow
from proofs.running.machine import alone, keep
from proofs.running.tables import show
from streakline.settings import Settings
from streakline.streams import keys
from streakline.times import MINUTE_MS

LIMIT_S: Final = 5.0
LIMIT_BYTES: Final = 1_000_000_000
KINDS: Final = ("content", "viewers")
PATIENCE_S: Final = 60


class Back(NamedTuple):
    """A flow that is back: seconds until its first update and its CPU-seconds until then, greatest RSS in bytes."""

    seconds: float
    cpu: float
    before: int
    after: int


def main() -> int:
    """Run it; return 1 if a flow took too long or too much memory."""
    options = parser(
        __doc__,
        contents=100_000,
        listeners=1_000_000,
        people=(0, "of 100 listeners, how many are persons with a userId"),
        days=(100, "in the live row of each person"),
        finishes=(40, "in the live row of each person"),
        lose=(False, "the recovery folder of viewers is gone after the kill"),
        events=2_000_000,
        **PARTITIONS,
    ).parse_args()
    how = {name: getattr(options, name) for name in ("contents", "listeners", "people", "shards")}
    how["request"] = 50
    big = plain_pattern(options.events, 50 * MINUTE_MS, **how, everybody=True)
    small = plain_pattern(2_000, MINUTE_MS, **how)
    with (
        alone(),
        tempfile.TemporaryDirectory() as name,
        FlowStack(Path(name), options.shards, SEED, parts=options.parts) as stack,
    ):
        backs, held, faults = _measure(stack, big, small, options)
    figures_of = {
        name: (back.seconds, back.cpu, back.before / 1e6, back.after / 1e6) for name, back in backs.items()
    }
    rows = [
        (name, f"{s:.2f}", f"{cpu:.2f}", f"{a:.0f}", f"{b:.0f}")
        for name, (s, cpu, a, b) in figures_of.items()
    ]
    show(("flow", "first update s", "CPU s", "RSS MB before", "RSS MB after"), rows, held)
    figures = "; ".join(
        f"{name}: first update {s:.2f} s after its start ({cpu:.2f} of CPU), RSS {a:.0f} MB before and {b:.0f} MB after"
        for name, (s, cpu, a, b) in figures_of.items()
    )
    keep(" ".join(["bench.recovery", *sys.argv[1:]]), f"{held}; {figures}")
    good = all(b.seconds < LIMIT_S and max(b.before, b.after) < LIMIT_BYTES for b in backs.values())
    return complain(faults) or int(not good)


def _measure(
    stack: FlowStack, big: Pattern, small: Pattern, options: argparse.Namespace
) -> tuple[dict[str, Back], str, list[str]]:
    filled = person_rows.fill(
        stack.redis, options.parts, options.listeners, options.people, options.days, options.finishes
    )
    had = person_rows.rows_of(stack.redis, filled)
    feeder = Feeder(stack.url, big, Plan(0, 1))
    flows = [stack.flow(name) for name in KINDS]
    last = big.last(1)
    for flow in flows:
        follow(stack, flow, last)
    feeder.took()
    time.sleep(3 * Settings().epoch_seconds)  # everything is in a snapshot
    before = {flow.name: _peak(flow) for flow in flows}
    held = f"{_shown(stack):,} listeners of the last hour; recovery folders {stack.store() / 1e6:.0f} MB"
    for flow in flows:
        flow.kill()
    if options.lose:
        for path in (stack.folder / "flows").glob("viewers-*"):
            if path.is_dir():
                shutil.rmtree(path)
    seen = _newest(stack)
    # The small pattern comes an hour after the beginning: ten minutes after the last event of the big one.
    turn = 60 * MINUTE_MS // small.span_ms
    feed(stack.url, small, Plan(turn, 1))
    backs = {}
    again, arrived = _first_updates(stack, seen)
    stalls = [follow(stack, flow, small.last(turn + 1)).stall for flow in again]
    time.sleep(2 * Settings().epoch_seconds)  # a snapshot after the restart
    for flow in again:
        backs[flow.name] = Back(*arrived[flow.name], before[flow.name], _peak(flow))
    if not filled.persons:
        return backs, held, []
    peak = stack.redis.info("memory")["used_memory_peak"]
    held += f"; {len(filled.persons):,} persons of {options.days} days and {options.finishes} finishes: Redis at most"
    held += f" {peak / 1e6:.0f} MB; silent for {max(stalls) * 1000:.0f} ms at most after the kill"
    played = [big.made(0), small.made(turn)]
    return backs, held, person_rows.wrong(had, person_rows.rows_of(stack.redis, filled), played)


def _first_updates(stack: FlowStack, seen: bytes) -> tuple[list[Flow], dict[str, tuple[float, float]]]:
    """Start the flows; return them, and of each after how long its first update came and what it had spent."""
    started = time.monotonic()
    again = [stack.flow(name, wait=False) for name in KINDS]
    waiting = dict(zip(KINDS, again, strict=True))
    arrived: dict[str, tuple[float, float]] = {}
    while waiting:
        for kind, seen_at in _updates(stack, seen):
            if kind in waiting:
                arrived[kind] = (seen_at - started, waiting.pop(kind).spent())
        for flow in again:
            flow.check()
        if time.monotonic() > started + PATIENCE_S:
            msg = f"no live update of {', '.join(waiting)} within {PATIENCE_S} s:\n{again[0].tail()}"
            raise RuntimeError(msg)
        time.sleep(0.005)
    return again, arrived


def _updates(stack: FlowStack, after: bytes) -> list[tuple[str, float]]:
    found: Any = stack.redis.xrange(keys.UPDATES, f"({after.decode()}", "+")
    return [(fields[b"k"].decode(), time.monotonic()) for _, fields in found]


def _newest(stack: FlowStack) -> bytes:
    newest: Any = stack.redis.xrevrange(keys.UPDATES, count=1)
    return bytes(newest[0][0])


def _shown(stack: FlowStack) -> int:
    found: Any = stack.redis.hgetall(keys.STATE)
    return sum(
        msgspec.msgpack.decode(state)["hour"] for name, state in found.items() if name.startswith(b"viewers:")
    )


def _peak(flow: Flow) -> int:
    status = Path(f"/proc/{flow.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    sys.exit(main())
