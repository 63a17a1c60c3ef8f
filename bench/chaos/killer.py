"""Kill -9 of every part, in seeded order and times, with a proof of recovery in between."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

import psutil

from bench.chaos.reading import Reader
from bench.chaos.sender import Sender
from bench.stack_process import StackProcess

PARTS: Final = ("server", "content", "viewers", "archive", "redis", "clickhouse")
CUT: Final = "all at once"
"""The supervisor and everything under it are killed, and the stack is started again."""
STOP: Final = "stop and start"
"""The stack is stopped as by Ctrl-C, and started again."""
CUTS_FROM: Final = 60.0
"""Seconds of a run that also has the two blows to the whole."""
RECOVERY_SECONDS: Final = 90.0


class Kill(NamedTuple):
    """One blow, and how the system took it."""

    at: float
    """Seconds after the load began."""
    parts: tuple[str, ...]
    acknowledged: float
    """Seconds until the next acknowledgement of events."""
    settled: float | None
    """Seconds until something posted after the blow had settled; None if it had not in `RECOVERY_SECONDS`."""


def schedule(seed: int, seconds: float) -> list[tuple[float, tuple[str, ...]]]:
    """Return when to kill what: first each part once, in a long run then several at once."""
    draw = random.Random(seed)
    order: list[tuple[str, ...]] = [(part,) for part in draw.sample(PARTS, len(PARTS))]
    order += [tuple(draw.sample(PARTS, draw.choice((1, 2, 2, 3)))) for _ in range(int(seconds // 15) - 2)]
    if seconds >= CUTS_FROM:
        order += [(CUT,), (STOP,)]
    step = seconds * 0.9 / len(order)
    first = seconds * 0.05
    return [(first + step * (place + draw.random() * 0.8), parts) for place, parts in enumerate(order)]


class Killer:
    """Kills by a schedule. A blow waits until the one before is recovered from."""

    def __init__(
        self, stack: StackProcess, sender: Sender, reader: Reader, *, lose_state: bool = False
    ) -> None:
        """Prepare to kill parts of a stack under the load of a sender; with `lose_state` flows lose theirs."""
        self._lose_state = lose_state
        self._lost = 0
        self.kills: list[Kill] = []
        self._stack, self._sender, self._reader = stack, sender, reader

    async def run(self, blows: Sequence[tuple[float, tuple[str, ...]]]) -> None:
        """Carry out a schedule, beginning now."""
        began = time.monotonic()
        for at, parts in blows:
            await asyncio.sleep(max(0.0, began + at - time.monotonic()))
            kill = await self._strike(parts, began)
            self.kills.append(kill)
            settled = "not recovered" if kill.settled is None else f"settled again after {kill.settled:.1f} s"
            print(f"  {kill.at:6.1f} s  {' + '.join(parts):<32} {settled}", flush=True)

    async def _strike(self, parts: tuple[str, ...], began: float) -> Kill:
        if parts[0] in {CUT, STOP}:
            return await self._strike_all(parts[0], began)
        victims = [await self._found(part) for part in parts]
        for part in parts if self._lose_state else ():
            self._lose(part)
        struck = time.monotonic()
        for victim in victims:
            victim.kill()
        return await self._recovered(parts, struck, began)

    async def _strike_all(self, blow: str, began: float) -> Kill:
        struck = time.monotonic()
        await (self._stack.cut() if blow == CUT else self._stack.stop())
        await self._stack.start()
        return await self._recovered((blow,), struck, began)

    async def _recovered(self, parts: tuple[str, ...], struck: float, began: float) -> Kill:
        """Wait for an acknowledgement after a blow, and until it has settled."""
        deadline = struck + RECOVERY_SECONDS
        await self._sender.acknowledgement_after(struck + 0.1, RECOVERY_SECONDS)
        acknowledged = time.monotonic() - struck
        for part in parts if parts[0] in PARTS else PARTS:
            await self._found(part)
        settled = await self._reader.settled(self._sender.position, deadline - time.monotonic())
        took = time.monotonic() - struck
        return Kill(struck - began, parts, acknowledged, took if settled else None)

    def _lose(self, part: str) -> None:
        """Put a flow's recovery folder aside, and every second time garbage into its place.

        The flow that still runs goes on writing to the files that are aside; the next one finds what is here.
        """
        for folder in (self._stack.folder / "data" / "flows").glob(f"{part}-*"):
            if "." in folder.name:
                continue  # its lock, or what was put aside before
            self._lost += 1
            aside = folder.with_name(f"lost-{self._lost}-{folder.name}")
            folder.rename(aside)
            if self._lost % 2 == 0:
                folder.mkdir()
                for file in aside.glob("*.sqlite3"):
                    (folder / file.name).write_bytes(b"garbage")

    async def _found(self, part: str) -> psutil.Process:
        """Return the process of a part, waiting for the supervisor to start it."""
        deadline = time.monotonic() + RECOVERY_SECONDS
        while (process := self._stack.part(part)) is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{part} was not started again in {RECOVERY_SECONDS:.0f} s")
            await asyncio.sleep(0.02)
        return process
