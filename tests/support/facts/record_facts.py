"""Facts: events as records hold them, written down plainly, and what all of them amount to in a tracker.

`hot` gives the record of a fact, `event` the plain event that `proofs.counting.plain` counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import xxhash

from proofs.counting import plain
from streakline.kinds import NAMES
from streakline.streams.entries import Cold, Entry
from streakline.streams.records import PACK

MINUTE, QUARTER, DAY, WINDOWED = plain.MINUTE, plain.QUARTER, plain.DAY, plain.WINDOWED
BOT, TIMED, COUNTED, FINISHED, REPLAYED, ENDED, NAMED, DEVICE = 1, 2, 4, 8, 16, 32, 64, 128
NO_OFFSET = 32_767


class Fact(NamedTuple):
    """An accepted event. Times in ms."""

    content: int
    id: int
    kind: int
    start: int
    accepted: int
    at: int
    dur: int = 0
    flags: int = 0
    listener: int = 1
    dims: tuple[int, int, int, int] = (0, 0, 0, 0)
    completion: int = 65535
    ctype: int = 0
    off: int = NO_OFFSET

    @property
    def person_day(self) -> tuple[int, int | None] | None:
        """Return the person it names and that person's local day, None if no zone came with it; None for nobody."""
        if self.flags & BOT or not self.flags & NAMED:
            return None
        return self.listener, None if self.off == NO_OFFSET else (self.start + self.off * QUARTER) // DAY

    @property
    def duration(self) -> int:
        """Return the duration that ranks it among those of its identity."""
        return self.dur

    @property
    def identity(self) -> tuple[int, int, int]:
        """Return what makes the event itself."""
        return self.content, self.start, self.id

    @property
    def bucket(self) -> int:
        """Return the start of its quarter hour."""
        return self.start // QUARTER * QUARTER

    @property
    def readable(self) -> bool:
        """Tell whether an ingest could have written it: known kind, no time out of bounds."""
        latest = self.accepted + 24 * 60 * MINUTE + 15 * MINUTE
        return 1 <= self.kind <= 24 and all(946_684_800_000 <= at <= latest for at in (self.at, self.start))

    @property
    def counting(self) -> bool:
        """Tell whether it says something of a content."""
        return self.readable and (self.kind <= 3 or NAMES[self.kind] in plain.COUNTERS)

    @property
    def countable(self) -> bool:
        """Tell whether it says something of a content, and no robot said it."""
        return self.counting and not self.flags & BOT

    @property
    def event(self) -> plain.Event:
        """Return it in plain terms; what a person could not have said is a robot's."""
        completion = None if self.completion == 65535 else self.completion
        return plain.Event(
            NAMES.get(self.kind, ""),
            plain.Identity(*self.identity),
            self.at,
            self.listener,
            self.dur,
            bool(self.flags & TIMED),
            plain.Verdict(bool(self.flags & COUNTED), bool(self.flags & FINISHED), completion),
            bool(self.flags & REPLAYED),
            bot=not self.countable,
            ended=self.kind == 1 and bool(self.flags & ENDED),
            dimensions=self.dims,
            accepted=self.accepted,
        )

    @property
    def late(self) -> bool:
        """Tell whether its quarter hour was over, and an hour more, when it was accepted."""
        return self.accepted >= self.bucket + 75 * MINUTE


def content64(content: int) -> int:
    """Return the hash that stands for a content."""
    return xxhash.xxh3_64_intdigest(f"c{content}".encode())


def id64(fact: Fact) -> int:
    """Return the hash that stands for an identity."""
    return xxhash.xxh3_64_intdigest(repr(fact.identity).encode())


def hot(fact: Fact) -> bytes:
    """Return the record of a fact."""
    return PACK.pack(
        id64(fact), content64(fact.content), fact.listener, *fact.dims, fact.at, fact.start, fact.dur,
        0, fact.off, fact.kind, fact.flags, 1, fact.ctype, fact.completion,
    )  # fmt: skip


def entry(facts: Sequence[Fact]) -> Entry:
    """Return the entry that holds some facts, a tick if there are none; its cold part is opened by `names`."""
    names = ",".join(f"c{fact.content}" for fact in facts)
    return Entry(len(facts), b"".join(map(hot, facts)), names.encode()) if facts else Entry()


def names(held: Entry) -> list[Cold]:
    """Return the cold rows of an entry of `entry`: content N is called `cN` and has the title `Title of cN`."""
    return [Cold(name, "", title=f"Title of {name}") for name in held.cold.decode().split(",")]


class Standing(NamedTuple):
    """What stands: bucket -> content -> counts, and what is sent when."""

    measures: dict[int, dict[int, dict[str, int]]]
    cells: dict[int, dict[int, dict[tuple[str, int], int]]]
    minutes: dict[int, dict[int, dict[int, dict[str, int]]]]
    """bucket -> content -> minute in ms -> counts of `WINDOWED`."""
    ctypes: dict[int, dict[int, int]]


def standing_facts(facts: Iterable[Fact]) -> list[Fact]:
    """Return one fact an identity, of all that are in time; where that one is a robot's, nothing stands."""
    stands = plain.standing(fact for fact in facts if fact.counting and not fact.late)
    return [fact for fact in stands.values() if fact.countable]


def handed_over(facts: Iterable[Fact]) -> list[tuple[Fact, Fact]]:
    """Return (what stood, what stands) of every fact in time that gave its play to another person or local day."""
    held: dict[tuple[int, int, int], Fact] = {}
    moved = []
    for fact in facts:
        if fact.counting and not fact.late:
            before = held.get(fact.identity)
            if before is None or fact.dur > before.dur:
                held[fact.identity] = fact
                if before is not None and before.person_day != fact.person_day:
                    moved.append((before, fact))
    return moved


def counted(facts: Sequence[Fact]) -> Standing:
    """Return what facts, in order of acceptance, amount to."""
    result = Standing({}, {}, {}, {})
    for fact in standing_facts(facts):
        row = result.measures.setdefault(fact.bucket, {}).setdefault(fact.content, {})
        cells = result.cells.setdefault(fact.bucket, {}).setdefault(fact.content, {})
        minutes = result.minutes.setdefault(fact.bucket, {}).setdefault(fact.content, {})
        minute = minutes.setdefault(fact.start // MINUTE * MINUTE, {})
        for name, number in plain.measures(fact.event).items():
            row[name] = row.get(name, 0) + number
            if name in WINDOWED:
                minute[name] = minute.get(name, 0) + number
        for cell in plain.cells(fact.event).items():
            cells[cell] = cells.get(cell, 0) + 1
    for fact in facts:
        if fact.countable and not fact.late:
            types = result.ctypes.setdefault(fact.bucket, {})
            types[fact.content] = max(types.get(fact.content, 0), fact.ctype)
    return result


def playing(facts: Iterable[Fact], clock: int) -> dict[int, set[int]]:
    """Return content -> listeners of the plays with a sign of life in the last 30 s and no end, at a clock."""
    return plain.playing((fact.event for fact in facts), clock)


def present(facts: Iterable[Fact]) -> set[tuple[int, int]]:
    """Return the (listener, minute since the epoch) pairs of the last hour that presence must hear of."""
    return {
        (fact.listener, fact.at // MINUTE)
        for fact in facts
        if fact.countable and fact.at // MINUTE >= fact.accepted // MINUTE - 60
    }
