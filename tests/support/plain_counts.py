"""The slow, obvious definition of what counts: loops over plain facts, sharing no code with the trackers.

`Fact` is an event as a person would write it down; `hot` gives its record, `counted` what all of them amount to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import xxhash

from streakline.streams.entries import Cold, Entry
from streakline.streams.records import PACK

MINUTE = 60_000
QUARTER = 15 * MINUTE
BOT, TIMED, COUNTED, FINISHED, REPLAYED, ENDED = 1, 2, 4, 8, 16, 32
COUNTERS = {
    4: "likes", 5: "unlikes", 6: "saves", 7: "unsaves", 8: "shares", 9: "downloads", 10: "comments",
    11: "follows", 12: "rates", 13: "creates", 14: "exports", 15: "reactions", 16: "upgrades", 24: "unfollows",
}  # fmt: skip
"""Kind -> its counter; kinds 1 to 3 are plays, no other kind counts."""
WINDOWED = ("plays", "likes", "saves", "shares", "downloads", "comments")


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
        return self.readable and (self.kind <= 3 or self.kind in COUNTERS)

    @property
    def countable(self) -> bool:
        """Tell whether it says something of a content, and no robot said it."""
        return self.counting and not self.flags & BOT

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
        0, 0, fact.kind, fact.flags, 1, fact.ctype, fact.completion,
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
    """Return one fact an identity: of all that are in time the longest, of equals the first accepted.

    Where that one is a robot's, nothing stands.
    """
    held: dict[tuple[int, int, int], Fact] = {}
    for fact in facts:
        if fact.counting and not fact.late:
            before = held.get(fact.identity)
            if before is None or fact.dur > before.dur:
                held[fact.identity] = fact
    return [fact for fact in held.values() if fact.countable]


def counted(facts: Sequence[Fact]) -> Standing:
    """Return what facts, in order of acceptance, amount to."""
    result = Standing({}, {}, {}, {})
    for fact in standing_facts(facts):
        row = result.measures.setdefault(fact.bucket, {}).setdefault(fact.content, {})
        cells = result.cells.setdefault(fact.bucket, {}).setdefault(fact.content, {})
        minutes = result.minutes.setdefault(fact.bucket, {}).setdefault(fact.content, {})
        minute = minutes.setdefault(fact.start // MINUTE * MINUTE, {})
        for name, number in measures(fact).items():
            row[name] = row.get(name, 0) + number
            if name in WINDOWED:
                minute[name] = minute.get(name, 0) + number
        for cell in breakdowns(fact):
            cells[cell] = cells.get(cell, 0) + 1
    for fact in facts:
        if fact.countable and not fact.late:
            types = result.ctypes.setdefault(fact.bucket, {})
            types[fact.content] = max(types.get(fact.content, 0), fact.ctype)
    return result


def measures(fact: Fact) -> dict[str, int]:
    """Return what one standing fact adds to the measures."""
    if fact.kind > 3:
        return {"events": 1, COUNTERS[fact.kind]: 1}
    row = {"events": 1, "starts": 1, "time_ms": fact.dur}
    if fact.flags & COUNTED:
        row["plays"] = 1
        row["finished"] = int(bool(fact.flags & FINISHED))
        row["replays"] = int(bool(fact.flags & REPLAYED))
        if fact.flags & TIMED:
            row |= {"timed": 1, "played_ms": fact.dur}
        if fact.completion != 65535:
            row |= {"completed": 1, "completion_pm": fact.completion}
    return row


def breakdowns(fact: Fact) -> list[tuple[str, int]]:
    """Return the (breakdown, code) cells in which one standing fact counts."""
    source, platform, country, device = fact.dims
    if fact.kind == 8:
        return [("shares_by_platform", platform)] if platform else []
    if fact.kind > 3 or not fact.flags & COUNTED:
        return []
    cells = [("by_source", source), ("by_platform", platform), ("by_country", country), ("by_device", device)]
    return [(name, code) for name, code in cells if code]


def playing(facts: Iterable[Fact], clock: int) -> dict[int, set[int]]:
    """Return content -> listeners of the plays with a sign of life in the last 30 s and no end, at a clock."""
    ended = {f.identity for f in facts if f.countable and f.kind == 1 and f.flags & ENDED}
    last: dict[tuple[int, int, int], tuple[int, Fact]] = {}
    for fact in facts:
        if fact.countable and fact.kind in (2, 3) and fact.identity not in ended:
            beat = min(fact.at, fact.accepted)
            if fact.identity not in last or beat > last[fact.identity][0]:
                last[fact.identity] = beat, fact
    shown: dict[int, set[int]] = {}
    for beat, fact in last.values():
        if beat > clock - 30_000:
            shown.setdefault(fact.content, set()).add(fact.listener)
    return shown


def present(facts: Iterable[Fact]) -> set[tuple[int, int]]:
    """Return the (listener, minute since the epoch) pairs of the last hour that presence must hear of."""
    return {
        (fact.listener, fact.at // MINUTE)
        for fact in facts
        if fact.countable and fact.at // MINUTE >= fact.accepted // MINUTE - 60
    }
