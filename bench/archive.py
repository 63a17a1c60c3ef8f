"""`python -m bench.archive`: what an event costs archive, and recounts while ten years arrive backdated (a minute).

Real Redis, real ClickHouse. First a feed of whole events over some hours of stream clock: raw rows, provisional
rows, quarter hours that close and are recounted; content has counted it before, so that only archive is measured
(`--pace` feeds at a rate instead, with both running). Then events that lie anywhere in the last ten years: each marks
its closed quarter hour. Fails when history differs from the feed or archive is below `--least`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.report import PARTITIONS, partitions_of
from bench.streams.feeder import Feeder, Plan, feed
from bench.streams.pattern import DRAWN, START_MS, Pattern
from bench.streams.workload import SEED, dictionary, records
from proofs.running.command import parser
from proofs.running.flows import Flow, FlowStack, Followed, follow
from proofs.running.machine import alone, keep
from proofs.running.tables import show
from streakline.streams import keys
from streakline.streams.records import DIMENSIONS, Records
from streakline.times import DAY_MS, MINUTE_MS, QUARTER_MS

YEARS = 10
PATIENCE = 600.0


def main() -> int:
    """Run the benchmark."""
    options = parser(
        __doc__,
        events=2_000_000,
        backdated=(200_000, "events over ten years; 0 for none"),
        **DRAWN,
        minutes=(75, "stream clock from first to last event"),
        pace=(0, "events a second, content beside it; 0: all before"),
        least=(100_000, "events per CPU-second of archive that must be"),
        **PARTITIONS,
    ).parse_args()
    with (
        alone(),
        tempfile.TemporaryDirectory() as folder,
        FlowStack(Path(folder), options.shards, SEED, parts=options.parts, history=True) as stack,
    ):
        figures, good = measure(stack, options)
    print(figures)
    keep(f"bench.archive --events {options.events} --pace {options.pace}{partitions_of(options)}", figures)
    return 0 if good else 1


def measure(stack: FlowStack, options: argparse.Namespace) -> tuple[str, bool]:
    """Return the figures, and whether they are good."""
    for dimension in DIMENSIONS:
        stack.redis.hset(keys.dictionary(dimension), mapping=dict[Any, Any](dictionary(dimension)))
    span = options.minutes * MINUTE_MS
    made = records(options.events, START_MS, span, contents=options.contents, listeners=options.listeners)
    pattern = _whole(options, made, span)
    if not options.pace:
        feed(stack.url, pattern, Plan(0, 1))
    content = stack.flow("content")
    if not options.pace:
        follow(stack, content, pattern.last(1), PATIENCE)
    archive = stack.flow("archive")
    feeder = Feeder(stack.url, pattern, Plan(0, 1, options.pace)) if options.pace else None
    spent = follow(stack, archive, pattern.last(1), PATIENCE)
    if feeder:
        feeder.took()
    number, standing = pattern.events, pattern.identities
    rows = [_row("live" if options.pace else "backlog", number, spent)]
    held = _count(stack)
    good = held == standing and number / spent.cpu >= options.least
    servers = ", ".join(f"{name} {cpu / number * 1e6:.1f} µs" for name, cpu in spent.servers.items())
    figures = (
        f"{number:,} events: {number / spent.cpu:,.0f} per CPU-second of archive ({spent.cpu / number * 1e6:.1f} µs), "
        f"{number / spent.wall:,.0f}/s of wall time; {servers} an event; {held:,} rows of {standing:,} identities"
    )
    if options.backdated:
        row, words, complete = _ten_years(stack, archive, options, standing)
        rows.append(row)
        figures, good = figures + words, good and complete
    show(("", "events/s", "archive, µs an event", "events per its CPU-second", *stack.servers), rows)
    return figures, good


def _whole(options: argparse.Namespace, made: Records, span_ms: int) -> Pattern:
    how = {"contents": options.contents, "shards": options.shards, "request": options.request}
    return Pattern(made, span_ms, **how, whole=True)


def _ten_years(
    stack: FlowStack, archive: Flow, options: argparse.Namespace, standing: int
) -> tuple[list[str], str, bool]:
    """Feed events that lie in the last ten years; return the figures, and whether history has all of them."""
    turn = options.minutes + 1  # a minute each: after the last event of the feed
    old = _backdated(options)
    pattern = _whole(options, old, MINUTE_MS)
    quarters = (old["start"] + turn * MINUTE_MS).astype(np.uint64) // QUARTER_MS
    marked = len(np.unique(np.stack([old["content64"], quarters], axis=1), axis=0))
    before = time.monotonic()
    feed(stack.url, pattern, Plan(turn, 1))
    row = _row("backdated", len(old), follow(stack, archive, pattern.last(turn + 1), PATIENCE))
    inserted = time.monotonic() - before
    _recounted(stack, archive)
    wall = time.monotonic() - before
    standing += pattern.identities
    words = (
        f"; {len(old):,} backdated over {YEARS} years: {marked:,} quarter hours marked, rows in {inserted:.1f} s, all "
        f"recounted {wall:.1f} s after the first arrived ({marked / wall:,.0f} recounts/s)"
    )
    return row, words, _count(stack) == standing


def _backdated(options: argparse.Namespace) -> Records:
    made = records(
        options.backdated, START_MS, 1, contents=options.contents, listeners=options.listeners, seed=2
    )
    ago = np.random.default_rng(3).integers(0, YEARS * 365 * DAY_MS, len(made))
    made["at"] -= ago
    made["start"] -= ago
    # Beats of one play share its beginning; here each is an identity of its own.
    made["id64"] ^= made["start"].astype(np.uint64) << np.uint64(20)
    return made


def _row(name: str, events: int, spent: Followed) -> list[str]:
    servers = [f"{cpu / events * 1e6:.1f} µs" for cpu in spent.servers.values()]
    cost = spent.cpu / events * 1e6
    return [name, f"{events / spent.wall:,.0f}", f"{cost:.1f}", f"{events / spent.cpu:,.0f}", *servers]


def _recounted(stack: FlowStack, archive: Flow) -> None:
    """Wait until no closed quarter hour owes a recount."""
    for shard in range(stack.shards):
        stack.redis.set(keys.wanted(shard), "1", ex=3600)
    while any(stack.progress(shard).get("archive:mark") for shard in range(stack.shards)):
        archive.check()
        time.sleep(0.05)


def _count(stack: FlowStack) -> int:
    [[number]] = stack.clickhouse.query("select count() from events final").result_rows
    return int(number)


if __name__ == "__main__":
    sys.exit(main())
