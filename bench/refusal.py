"""`python -m bench.refusal`: what it costs to refuse a sender over its rate, beside accepting the same requests.

Two servers take turns on requests with heads that differ, so that none takes the lane; one lets a sender send one event
a second. Fails when a refusal costs more than `MOST` of an acceptance.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from asyncio import Runner
from pathlib import Path
from typing import Final

import redis
import uvloop

from bench.posting import ServerUnderTest, Turn
from proofs.running.machine import alone, keep
from stack.process import PartProcess
from stack.servers.ports import free_port
from stack.servers.redis_server import RedisServer
from streakline.streams import keys

MOST: Final = 1 / 3


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2, help="seconds a turn")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--events", type=int, default=50, help="events a POST")
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    with alone(), tempfile.TemporaryDirectory() as folder, Runner(loop_factory=uvloop.new_event_loop) as run:
        accepted, refused = run.run(_measure(Path(folder), options))
    pairs = sorted(b / a for a, b in zip(accepted, refused, strict=True))
    share = statistics.median(pairs)
    sentence = (
        f"accepting {statistics.median(accepted):.0f} µs of CPU a request, refusing {statistics.median(refused):.0f}; "
        f"{share:.2f} of it ({pairs[0]:.2f}-{pairs[-1]:.2f})"
    )
    print(sentence)
    keep(f"bench.refusal --events {options.events}", sentence)
    return 0 if share <= MOST else 1


async def _measure(folder: Path, options: argparse.Namespace) -> tuple[list[float], list[float]]:
    """Return the µs of CPU a request of each turn, accepting and refusing."""
    store = RedisServer(folder / "redis", port=free_port(), password="bench", memory=8 << 30)  # noqa: S106
    store.prepare()
    process = PartProcess(store.part(), folder / "redis.log")
    process.start()
    servers: list[ServerUnderTest] = []
    costs: tuple[list[float], list[float]] = ([], [])
    try:
        client = redis.Redis.from_url(store.url)
        client.set(keys.SEED, 7)
        client.set(keys.SHARDS, 4)
        client.close()
        servers = [
            ServerUnderTest(folder, "server", store.url, same_head=False, rate=rate) for rate in (0, 1)
        ]
        for server in servers:
            await server.turn(0.5, options.connections, options.events)  # connections, codes, caches
        for _ in range(options.turns):
            for server, cost in zip(servers, costs, strict=True):
                turn = await server.turn(options.seconds, options.connections, options.events)
                cost.append(_of_a_request(turn, options.events))
    finally:
        for server in servers:
            server.close()
        process.kill()
    return costs


def _of_a_request(turn: Turn, events: int) -> float:
    return (turn.user + turn.kernel) * 1e6 / (turn.events / events)


if __name__ == "__main__":
    sys.exit(main())
