"""Carries out the phases of a plan on a stack under load, with a proof of recovery after each."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

import psutil

from proofs.chaos.hold import Hold, hold
from proofs.chaos.moments import Moments
from proofs.chaos.plan import PARTS, Phase
from proofs.chaos.reading import Reader
from proofs.chaos.shim import Shim
from proofs.chaos.tear import tear
from proofs.running.stack import StackProcess
from proofs.traffic.sender import Sender

RECOVERY_SECONDS: Final = 90.0
CALM: Final = (0.2, 1.5)
"""Seconds of undisturbed load before a phase."""
DELAYED: Final = 10.0
"""Seconds of load with a slow fsync before Redis is killed."""
STEPPED: Final = 6.0
"""Seconds of load with a clock that is off."""


class Kill(NamedTuple):
    """One blow, and how the system took it."""

    at: float
    """Seconds after the load began."""
    parts: tuple[str, ...]
    """Whom it struck; for a blow to the whole all of them."""
    acknowledged: float
    """Seconds until the next acknowledgement of events."""
    settled: float | None
    """Seconds until something posted after the blow had settled; None if it had not in `RECOVERY_SECONDS`."""
    phase: Phase
    moments: tuple[str | None, ...] = ()
    """What each part was in the middle of, as far as that was seen."""
    note: str = ""
    """What else was done."""

    @property
    def name(self) -> str:
        """What it was, for a line of the report."""
        return self.phase.name


class Killer:
    """Goes through a plan. A phase waits until the one before is recovered from."""

    def __init__(
        self,
        stack: StackProcess,
        sender: Sender,
        reader: Reader,
        *,
        seed: int,
        shim: Shim | None,
        lose_state: bool,
    ) -> None:
        """Prepare to strike a stack under the load of a sender; with `lose_state` flows lose their folders."""
        self.kills: list[Kill] = []
        self.holds: list[Hold] = []
        self._lose_state = lose_state
        self._lost = 0
        self._draw = random.Random(seed)
        self._stack, self._sender, self._reader, self._shim = stack, sender, reader, shim
        self._moments = Moments(stack, sender)
        self._began = 0.0

    async def run(self, phases: Sequence[Phase]) -> None:
        """Carry out phases, one after the other, beginning now."""
        self._began = time.monotonic()
        for phase in phases:
            await asyncio.sleep(self._draw.uniform(*CALM))
            if phase.kind == "hold":
                [part] = phase.parts
                self.holds.append(await hold(part, phase.seconds, self._stack, self._sender, self._reader))
                continue
            kill = await self._carry_out(phase)
            self.kills.append(kill)
            print(f"  {kill.at:6.1f} s  {phase.name:<36} {_in_words(kill)}", flush=True)

    async def _carry_out(self, phase: Phase) -> Kill:
        if phase.kind in {"cut", "stop"}:
            struck = time.monotonic()
            await (self._stack.cut() if phase.kind == "cut" else self._stack.stop())
            await self._stack.start()
            return await self._recovered(phase, struck)
        if phase.kind == "clock":
            return await self._step_clock(phase)
        if phase.kind == "torn":
            return await self._tear(phase)
        if phase.kind == "fsync":
            assert self._shim is not None
            self._shim.delay_fsync(phase.seconds)
            try:
                await asyncio.sleep(DELAYED)
                kill = await self._strike(phase)
            finally:
                self._shim.delay_fsync(0)
            return kill
        return await self._strike(phase)

    async def _strike(self, phase: Phase) -> Kill:
        """Kill parts, the first in the middle of something if the phase is aimed, the others at once after it."""
        victims = [(part, await self._found(part)) for part in phase.parts]
        for part in phase.parts if self._lose_state else ():
            self._lose(part)
        [(first, victim), *others] = victims
        how = self._moments.strike if phase.aimed else self._moments.kill
        seen = [await asyncio.to_thread(how, first, victim)]
        struck = time.monotonic()
        seen += [self._moments.kill(part, other) for part, other in others]
        return await self._recovered(phase, struck, tuple(seen))

    async def _tear(self, phase: Phase) -> Kill:
        """Kill a flow in the middle of a snapshot and damage its recovery folder before it is started again."""
        [part] = phase.parts
        victim, supervisor = await self._found(part), await self._found("stack")
        seen = await asyncio.to_thread(self._moments.strike, part, victim, first=supervisor.suspend)
        struck = time.monotonic()
        try:
            await asyncio.to_thread(_wait_for_death, victim)
            [folder] = (self._stack.folder / "data" / "flows").glob(f"{part}-*[0-9]")
            note = tear(folder, self._draw)
        finally:
            supervisor.resume()
        return await self._recovered(phase, struck, (seen,), note)

    async def _step_clock(self, phase: Phase) -> Kill:
        """Set Redis' clock forward and, after a while, right again, which is a step back."""
        assert self._shim is not None
        self._shim.set_clock(phase.seconds)
        try:
            await asyncio.sleep(STEPPED)
        finally:
            self._shim.set_clock(0)
        struck = time.monotonic()  # what follows is the step back
        return await self._recovered(phase, struck)

    async def _recovered(
        self, phase: Phase, struck: float, moments: tuple[str | None, ...] = (), note: str = ""
    ) -> Kill:
        """Wait for an acknowledgement after a blow, and until it has settled."""
        deadline = struck + RECOVERY_SECONDS
        await self._sender.acknowledgement_after(struck + 0.1, RECOVERY_SECONDS)
        acknowledged = time.monotonic() - struck
        for part in phase.parts or PARTS:
            await self._found(part)
        settled = await self._reader.settled(self._sender.position, deadline - time.monotonic())
        took = time.monotonic() - struck if settled else None
        return Kill(struck - self._began, phase.parts or PARTS, acknowledged, took, phase, moments, note)

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


def _wait_for_death(process: psutil.Process) -> None:
    """Wait for the end of a process that nobody buries now."""
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)


def _in_words(kill: Kill) -> str:
    seen = [moment for moment in kill.moments if moment]
    during = f"during {' + '.join(seen)}; " if seen else ""
    settled = "not recovered" if kill.settled is None else f"settled after {kill.settled:.1f} s"
    note = f"; {kill.note}" if kill.note else ""
    return f"{during}events taken after {kill.acknowledged:.1f} s, {settled}{note}"
