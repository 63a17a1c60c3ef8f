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
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import redis
import uvloop

from bench.posting import Poster, Turn
from proofs.running.command import parser
from proofs.running.machine import alone, keep
from proofs.running.parts import running_redis
from proofs.running.server import WebServer
from streakline.streams import keys

MOST: Final = 1 / 3


def main() -> int:
    """Run the benchmark."""
    options = parser(
        __doc__, seconds=(2.0, "seconds a turn"), turns=5, events=(50, "events a POST"), connections=16
    ).parse_args()
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
    costs: tuple[list[float], list[float]] = ([], [])
    with ExitStack() as held:
        store, _ = held.enter_context(running_redis(folder))
        with redis.Redis.from_url(store.url) as client:
            client.set(keys.SEED, 7)
            client.set(keys.SHARDS, 4)
        posters = []
        for rate in ("0", "1"):
            server = WebServer(folder, f"rate {rate}", "server", store.url, STREAKLINE_RATE=rate)
            posters.append(Poster(held.enter_context(server), same_head=False, refused=rate == "1"))
        for poster in posters:
            await poster.turn(0.5, options.connections, options.events)  # connections, codes, caches
        for _ in range(options.turns):
            for poster, cost in zip(posters, costs, strict=True):
                turn = await poster.turn(options.seconds, options.connections, options.events)
                cost.append(_of_a_request(turn, options.events))
    return costs


def _of_a_request(turn: Turn, events: int) -> float:
    return (turn.user + turn.kernel) * 1e6 / (turn.events / events)


if __name__ == "__main__":
    sys.exit(main())
