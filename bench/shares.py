"""`python -m bench.shares`: shares posted one a request at a fixed rate, also while Redis is held (half a minute).

A whole stack; requests go out when they are due, answered or not. Then Redis is stopped by SIGSTOP for `--held`
seconds under the same load. Fails if the 99th percentile is 50 ms or more while Redis answers, if a request ends later
than 3 s or other than with 202 or 503 while it is held, or if history lacks a share that was acknowledged.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from typing import NamedTuple

import aiohttp
import numpy as np
import psutil

from bench.report import complain, on_a_stack
from proofs.chaos.reading import Reader, clickhouse
from proofs.running.command import parser
from proofs.running.machine import keep
from proofs.running.stack import StackProcess
from proofs.running.tables import show
from streakline.streams.positions import pack_position, unpack_position
from streakline.times import dec

SLOWEST_CALM, SLOWEST_HELD = 0.05, 3.0
"""Seconds: at the 99th percentile while Redis answers; of any request while it is held."""
SETTLE_SECONDS = 120.0


class Posted(NamedTuple):
    """A share that was posted: its id, the status of the answer (0: none), its position, and the seconds that took."""

    id: str
    status: int
    position: str
    seconds: float


async def post(client: aiohttp.ClientSession, share: str) -> Posted:
    """Post a share."""
    body = {"appId": "chess", "platform": "whatsapp", "sessionId": share, "id": share}
    began = time.monotonic()
    try:
        async with client.post("/api/shares", json=body) as response:
            position = (await response.json())["position"] if response.status == 202 else ""
            return Posted(share, response.status, position, time.monotonic() - began)
    except (aiohttp.ClientError, TimeoutError):
        return Posted(share, 0, "", time.monotonic() - began)


async def load(client: aiohttp.ClientSession, name: str, seconds: float, rate: int) -> list[Posted]:
    """Post at a rate, whether or not earlier requests were answered."""
    began, due = time.monotonic(), list[asyncio.Task[Posted]]()
    for number in range(round(seconds * rate)):
        await asyncio.sleep(began + number / rate - time.monotonic())
        due.append(asyncio.create_task(post(client, f"{name}-{number}")))
    return await asyncio.gather(*due)


async def measure(stack: StackProcess, rate: int, seconds: float, held: float) -> tuple[str, list[str]]:
    """Return the figures and what is not as it must be."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(
        stack.url, connector=connector, timeout=aiohttp.ClientTimeout(30)
    ) as client:
        await load(client, "warm", 2, rate)
        calm = await load(client, "calm", seconds, rate)
        redis = stack.part("redis")
        assert isinstance(redis, psutil.Process)
        redis.suspend()
        try:
            stopped = await asyncio.wait_for(load(client, "held", held, rate), held + 30)
        finally:
            redis.resume()
        returning = await load(client, "returning", 2, rate)
        after = await load(client, "after", 2, rate)
    posted = [*calm, *stopped, *returning, *after]
    acknowledged = {one.id for one in posted if one.status == 202}
    newest: dict[int, int] = {}
    for one in posted:
        for shard, entry in unpack_position(one.position, stack.shards).items() if one.position else ():
            newest[shard] = max(entry, newest.get(shard, 0))
    position = pack_position({shard: dec(entry) for shard, entry in newest.items()})
    settled = await Reader(stack).settled(position, SETTLE_SECONDS)
    wrong = [] if settled else ["it has not settled"]
    with clickhouse(stack) as history:
        rows = history.query("select id from events final where kind = 8").result_rows
        found = {str(row[0]) for row in rows}
    p50, p99 = (np.percentile([one.seconds for one in calm], q) for q in (50, 99))
    slowest, statuses = max(one.seconds for one in stopped), Counter(one.status for one in stopped)
    lost = acknowledged - found
    wrong += [
        f"{name}: {bad} of {len(of)} answers are no 202"
        for name, of in (("calm", calm), ("after", after))
        if (bad := sum(one.status != 202 for one in of))
    ]
    wrong += [f"p99 is {p99 * 1e3:.0f} ms"] if p99 >= SLOWEST_CALM else []
    wrong += [f"a request took {slowest:.1f} s while Redis was held"] if slowest > SLOWEST_HELD else []
    wrong += [f"answers while Redis was held: {dict(statuses)}"] if set(statuses) - {202, 503} else []
    wrong += [f"{len(lost)} acknowledged shares are not in history: {sorted(lost)[:3]}"] if lost else []
    figures = (
        f"{rate}/s: p50 {p50 * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms; Redis held {held:.0f} s: "
        f"{', '.join(f'{count:,} x {status}' for status, count in sorted(statuses.items()))}, slowest {slowest:.2f} s; "
        f"{len(acknowledged):,} acknowledged, {len(lost)} lost"
    )
    return figures, wrong


def main() -> int:
    """Run the benchmark."""
    options = parser(
        __doc__, rate=(500, "shares a second"), seconds=(20.0, "of load"), held=(5.0, "s")
    ).parse_args()
    (figures, wrong), remove = on_a_stack(
        lambda stack: measure(stack, options.rate, options.seconds, options.held)
    )
    show(("shares",), [(figures,)])
    keep(f"bench.shares --rate {options.rate}", figures)
    remove()
    return complain(wrong)


if __name__ == "__main__":
    sys.exit(main())
