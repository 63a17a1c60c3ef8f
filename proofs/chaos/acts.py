"""Faults that each need a stack of their own: a full disk, a clock far ahead, a Redis with an older file."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import psutil

from proofs.chaos.compare import Findings, compare_history, compare_live
from proofs.chaos.plan import Act
from proofs.chaos.reading import Reader, Row
from proofs.chaos.run import Outcome, judged, last_words, load
from proofs.chaos.shim import Shim
from proofs.chaos.small_disk import NoDisk, SmallDisk
from proofs.counting.log import Count
from proofs.counting.plain import Identity
from proofs.counting.second_count import disagreements, quarters
from proofs.counting.wire import event_of
from proofs.running.stack import StackProcess
from proofs.traffic.audience import Audience, Event
from proofs.traffic.sender import Sender
from stack.servers import append_only

LOAD: Final = 8.0
"""Seconds of load before, between and after what is done."""
LOW: Final = 300
"""MB that are left when the server must refuse events; it does below 512."""
FULL_SECONDS: Final = 10.0
NOTICED_SECONDS: Final = 8.0
READY_SECONDS: Final = 60.0
AHEAD: Final = 2 * 3600.0
"""Seconds: more than an open quarter hour waits, so that all of them close."""
RETURN_SECONDS: Final = 1.0
"""Seconds that Redis is away before its older file is there: answers under way arrive meanwhile."""


class Result(NamedTuple):
    """How an act ended."""

    act: Act
    said: list[str]
    """What it did and measured."""
    acknowledged: int
    findings: Findings
    verify_code: int


class Scene:
    """A stack under load, on which an act is played."""

    def __init__(self, stack: StackProcess, seed: int, rate: float) -> None:
        """Prepare the load of a running stack."""
        self.stack, self.reader = stack, Reader(stack)
        self.sender, self.audience = Sender(stack.url, stack.token, seed), Audience(seed)
        self.said: list[str] = []
        self.wrong: list[str] = []
        self._seed, self._rate = seed, rate

    async def play(self, trouble: Callable[[], Awaitable[None]], *, live: bool) -> Outcome:
        """Load the stack for as long as the trouble takes, and read what became of it."""
        await self.sender.start()
        began = time.monotonic()
        draw = random.Random(self._seed)
        self.wrong += await load(self.sender, self.audience, draw, self._rate, 0, trouble)
        self.wrong += await last_words(self.sender, self.audience)
        lasted = time.monotonic() - began
        return await judged(self.stack, self.reader, self.sender, self.wrong, live=live, seconds=lasted)

    def part(self, name: str) -> psutil.Process:
        """Return the process of a part that is known to run."""
        process = self.stack.part(name)
        if process is None:
            raise RuntimeError(f"{name} does not run")
        return process

    async def ready_again(self) -> float:
        """Wait until the server says that it can do its work; return the seconds that took."""
        began = time.monotonic()
        while not await self.reader.ready():
            if time.monotonic() > began + READY_SECONDS:
                self.wrong.append(f"ready: not in {READY_SECONDS:.0f} s: {await self.reader.reasons()}")
                break
            await asyncio.sleep(0.2)
        return time.monotonic() - began


async def play(act: Act, folder: Path, seed: int, rate: float, shim: Shim | None) -> Result | None:
    """Play an act in a folder of its own; None if this machine cannot have it, which is said."""
    print(f"act: {act}", flush=True)
    if act == "disk full":
        try:
            with SmallDisk(folder / "data") as disk:
                return await _disk_full(disk, folder, seed, rate)
        except NoDisk as reason:
            print(f"  left out: {reason}", flush=True)
            return None
    if act == "clock far ahead":
        if shim is None:
            print("  left out: it needs the library", flush=True)
            return None
        return await _clock_far_ahead(shim, folder, seed, rate)
    return await _older_log(shim, folder, seed, rate)


# --- the disk -----------------------------------------------------------------------------------------------


async def _disk_full(disk: SmallDisk, folder: Path, seed: int, rate: float) -> Result:
    async with StackProcess(folder) as stack:
        scene = Scene(stack, seed, rate)

        async def trouble() -> None:
            await asyncio.sleep(LOAD)
            disk.fill(LOW)
            began = time.monotonic()
            while (reasons := await scene.reader.reasons()) is None or not _speak_of_disk(reasons):
                if time.monotonic() > began + NOTICED_SECONDS:
                    scene.wrong.append(f"disk: with {disk.free} MB free /ready says {reasons}")
                    break
                await asyncio.sleep(0.1)
            scene.said.append(f"told after {time.monotonic() - began:.1f} s: {' / '.join(reasons or [])}")
            before = len(scene.sender.answers)
            await asyncio.sleep(2)
            statuses = {answer.status for answer in scene.sender.answers[before:]}
            if 503 not in statuses or 202 in statuses:
                scene.wrong.append(f"disk: with {disk.free} MB free clients are answered {sorted(statuses)}")
            await _brim(scene, disk)
            await asyncio.sleep(LOAD)
            # At once, from the middle of the load: nobody could refuse anything before.
            await _brim(scene, disk)
            await asyncio.sleep(LOAD)

        outcome = await scene.play(trouble, live=True)
    return _result("disk full", scene, outcome, outcome.findings())


async def _brim(scene: Scene, disk: SmallDisk) -> None:
    """Let the disk be full for a while, whatever is freed, and see how all goes on when there is room again."""
    full, before = time.monotonic(), scene.stack.said()
    while time.monotonic() < full + FULL_SECONDS:
        disk.fill(0)
        await asyncio.sleep(0.2)
    disk.release()
    released = time.monotonic()
    again = await scene.ready_again()
    await scene.sender.acknowledgement_after(released, READY_SECONDS)
    taken = time.monotonic() - released
    lines = scene.stack.said()[len(before) :]
    ended = Counter(line.split()[1] for line in lines if "; it is started again" in line)
    parts = ", ".join(f"{part} {number} times" for part, number in ended.items()) or "nobody"
    scene.said.append(
        f"full for {FULL_SECONDS:.0f} s ({parts} ended); with room again ready after {again:.1f} s, events taken"
        f" after {taken:.1f} s"
    )


def _speak_of_disk(reasons: list[str]) -> bool:
    return any("MB are free" in reason for reason in reasons)


# --- the clock ----------------------------------------------------------------------------------------------


async def _clock_far_ahead(shim: Shim, folder: Path, seed: int, rate: float) -> Result:
    async with StackProcess(folder, env=shim.environment) as stack:
        scene = Scene(stack, seed, rate)

        async def trouble() -> None:
            await asyncio.sleep(LOAD)
            shim.set_clock(AHEAD)
            try:
                await asyncio.sleep(LOAD)
            finally:
                shim.set_clock(0)
            await asyncio.sleep(LOAD)
            scene.said.append(f"Redis' clock {AHEAD / 3600:.0f} h ahead for {LOAD:.0f} s, then right again")

        outcome = await scene.play(trouble, live=False)
    # Entries keep the time that they were given, so live windows are short of some until that time is there.
    differing = compare_live(Count(outcome.log), outcome.overview)
    totals = [line for line in differing if "totals." in line]
    scene.said.append(f"{len(differing) - len(totals)} numbers of live windows differ until then")
    found = _history_findings(outcome, outcome.log)
    found = found._replace(differences=[*found.differences, *totals])
    return _result("clock far ahead", scene, outcome, found)


# --- the older file -----------------------------------------------------------------------------------------


async def _older_log(shim: Shim | None, folder: Path, seed: int, rate: float) -> Result:
    place, copy = folder / "data" / "redis", folder / "older"
    copied = returned = 0.0
    archived: Mapping[Identity, Row] = {}
    async with StackProcess(folder, env=shim.environment if shim else None) as stack:
        scene = Scene(stack, seed, rate)

        async def trouble() -> None:
            nonlocal copied, returned, archived
            await asyncio.sleep(LOAD)
            redis = scene.part("redis")
            redis.suspend()
            await asyncio.sleep(0.2)
            copied = time.monotonic()
            append_only.copy_out(place, copy)
            redis.resume()
            await asyncio.sleep(LOAD)
            supervisor = scene.part("stack")
            supervisor.suspend()
            try:
                redis.kill()
                await asyncio.sleep(RETURN_SECONDS)
                archived = (await asyncio.to_thread(scene.reader.history)).events
                append_only.put_back(copy, place)
                returned = time.monotonic()
            finally:
                supervisor.resume()
            await scene.sender.acknowledgement_after(returned, READY_SECONDS)
            again = time.monotonic() - returned
            scene.said.append(f"events taken again {again:.1f} s after Redis came back older")
            await asyncio.sleep(LOAD)
            if shim:
                shim.set_clock(AHEAD)  # what is open may be off until it closes: let all of it close

        try:
            outcome = await scene.play(trouble, live=False)
        finally:
            if shim:
                shim.set_clock(0)
    log, gone = surviving(scene.sender.log, scene.sender.times, copied, returned, outcome.history.events)
    uncertain = sum(copied < at <= returned for at in scene.sender.times)
    allowed = "are lost as this fault allows: neither in the older file nor in history"
    scene.said.append(f"of {uncertain} events acknowledged after the copy, {gone} {allowed}")
    found = _history_findings(outcome, log)
    if not shim:
        scene.said.append(
            "without the library quarter hours stay open, where counts may be off until they close"
        )
        found = Findings(found.lost, found.double, outcome.wrong)
    vanished = [
        f"events: {one} was in history when Redis came back, and is not there any more"
        for one, row in archived.items()
        if one not in outcome.history.events or outcome.history.events[one].duration < row.duration
    ]
    return _result("older log", scene, outcome, found._replace(lost=[*found.lost, *vanished]))


def surviving(
    log: list[Event], times: list[float], copied: float, returned: float, events: Mapping[Identity, Row]
) -> tuple[list[Event], int]:
    """Return what must be there after Redis came back with an older file, and how many events may be lost.

    What was acknowledged (at `times`) before the copy is in the file, what was after the return is in the stream:
    all that must be there. In between only what history holds is: of a play so far as it holds it.
    """
    kept = []
    for event, at in zip(log, times, strict=True):
        fact = event_of(event)
        row = events.get(fact.identity)
        if not copied < at <= returned or (row is not None and row.duration >= fact.duration):
            kept.append(event)
    return kept, len(log) - len(kept)


def _history_findings(outcome: Outcome, log: list[Event]) -> Findings:
    count = Count(log)
    found, two = compare_history(count, outcome.history), disagreements(count, quarters(log))
    return found._replace(differences=[*outcome.wrong, *two, *found.differences])


def _result(act: Act, scene: Scene, outcome: Outcome, findings: Findings) -> Result:
    return Result(act, scene.said, len(outcome.log), findings, outcome.verify_code)
