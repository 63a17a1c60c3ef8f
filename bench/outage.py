"""`python -m bench.outage`: ClickHouse away while 14.4 million events arrive, an hour at 4,000 a second (ten minutes).

The process is killed and its folder locked, so that every restart fails until the end. Time is squeezed: the same
events come as fast as they are taken, 50 a POST, so Redis holds what it would hold after the hour, while its clock
and the ids of entries move less. Redis may use 4 GB. Meanwhile live totals are compared with the sender's own count at
every look; afterwards history must be complete and `verify` must find nothing.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import redis

from bench.load.process import SenderProcess
from bench.load.requests import COUNTED
from bench.load.sender import Report
from bench.looking.usage import PARTS, Meter
from bench.report import complain, on_a_stack
from proofs.chaos.reading import Reader, clickhouse
from proofs.running.command import parser
from proofs.running.machine import keep
from proofs.running.stack import StackProcess
from proofs.running.tables import show
from streakline.streams import keys
from streakline.streams.positions import pack_position
from streakline.times import enc

EVENTS: Final = 14_400_000
MEMORY: Final = 4 << 30
LOOKS: Final = 6
LIVE_SECONDS: Final = 20.0
"""How long live totals may take to agree with the sender once it pauses."""
BACK_SECONDS: Final = 1_800.0
MB: Final = 1e6


class Look(NamedTuple):
    """One look during the outage."""

    events: int
    seconds: float
    """From the last acknowledgement until the live totals agreed; infinite if they did not."""
    memory: int
    wrong: dict[str, tuple[int, int]]
    """Measure -> (expected, shown), where they still differ."""


class Outcome(NamedTuple):
    """What came of a run."""

    report: Report
    looks: list[Look]
    store: dict[str, float]
    """What Redis held at the end of the outage."""
    sent_seconds: float
    caught_up: float
    """Seconds from ClickHouse' return until every raw row was inserted."""
    settled: float
    """Seconds from its return until everything had settled; infinite if it did not."""
    history: dict[str, int]
    verify: tuple[int, str]


