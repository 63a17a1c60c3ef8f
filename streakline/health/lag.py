"""Lag: how far the flows are behind the streams that they read, and which of them have gone silent.

Told by what Redis holds, never by a flow's own word or clock: an entry was accepted at the time in its id, Redis says
what time it is now, and a flow that is dead or frozen passes no more entries.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from streakline.streams.partitions import Partitions, unit
from streakline.streams.progress import FLOWS, Reader
from streakline.times import SECOND_MS

SILENT_S: Final = 10.0
"""Seconds without a sign of a flow after which people are told. Ticks come every 5 s, so there is something to read."""
HEARD_S: Final = 20
"""Seconds that what a flow process says of itself stays in Redis; it says it again every two."""


NAME: Final = "flow_silent"
"""First word of the warning, and event of the log."""

Owned = tuple[str, int]
"""(flow, shard), or of viewers the part of the persons."""


class Found(NamedTuple):
    """What a look found of one reader on one shard, or part of the persons."""

    at: int | None
    """Its position by `enc`, None if it has passed nothing yet."""
    waits: int | None
    """ms of the oldest entry that it has not passed, None if it has passed all."""


class Look(NamedTuple):
    """One look at all readers."""

    now: float
    """Seconds of the looker's own clock, one that only measures (monotonic)."""
    store_ms: int
    """Redis' clock."""
    found: Mapping[tuple[Reader, int], Found]
    heard: Mapping[Owned, float]
    """(flow, shard) -> seconds since a process that owns it was heard, by Redis' clock; missing: by none."""


class Silence(NamedTuple):
    """A flow that is silent on some shards, or parts of the persons."""

    flow: str
    shards: tuple[int, ...]
    alive: bool
    """Whether a process of it was heard of late."""
    seconds: float
    waited_ms: int
    """How long the oldest entry has waited that it has not passed, 0 if none waits."""

    def __str__(self) -> str:
        """Return what people are told."""
        shards = ",".join(map(str, self.shards))
        waits = f", and an entry waits for {self.waited_ms / SECOND_MS:.0f} s" if self.waited_ms else ""
        if self.alive:
            says = f"has passed nothing for {self.seconds:.0f} s"
            advice = (
                "its process lives: it waits for a server, reads again what it knew, or hangs; see its log"
            )
        else:
            says = f"was not heard for {self.seconds:.0f} s"
            advice = "its process ended or is frozen: see its log, start it again"
        return f"{NAME}: {self.flow} of {unit(self.flow)} {shards} {says}{waits}; {advice}"


class Lags:
    """What looks tell, one after the other.

    Attributes:
        behind: (flow, shard) -> ms that the oldest entry has waited which it has not passed, 0 if it has passed all.
        silent: (flow, shard) -> seconds since it passed anything though something waits, or since a process of it was
            heard, whichever is longer; near 0 of a flow that works, or has nothing to do.
    """

    def __init__(self, partitions: Partitions) -> None:
        """Prepare for what the flows own; nothing is known before the first look."""
        self._owned = [(flow, number) for flow in FLOWS for number in partitions.of(flow)]
        self.behind: dict[Owned, int] = {}
        self.silent: dict[Owned, float] = {}
        self._looked = 0.0
        self._stands: dict[tuple[Reader, int], tuple[int | None, float]] = {}
        """Reader and shard -> its position, and since when it stands there though something waits."""
        self._heard: dict[Owned, float] = {}
        """(flow, shard) -> when a process of it was heard, or listened for first."""

    def forget(self) -> None:
        """Begin anew: who looks could not, and then the flows may have had to wait as well."""
        for known in (self.behind, self.silent, self._stands, self._heard):
            known.clear()

    def take(self, look: Look) -> None:
        """Take in a look."""
        if look.now >= self._looked + SILENT_S:  # this process stood still, and maybe the whole machine
            self.forget()
        self._looked = look.now
        self.behind, self.silent = dict.fromkeys(self._owned, 0), dict.fromkeys(self._owned, 0.0)
        for (reader, shard), found in look.found.items():
            owned = reader.flow, shard
            if found.waits is not None:
                self.behind[owned] = max(self.behind[owned], look.store_ms - found.waits)
            stood, since = self._stands.get((reader, shard), (None, look.now))
            if found.waits is None or found.at != stood:
                since = look.now
            self._stands[reader, shard] = found.at, since
            self.silent[owned] = max(self.silent[owned], look.now - since)
        for owned in self._owned:
            age = look.heard.get(owned)
            if age is not None:
                self._heard[owned] = look.now - age
            unheard = look.now - self._heard.setdefault(owned, look.now)
            self.silent[owned] = max(self.silent[owned], unheard)

    def silences(self) -> list[Silence]:
        """Return the flows that are silent, each once for shards whose process lives and once for the others."""
        found = []
        for flow in FLOWS:
            silent = [one for one in self._owned if one[0] == flow and self.silent.get(one, 0.0) >= SILENT_S]
            lives = [one for one in silent if self._looked < self._heard[one] + SILENT_S]
            ended = [one for one in silent if one not in lives]
            found += [self._silence(some, alive=some is lives) for some in (lives, ended) if some]
        return found

    def _silence(self, silent: list[Owned], *, alive: bool) -> Silence:
        seconds, waited = max(self.silent[one] for one in silent), max(self.behind[one] for one in silent)
        return Silence(silent[0][0], tuple(shard for _, shard in silent), alive, seconds, waited)
