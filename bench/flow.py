"""`python -m bench.flow`: the content flow's whole job, on a real Redis that syncs every write.

Feeds events into the streams, lets one content process count them with recovery on, and prints events a CPU-second,
the resident memory, bytes of snapshots and the longest stall. `--pace` feeds while it runs, at a rate.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import redis

from bench.machine import alone, keep
from bench.workload import SEED, Made, entries, records
from stack.part import PartProcess
from stack.ports import free_port
from stack.redis import RedisServer
from streakline import keys
from streakline.times import MINUTE_MS, enc

START_MS = 1_700_000_000_000
ROOT = Path(__file__).parents[1]


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--contents", type=int, default=10_000)
    parser.add_argument("--listeners", type=int, default=200_000)
    parser.add_argument("--request", type=int, default=50, help="events a POST")
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--minutes", type=int, default=75, help="stream clock from first to last event")
    parser.add_argument("--pace", type=int, default=0, help="events a second; 0 feeds everything first")
    options = parser.parse_args()
    span = options.minutes * MINUTE_MS
    made = records(options.events, START_MS, span, contents=options.contents, listeners=options.listeners)
    feed = list(entries(made, START_MS, span, shards=options.shards, request=options.request))
    with alone(), tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), feed, options.shards, options.pace)
    print(figures)
    keep(f"bench.flow --events {options.events} --request {options.request} --pace {options.pace}", figures)
    return 0


def measure(folder: Path, feed: list[Made], shards: int, pace: int) -> str:
    """Return the figures of one run."""
    server = RedisServer(folder / "redis", port=free_port(), password="bench", memory=6 << 30)  # noqa: S106
    server.prepare()
    process = PartProcess(server.part(), folder / "redis.log")
    process.start()
    try:
        client = redis.Redis.from_url(server.url)
        client.set(keys.SEED, SEED)
        client.set(keys.SHARDS, shards)
        if not pace:
            append(client, feed, 0)
        before = client.info("memory")["used_memory"]
        return _run(folder, server.url, client, feed, shards, pace, before)
    finally:
        process.kill()


def append(client: redis.Redis, feed: list[Made], pace: int) -> None:
    """Append entries, at so many events a second (0: as fast as it goes)."""
    started, done = time.monotonic(), 0
    for first in range(0, len(feed), 400):
        pipe = client.pipeline(transaction=False)
        for made in feed[first : first + 400]:
            pipe.xadd(keys.events(made.shard), dict[Any, Any](made.fields), id=made.entry_id)
            done += made.events
        pipe.execute()
        if pace:
            time.sleep(max(0.0, started + done / pace - time.monotonic()))


def _run(
    folder: Path, url: str, client: redis.Redis, feed: list[Made], shards: int, pace: int, memory: int
) -> str:
    last = {made.shard: made.entry_id for made in feed}
    events = sum(made.events for made in feed)
    environment = {
        **os.environ,
        "REDIS_URL": url,
        "STREAKLINE_DATA": str(folder),
        "STREAKLINE_SHARDS": str(shards),
    }
    with (folder / "flow.log").open("wb") as log:
        flow = subprocess.Popen(
            [sys.executable, "-m", "flows.run", "content"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        own = psutil.Process(flow.pid)
        while b"flow_started" not in (folder / "flow.log").read_bytes():
            time.sleep(0.01)
        begun, cpu = time.monotonic(), sum(own.cpu_times()[:2])
        feeder = threading.Thread(target=append, args=(client, feed, pace)) if pace else None
        if feeder:
            feeder.start()
        stall, resident = _follow(client, own, flow, last)
        wall, cpu = time.monotonic() - begun, sum(own.cpu_times()[:2]) - cpu
        if feeder:
            feeder.join()
        store = sum(path.stat().st_size for path in (folder / "flows").rglob("*") if path.is_file())
    finally:
        flow.kill()
        flow.wait()
    return (
        f"{events:,} events: {events / cpu:,.0f} events per CPU-second ({cpu / events * 1e6:.2f} µs each), "
        f"{events / wall:,.0f} a second of wall time, {cpu / wall:.2f} of a core; resident {resident / 1e6:.0f} MB; "
        f"recovery folder {store / 1e6:.0f} MB; longest stall {stall * 1000:.0f} ms; "
        f"Redis {memory / max(1, events):.0f} bytes an event"
    )


def _follow(
    client: redis.Redis, own: psutil.Process, flow: subprocess.Popen[bytes], last: dict[int, str]
) -> tuple[float, int]:
    """Wait until the flow has covered everything; return its longest silence in s and its greatest RSS."""
    stall, moved, seen, resident = 0.0, time.monotonic(), -1, 0
    while True:
        if flow.poll() is not None:
            msg = "the flow ended by itself"
            raise RuntimeError(msg)
        at = {shard: enc(client.hget(keys.progress(shard), "content") or "0-0") for shard in last}
        now = time.monotonic()
        resident = max(resident, own.memory_info().rss)
        said = int(client.xlen(keys.UPDATES))
        if said != seen:
            stall = max(stall, now - moved if seen > 0 else 0.0)
            moved, seen = now, said
        if all(at[shard] >= enc(position) for shard, position in last.items()):
            return stall, resident
        time.sleep(0.005)


if __name__ == "__main__":
    sys.exit(main())