async def measure(stack: StackProcess, events: int, rate: float) -> Outcome:
    """Run on a running stack."""
    client = redis.Redis.from_url(stack.redis_url, socket_timeout=60)
    client.config_set("maxmemory", MEMORY)
    looks: list[Look] = []
    with SenderProcess(stack) as load:
        # The first are in history, so that live totals are of both.
        report = await load.send(events // 100, rate)
        before = int(client.info("memory")["used_memory"])
        meter = Meter(stack, {"sender": load.pid}, [name for name in PARTS if name != "clickhouse"])
        began, sent = time.monotonic(), 0.0
        with away(stack):
            for number in range(LOOKS):
                started = time.monotonic()
                last = events - events // LOOKS * number if number == LOOKS - 1 else events // LOOKS
                report = await load.send(last, rate)
                sent += time.monotonic() - started
                looks.append(await look(stack, client, report))
                print(f"{time.monotonic() - began:5.0f} s: {_in_words(looks[-1])}", flush=True)
            store = held(client, stack.shards, before, events)
        reading = meter.read()
    reading.show(f"while ClickHouse was away, {events / sent:,.0f} events/s", events)
    returned = time.monotonic()
    caught = await inserted(client, stack.shards)
    position = pack_position({shard: _last(client, shard) for shard in range(stack.shards)})
    good = await Reader(stack).settled(position, BACK_SECONDS)
    settled = time.monotonic() - returned if good else float("inf")
    client.close()
    history = await asyncio.to_thread(kept, stack)
    verify = await stack.command("verify", seconds=BACK_SECONDS)
    return Outcome(report, looks, store, sent, caught - returned, settled, history, verify)


@contextmanager
def away(stack: StackProcess) -> Iterator[None]:
    """Kill ClickHouse and hold its folder's lock meanwhile: the supervisor's restarts end at once."""
    process = stack.part("clickhouse")
    assert process is not None
    lock = os.open(stack.folder / "data" / "clickhouse" / "run" / "lock", os.O_RDWR)
    try:
        process.kill()
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


async def look(stack: StackProcess, client: redis.Redis, report: Report) -> Look:
    """Ask for the live totals until they agree with the sender's count."""
    began = time.monotonic()
    while True:
        shown = (await Reader(stack).overview())["totals"]
        wrong = differing(report.adds, shown)
        waited = time.monotonic() - began
        if not wrong or waited > LIVE_SECONDS:
            used = int(client.info("memory")["used_memory"])
            return Look(report.events, float("inf") if wrong else waited, used, wrong)
        await asyncio.sleep(0.1)


def differing(expected: Mapping[str, int], shown: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Return the measures that differ."""
    return {name: (expected[name], shown[name]) for name in COUNTED if expected[name] != shown[name]}


def held(client: redis.Redis, shards: int, before: int, events: int) -> dict[str, float]:
    """Return what Redis holds: MB of each kind of stream, its share of the limit, bytes an event."""
    info: Any = client.info()
    used = int(info["used_memory"])
    streams = {"events": keys.events, "outbox": keys.out, "candidates": keys.candidates}
    found = {
        name: sum(int(client.memory_usage(key(shard), samples=0) or 0) for shard in range(shards)) / MB
        for name, key in streams.items()
    }
    updates = int(client.memory_usage(keys.UPDATES, samples=0) or 0) / MB
    return {
        **{f"{name}, MB": size for name, size in found.items()},
        "updates, MB": updates,
        "everything, MB": used / MB,
        "share of the limit, %": 100 * used / MEMORY,
        "greatest resident size, MB": float(info["used_memory_rss"]) / MB,
        "append-only file, MB": float(info["aof_current_size"]) / MB,
        "events stream, bytes an event": found["events"] * MB / events,
        "everything, bytes an event": (used - before) / events,
    }


async def inserted(client: redis.Redis, shards: int) -> float:
    """Return the moment (monotonic) at which archive had inserted every event there is."""
    last = {shard: enc(_last(client, shard)) for shard in range(shards)}
    deadline = time.monotonic() + BACK_SECONDS
    while time.monotonic() < deadline:
        at = {shard: client.hget(keys.progress(shard), "archive") for shard in last}
        if all(enc(at[shard] or b"0-0") >= position for shard, position in last.items()):
            return time.monotonic()
        await asyncio.sleep(0.2)
    return float("inf")


def _last(client: redis.Redis, shard: int) -> str:
    entries: Any = client.xrevrange(keys.events(shard), count=1)
    return str(entries[0][0].decode())


def kept(stack: StackProcess) -> dict[str, int]:
    """Return what history holds: identities in `events`, and the measures summed over `rollup`."""
    client = clickhouse(stack)
    try:
        [[identities]] = client.query("select count() from events final").result_rows
        sums = ", ".join(f"sum({name})" for name in COUNTED)
        query = f"select {sums} from rollup final where grain = 'quarter'"  # noqa: S608 - our own names
        [row] = client.query(query).result_rows
    finally:
        client.close()
    return {"identities": identities, **dict(zip(COUNTED, row, strict=True))}


def faults(outcome: Outcome) -> list[str]:
    """Return what of a run is not as it must be."""
    report = outcome.report
    unlike = [look for look in outcome.looks if look.wrong]
    found = [f"live totals after {one.events:,} events: {one.wrong} (expected, shown)" for one in unlike]
    found += report.faults()
    if outcome.settled == float("inf"):
        found.append(f"not settled {BACK_SECONDS:.0f} s after ClickHouse came back")
    wrong = differing(report.adds, outcome.history)
    if wrong or outcome.history["identities"] != report.adds["events"]:
        found.append(f"history: {wrong} (expected, held), {outcome.history['identities']:,} identities")
    code, said = outcome.verify
    if code:
        found.append(f"verify ended with {code}: {said[-500:]}")
    return found


def _in_words(look: Look) -> str:
    agreed = f"wrong: {look.wrong}" if look.wrong else f"right after {look.seconds:.1f} s"
    return f"{look.events:,} events, live totals {agreed}, Redis {look.memory / MB:,.0f} MB"


def _figures(outcome: Outcome, events: int) -> str:
    store, adds = outcome.store, outcome.report.adds
    slowest = max(look.seconds for look in outcome.looks)
    return (
        f"{events:,} events in {outcome.sent_seconds:.0f} s ({events / outcome.sent_seconds:,.0f}/s) while ClickHouse "
        f"was away; live totals right at {len(outcome.looks)} looks, at the latest after {slowest:.1f} s; Redis "
        f"{store['everything, bytes an event']:.0f} bytes an event, {store['share of the limit, %']:.0f} % of 4 GB; "
        f"caught up in {outcome.caught_up:.0f} s ({events / outcome.caught_up:,.0f} events/s), settled after "
        f"{outcome.settled:.0f} s; {outcome.history['identities']:,} of {adds['events']:,} identities"
    )


def main() -> int:
    """Run the benchmark."""
    options = parser(
        __doc__, events=EVENTS, rate=(0.0, "events a second; 0: as fast as they are taken")
    ).parse_args()
    outcome, remove = on_a_stack(lambda stack: measure(stack, options.events, options.rate))
    rows = [(name, f"{value:,.0f}") for name, value in outcome.store.items()]
    show(("", ""), rows, "Redis at the end of the outage")
    figures = _figures(outcome, options.events)
    print(figures)
    wrong = complain(faults(outcome))
    ending = "; FAILED" if wrong else "; verify found nothing"
    keep(f"bench.outage --events {options.events}", figures + ending)
    if not wrong:
        remove()
    return wrong


if __name__ == "__main__":
    sys.exit(main())
