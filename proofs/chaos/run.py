"""One run: a stack under load, blows or grips meanwhile, and everything that is known of it afterwards."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from proofs.chaos.compare import Findings, compare_history, compare_live
from proofs.chaos.hold import Hold, complaints
from proofs.chaos.killer import Kill, Killer
from proofs.chaos.onlookers import Onlookers
from proofs.chaos.plan import Plan
from proofs.chaos.reading import History, Reader
from proofs.chaos.shim import Shim
from proofs.chaos.waiters import Waiters
from proofs.counting import plain
from proofs.counting.log import Count
from proofs.counting.second_count import disagreements, quarters
from proofs.counting.wire import event_of
from proofs.running.stack import StackFailed, StackProcess
from proofs.traffic.audience import Audience, Event, batches
from proofs.traffic.sender import Sender

TICK: Final = 0.1
DELIVERY_SECONDS: Final = 120.0
SETTLE_SECONDS: Final = 180.0
LIVE_SECONDS: Final = 20.0
"""How long the live numbers may take to agree: the minute moves, and not all parts notice at once."""


@dataclass
class Outcome:
    """What a run did, and what the stack said at its end."""

    seconds: float
    log: list[Event]
    history: History
    overview: dict[str, Any]
    kills: list[Kill] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    retried: int = 0
    repeated: int = 0
    looks: int = 0
    """Messages with lifetime counts that the live audience got, and compared."""
    waits: int = 0
    """Waits of `waiters` that were told true, and looked at."""
    wrong: list[str] = field(default_factory=list)
    """What was wrong but for the comparison with the log."""
    verify_code: int = 0
    verify_said: str = ""

    def findings(self, log: list[Event] | None = None) -> Findings:
        """Compare with a log (default: the sender's)."""
        events = self.log if log is None else log
        count = Count(events)
        found = compare_history(count, self.history)
        more = [*self.wrong, *disagreements(count, quarters(events)), *compare_live(count, self.overview)]
        return found._replace(differences=[*more, *found.differences])


class Settings(NamedTuple):
    """What a run is made from."""

    seed: int
    seconds: float
    """Length of the load."""
    rate: float
    """Events a second."""
    plan: Plan
    shim: Shim | None = None
    """The stack must have been started with its environment."""
    lose_state: bool = False
    """Whether flows that are killed lose their recovery folders too."""
    waiters: int = 0
    """Senders beside the load who each post, wait with their last position, and look whether it was true."""


async def run(stack: StackProcess, settings: Settings) -> Outcome:
    """Load a running stack, carry out a plan meanwhile, and read what became of it."""
    seed = settings.seed
    reader, audience = Reader(stack), Audience(seed)
    sender = Sender(stack.url, stack.token, seed, others=settings.waiters)
    waiting = Waiters(settings.waiters, sender, Reader(stack), seed)
    killer = Killer(stack, sender, reader, seed=seed, shim=settings.shim, lose_state=settings.lose_state)
    onlookers = Onlookers(stack, sender.bound)
    await sender.start()
    onlookers.start()
    waiting.start()
    began = time.monotonic()
    try:
        draw, phases = random.Random(seed), settings.plan.phases
        wrong = await load(
            sender, audience, draw, settings.rate, settings.seconds, lambda: killer.run(phases)
        )
        await waiting.stop()
        wrong += waiting.wrong
        wrong += await last_words(sender, audience)
    finally:
        await onlookers.stop()
    lasted = time.monotonic() - began
    wrong += onlookers.wrong
    wrong += [f"kill: {kill.name} was not recovered from" for kill in killer.kills if kill.settled is None]
    wrong += [complaint for one in killer.holds for complaint in complaints(one)]
    seen: dict[str, Any] = {"holds": killer.holds, "looks": onlookers.looks, "waits": waiting.waits}
    return await judged(stack, reader, sender, wrong, seconds=lasted, kills=killer.kills, **seen)


async def last_words(sender: Sender, audience: Audience) -> list[str]:
    """Send something to every shard and wait for the acknowledgements; return what went wrong."""
    for batch in batches(audience.one_of_each_shard(time.time()), random.Random(0)):
        sender.post(batch)
    wrong = []
    if not await sender.finish(DELIVERY_SECONDS):
        wrong.append(f"sender: not everything was acknowledged {DELIVERY_SECONDS:.0f} s after the load")
    wrong += [f"sender: {answer}" for answer in sender.unexpected]
    return wrong + [f"sender: a good event was refused: {item}" for item in sender.refused]


async def judged(
    stack: StackProcess,
    reader: Reader,
    sender: Sender,
    wrong: list[str],
    *,
    live: bool = True,
    **figures: Any,
) -> Outcome:
    """Wait until everything has settled, and read all that the stack says of it.

    Without `live` the live numbers are read as they are, and not waited for.
    """
    wrong = list(wrong)
    if not await reader.settled(sender.position, SETTLE_SECONDS):
        wrong.append(f"settled: not after {SETTLE_SECONDS:.0f} s: {reader.waiting_for}")
    print("  settled; comparing with the sender's log", flush=True)
    overview = await (_agreeing_overview(reader, Count(sender.log)) if live else reader.overview())
    history = await asyncio.to_thread(reader.history)
    wrong += [f"dead letter: {letter}" for letter in reader.dead_letters()[:20]]
    if differences := reader.recount_differences():
        wrong.append(f"recount: {differences} keys differed from their provisional rows")
    code, said = await stack.command("verify")
    if code:
        wrong.append(f"verify: exit code {code}: {said[-1500:]}")
    figures |= {"retried": sender.retried, "repeated": sender.repeated, "wrong": wrong}
    return Outcome(
        log=sender.log, history=history, overview=overview, verify_code=code, verify_said=said, **figures
    )


async def load(
    sender: Sender,
    audience: Audience,
    draw: random.Random,
    rate: float,
    seconds: float,
    trouble: Callable[[], Awaitable[None]],
) -> list[str]:
    """Send at a rate until the time is over and the trouble done; return what went wrong with the trouble."""
    began = time.monotonic()
    task = asyncio.ensure_future(trouble())
    sent = 0
    while time.monotonic() < began + seconds or not task.done():
        owed = int((time.monotonic() - began) * rate) - sent
        if owed > 0:
            events = audience.events(time.time(), owed)
            sent += len(events)
            for batch in batches(events, draw):
                sender.post(batch)
        await asyncio.sleep(TICK)
    error = task.exception()
    if isinstance(error, StackFailed):  # there is nothing left to ask
        await sender.finish(0)
        raise error
    return [] if error is None else [f"trouble: {error!r}"]


async def _agreeing_overview(reader: Reader, count: Count) -> dict[str, Any]:
    """Return the live numbers as soon as they agree with the log, else as they are in the end."""
    deadline = time.monotonic() + LIVE_SECONDS
    while True:
        overview = await reader.overview()
        if not compare_live(count, overview) or time.monotonic() > deadline:
            return overview
        await asyncio.sleep(0.5)


def without_one(log: list[Event], seed: int) -> tuple[list[Event], Mapping[str, Any]]:
    """Return a log as if one acknowledgement had never come, and the event that is missing from it.

    It is one that counts, and the only one of its identity: what the log still proves otherwise would not be
    missed.
    """
    events = [(sent, event_of(sent)) for sent in log]
    times = Counter(event.identity for _, event in events)
    once = [(sent, event) for sent, event in events if times[event.identity] == 1]
    single = [sent for sent, event in once if plain.measures(event).get("plays")]
    chosen = random.Random(seed).choice(sorted(single, key=lambda event: str(event["id"])))
    return [event for event in log if event["id"] != chosen["id"]], chosen
