"""What a run does to a stack, and in which order: made from its length and a seed, and nothing else.

A short run has what matters most: each part killed once; a long one kills every part again and again, half of
the time in the middle of something, holds each, tears recovery folders, and delays and moves what the kernel
tells Redis.
"""

from __future__ import annotations

import random
from typing import Final, Literal, NamedTuple, get_args

from streakline.streams.progress import FLOWS

PARTS: Final = ("server", *FLOWS, "redis", "clickhouse")

Kind = Literal["kill", "torn", "cut", "stop", "hold", "fsync", "clock"]
Act = Literal["disk full", "clock far ahead", "older log"]
ACTS: Final[tuple[Act, ...]] = get_args(Act)

SECONDS: Final[dict[Kind, float]] = {
    "kill": 6.0, "torn": 8.0, "cut": 12.0, "stop": 12.0, "hold": 17.0, "fsync": 22.0, "clock": 14.0,
}  # fmt: skip
"""What a phase takes with its recovery, about: more on a busy machine, and the load lasts for as long."""
ACT_SECONDS: Final = 45.0
WHOLE_FROM: Final = 60.0
"""Seconds of a run that also has blows to the whole, and a torn folder."""
MIDDLE_FROM: Final = 180.0
"""Seconds of a run that also holds the two stores and has fsync delayed and the clock moved."""
LONG_FROM: Final = 480.0
"""Seconds of a run that has everything."""
HELD: Final = 10.0
"""Seconds of a grip."""
CLOCK_STEP: Final = 40.0
"""Seconds by which Redis' clock is set forward and back, in the middle of a run that goes on."""
FSYNC_DELAY: Final = 0.06
"""Seconds that every fsync of Redis takes longer."""


class Phase(NamedTuple):
    """One thing that is done to the stack, and recovered from before the next."""

    kind: Kind
    parts: tuple[str, ...] = ()
    """Whom it strikes; of several killed at once the first is the one aimed at."""
    aimed: bool = False
    """Whether a kill waits until its part is in the middle of an insert, a snapshot, an fsync …"""
    seconds: float = 0.0
    """Length of a grip, of a clock step or of the delay of an fsync."""

    @property
    def name(self) -> str:
        """What it is, for a line of the report."""
        whom = " + ".join(self.parts)
        if self.kind == "hold":
            return f"hold {whom} for {self.seconds:.0f} s"
        if self.kind == "clock":
            return f"clock of {whom} {self.seconds:+.0f} s and back"
        if self.kind == "fsync":
            return f"fsync of {whom} {self.seconds * 1000:.0f} ms longer"
        return {"kill": whom, "torn": f"{whom}, its folder torn", "cut": "all at once", "stop": "stop and start"}[
            self.kind
        ]  # fmt: skip


class Plan(NamedTuple):
    """What one run does."""

    phases: tuple[Phase, ...]
    """On one stack, one after the other."""
    acts: tuple[Act, ...]
    """Each on a stack of its own: what they do to it, the other phases would not survive."""


def make(seed: int, seconds: float, *, shim: bool = True) -> Plan:
    """Return what a run of so many seconds does.

    Without `shim` (there is no C compiler) fsync and the clock are left alone.
    """
    draw = random.Random(seed)
    others = _others(draw, seconds, shim=shim)
    acts = _acts(seconds, shim=shim)
    left = seconds - sum(SECONDS[phase.kind] for phase in others) - ACT_SECONDS * len(acts)
    rounds: list[list[Phase]] = []
    while not rounds or left > 0:
        rounds.append(_round(draw, len(rounds)))
        left -= SECONDS["kill"] * len(rounds[-1])
    first, rest = rounds[0], [phase for one in rounds[1:] for phase in one]
    # The clock moves early: the stream's has to be the wall's again before the live windows are compared.
    early = [phase for phase in others if phase.kind == "clock"]
    late = [phase for phase in others if phase.kind != "clock"]
    for phase in draw.sample(late, len(late)):
        rest.insert(draw.randint(0, len(rest)), phase)
    return Plan((*first, *early, *rest), acts)


def holds(lengths: dict[str, float]) -> Plan:
    """Return a run that only holds parts, each for so many seconds."""
    return Plan(tuple(Phase("hold", (part,), seconds=length) for part, length in lengths.items()), ())


def kills(plan: Plan) -> list[tuple[str, bool]]:
    """Return each kill of a plan: the part, and whether it is aimed. Blows to the whole are not among them."""
    return [
        (part, phase.aimed and place == 0)
        for phase in plan.phases
        if phase.kind in {"kill", "torn", "fsync"}
        for place, part in enumerate(phase.parts)
    ]


def _others(draw: random.Random, seconds: float, *, shim: bool) -> list[Phase]:
    found: list[Phase] = []
    if seconds >= WHOLE_FROM:
        torn = FLOWS if seconds >= LONG_FROM else (draw.choice(FLOWS),)
        found += [Phase("cut"), Phase("stop"), *(Phase("torn", (flow,), aimed=True) for flow in torn)]
    if seconds >= MIDDLE_FROM:
        held = PARTS if seconds >= LONG_FROM else ("redis", "clickhouse")
        found += [Phase("hold", (part,), seconds=HELD) for part in held]
    if seconds >= MIDDLE_FROM and shim:
        found += [
            Phase("fsync", ("redis",), aimed=True, seconds=FSYNC_DELAY),
            Phase("clock", ("redis",), seconds=CLOCK_STEP),
        ]
    return found


def _acts(seconds: float, *, shim: bool) -> tuple[Act, ...]:
    if seconds < LONG_FROM:
        return ()
    return tuple(act for act in ACTS if shim or act != "clock far ahead")


def _round(draw: random.Random, number: int) -> list[Phase]:
    """Return kills of every part once; in every third round two at a time.

    Each part is aimed at in every second round of its own, and in the first.
    """
    order = draw.sample(PARTS, len(PARTS))
    aimed = {part: number == 0 or (number + PARTS.index(part)) % 2 == 0 for part in PARTS}
    if number % 3 != 2:
        return [Phase("kill", (part,), aimed=aimed[part]) for part in order]
    order.sort(key=lambda part: not aimed[part])  # those aimed at lead the pairs
    half = len(order) // 2
    return [
        Phase("kill", (lead, other), aimed=True)
        for lead, other in zip(order[:half], order[half:], strict=True)
    ]
