"""Holding a part with SIGSTOP: it is there and does not answer, which is worse than being gone."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Final, NamedTuple

from proofs.chaos.reading import Reader
from proofs.running.stack import StackFailed, StackProcess
from proofs.traffic.sender import Sender

NOTICED_SECONDS: Final = 4.0
"""How long after the grip the server may still find out that its store is away."""
RECOVERY_SECONDS: Final = 300.0


class Hold(NamedTuple):
    """One grip, what clients saw while it lasted, and how long the system took to catch up."""

    part: str
    seconds: float
    statuses: Counter[int]
    """Status -> answers while it was held; 0: none."""
    without_retry_after: int
    """503 and 429 that did not say when to try again."""
    slowest: float
    """Seconds of the slowest answer."""
    live_moves: int
    """Looks, of `live_looks`, at which the live totals had grown since the look before."""
    live_looks: int
    said_ready: bool
    """Whether `/ready` said yes at the end of the grip."""
    settled: float | None
    """Seconds after the release until everything accepted by then had settled."""


async def hold(part: str, seconds: float, stack: StackProcess, sender: Sender, reader: Reader) -> Hold:
    """Hold a part for so many seconds under load, release it and wait until all has settled."""
    process = stack.part(part)
    if process is None:
        raise StackFailed(f"{part} does not run, so it cannot be held")
    print(f"  holding {part} for {seconds:.0f} s", flush=True)
    process.suspend()
    began = time.monotonic()
    moves = looks = 0
    ready = True
    try:
        before = None
        while (left := began + seconds - time.monotonic()) > 0:
            await asyncio.sleep(min(2.0, left))
            if part == "clickhouse":
                shown = (await reader.overview())["totals"]["events"]
                if before is not None:
                    looks, moves = looks + 1, moves + (shown > before)
                before = shown
        if part != "server":
            ready = await reader.ready()
    finally:
        process.resume()
    released = time.monotonic()
    seen = [one for one in sender.answers if began + NOTICED_SECONDS < one.at < released]
    await sender.acknowledgement_after(released + 0.1, RECOVERY_SECONDS)
    settled = await reader.settled(sender.position, released + RECOVERY_SECONDS - time.monotonic())
    statuses = Counter(one.status for one in seen)
    without = sum(1 for one in seen if one.status in {429, 503} and not one.retry_after)
    slowest, took = max((one.took for one in seen), default=0.0), time.monotonic() - released
    found = Hold(part, seconds, statuses, without, slowest, moves, looks, ready, took if settled else None)
    print(f"  released {part}: {in_words(found)}", flush=True)
    return found


def in_words(one: Hold) -> str:
    """Return a hold in words."""
    named = {str(status or "nothing"): number for status, number in sorted(one.statuses.items())}
    statuses = ", ".join(f"{number} x {status}" for status, number in named.items())
    live = f"; live moved at {one.live_moves} of {one.live_looks} looks" if one.live_looks else ""
    settled = "never" if one.settled is None else f"after {one.settled:.1f} s"
    return f"answers {statuses}; slowest {one.slowest:.1f} s{live}; settled {settled}"


def complaints(one: Hold) -> list[str]:
    """Return what a hold showed that must not be."""
    found = []
    if one.settled is None:
        found.append(f"hold: {one.part} was released, and what was accepted did not settle")
    if one.without_retry_after:
        found.append(f"hold: {one.without_retry_after} refusals without Retry-After ({one.part} held)")
    if one.part == "redis":
        if not one.statuses.get(503):
            found.append("hold: nobody was told 503 while redis was held")
        if one.statuses.get(202):
            found.append(f"hold: {one.statuses[202]} requests were acknowledged while redis was held")
        if one.said_ready:
            found.append("hold: /ready said yes while redis was held")
    if one.part == "clickhouse":
        if one.statuses.get(503) or not one.statuses.get(202):
            found.append(f"hold: events were not taken while clickhouse was held: {one.statuses}")
        if still := one.live_looks - one.live_moves:
            found.append(f"hold: live stood still at {still} of {one.live_looks} looks")
    return found
