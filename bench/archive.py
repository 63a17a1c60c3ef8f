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
import threading
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from bench.flow_stack import Flow, FlowStack
from bench.workload import Made, entries, records
from proofs.running.machine import alone, keep
from streakline.streams import keys
from streakline.streams.records import Records
from streakline.times import DAY_MS, MINUTE_MS, enc

START_MS = 1_700_000_000_000
YEARS = 10
PATIENCE = 600.0


class Spent(NamedTuple):
    """What a part of the run took."""

    events: int
    wall: float
    archive: float
    clickhouse: float
    redis: float


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--backdated", type=int, default=200_000, help="events over ten years; 0 for none")
    parser.add_argument("--contents", type=int, default=10_000)
    parser.add_argument("--listeners", type=int, default=200_000)
    parser.add_argument("--request", type=int, default=50, help="events a POST")
    parser.add_argument("--minutes", type=int, default=75, help="stream clock from first to last event")
    parser.add_argument(
        "--pace", type=int, default=0, help="events a second, content beside it; 0: all before"
    )
    parser.add_argument(
        "--least", type=int, default=100_000, help="events per CPU-second of archive that must be"
    )
    options = parser.parse_args()
    with alone(), tempfile.TemporaryDirectory() as folder, FlowStack(Path(folder), 4) as stack:
        figures, good = measure(stack, options)
    print(figures)
    keep(f"bench.archive --events {options.events} --pace {options.pace}", figures)
    return 0 if good else 1


def measure(stack: FlowStack, options: argparse.Namespace) -> tuple[str, bool]:
    """Return the figures, and whether they are good."""
    span = options.minutes * MINUTE_MS
    made = records(options.events, START_MS, span, contents=options.contents, listeners=options.listeners)
    feed = list(entries(made, START_MS, span, shards=stack.shards, request=options.request, whole=True))
    content: Flow | None = None
    if not options.pace:
        stack.append(feed)
        content = stack.flow("content")
        follow(stack, content, feed, "content")
    else:
        content = stack.flow("content")
    archive = stack.flow("archive")
    feeder = threading.Thread(target=stack.append, args=(feed, options.pace)) if options.pace else None
    spent = _while(stack, archive, feeder, feed, len(made))
    table = Table(box=box.SIMPLE)
    for heading in (
        "",
        "events/s",
        "archive, µs an event",
        "events per its CPU-second",
        "ClickHouse µs",
        "Redis µs",
    ):
        table.add_column(heading, justify="right")
    _row(table, "live" if options.pace else "backlog", spent)
    rows, standing = _count(stack), len(np.unique(made["id64"]))
    good = rows == standing and spent.events / spent.archive >= options.least
    figures = (
        f"{spent.events:,} events: {spent.events / spent.archive:,.0f} per CPU-second of archive "
        f"({spent.archive / spent.events * 1e6:.1f} µs), {spent.events / spent.wall:,.0f}/s of wall time; ClickHouse "
        f"{spent.clickhouse / spent.events * 1e6:.1f} µs, Redis {spent.redis / spent.events * 1e6:.1f} µs an event; "
        f"{rows:,} rows of {standing:,} identities"
    )
    if options.backdated:
        words, complete = _ten_years(stack, archive, table, options, standing)
        figures, good = figures + words, good and complete
    Console(width=120, highlight=False).print(table)
    return figures, good


def _ten_years(
    stack: FlowStack, archive: Flow, table: Table, options: argparse.Namespace, standing: int
) -> tuple[str, bool]:
    """Feed events that lie in the last ten years; return the figures, and whether history has all of them."""
    until = START_MS + options.minutes * MINUTE_MS + 1
    old = _backdated(options, until)
    feed = list(entries(old, until, MINUTE_MS, shards=stack.shards, request=options.request, whole=True))
    marked = len(np.unique(np.stack([old["content64"], old["start"].astype(np.uint64) // 900_000]), axis=1).T)
    before = time.monotonic()
    stack.append(feed)
    _row(table, "backdated", _while(stack, archive, None, feed, len(old)))
    inserted = time.monotonic() - before
    _recounted(stack, archive)
    wall = time.monotonic() - before
    standing += len(np.unique(old["id64"]))
    words = (
        f"; {len(old):,} backdated over {YEARS} years: {marked:,} quarter hours marked, rows in {inserted:.1f} s, all "
        f"recounted {wall:.1f} s after the first arrived ({marked / wall:,.0f} recounts/s)"
    )
    return words, _count(stack) == standing


def _backdated(options: argparse.Namespace, until: int) -> Records:
    made = records(
        options.backdated, until, 1, contents=options.contents, listeners=options.listeners, seed=2
    )
    ago = np.random.default_rng(3).integers(0, YEARS * 365 * DAY_MS, len(made))
    made["at"] -= ago
    made["start"] -= ago
    # Beats of one play share its beginning; here each is an identity of its own.
    made["id64"] ^= made["start"].astype(np.uint64) << np.uint64(20)
    return made


def _row(table: Table, name: str, spent: Spent) -> None:
    each = [f"{part / spent.events * 1e6:.1f}" for part in (spent.archive, spent.clickhouse, spent.redis)]
    per = f"{spent.events / spent.archive:,.0f}"
    table.add_row(name, f"{spent.events / spent.wall:,.0f}", each[0], per, *each[1:])


def _while(
    stack: FlowStack, archive: Flow, feeder: threading.Thread | None, feed: list[Made], events: int
) -> Spent:
    before = (time.monotonic(), archive.spent(), stack.spent("clickhouse"), stack.spent("redis"))
    if feeder:
        feeder.start()
    follow(stack, archive, feed, "archive")
    after = (time.monotonic(), archive.spent(), stack.spent("clickhouse"), stack.spent("redis"))
    if feeder:
        feeder.join()
    return Spent(events, *(b - a for a, b in zip(before, after, strict=True)))


def follow(stack: FlowStack, flow: Flow, feed: list[Made], field: str) -> None:
    """Wait until a reader has passed the last entry of a feed on every shard."""
    last = {made.shard: enc(made.entry_id) for made in feed}
    deadline = time.monotonic() + PATIENCE
    while any(enc(stack.progress(shard).get(field, "0-0")) < position for shard, position in last.items()):
        flow.check()
        if time.monotonic() > deadline:
            msg = f"{flow.name} did not pass the feed in {PATIENCE:.0f} s:\n{flow.tail()}"
            raise RuntimeError(msg)
        time.sleep(0.02)


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
