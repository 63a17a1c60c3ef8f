"""Events as the senders of a story mean them, and where they stand in their streams."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from proofs.counting import plain
from proofs.counting.plain import PLAYS, Event, Identity, Sums, judged


class Said(NamedTuple):
    """An event as its sender meant it. Times in ms, durations in s."""

    type: str
    content: str
    id: str
    at: int
    start: int
    listener: str
    seconds: float | None = None
    length: int | None = None
    platform: str = ""
    source: str = ""
    replayed: bool = False
    bot: bool = False
    named: bool = True
    """Whether `listener` is a `userId`, else it is an `anonymousId`."""
    zone: int | None = None
    """Quarter hours east of Greenwich, None if no zone was sent."""

    @property
    def person_day(self) -> tuple[str, int | None] | None:
        """Return the person it is of and that person's local day, None where no zone was sent; None for nobody."""
        if self.bot or not self.named:
            return None
        return self.listener, None if self.zone is None else (
            self.start + self.zone * plain.QUARTER
        ) // plain.DAY

    @property
    def personal(self) -> bool:
        """Tell whether it is of the person's streak, and counts nothing."""
        return self.type == "freeze"

    @property
    def plays(self) -> bool:
        """Tell whether it is of a play."""
        return self.type in PLAYS

    def event(self, accepted: int = 0) -> Event:
        """Return it in plain terms."""
        identity = Identity(self.content, self.start, self.id)
        dimensions = self.source, self.platform, "", ""
        if not self.plays:
            return Event(self.type, identity, self.at, self.listener, bot=self.bot, dimensions=dimensions)
        timed = self.type != "play" or self.seconds is not None
        duration = round((self.seconds or 0) * 1000)
        verdict = judged(duration, (self.length or 0) * 1000, timed=timed)
        return Event(
            self.type, identity, self.at, self.listener, duration, timed, verdict, self.replayed, self.bot,
            ended=self.type == "play", dimensions=dimensions, accepted=accepted,
        )  # fmt: skip


class Accepted(NamedTuple):
    """What was said, and where it stands in its stream."""

    said: Said
    shard: int
    position: int
    ms: int

    @property
    def identity(self) -> tuple[int, str, int, str]:
        """Return what makes the event itself."""
        return self.shard, self.said.content, self.said.start, self.said.id

    @property
    def duration(self) -> int:
        """Return its duration in ms, 0 for what is no play."""
        return round((self.said.seconds or 0) * 1000) if self.said.plays else 0

    @property
    def event(self) -> Event:
        """Return it in plain terms."""
        return self.said.event(self.ms)

    @property
    def bucket(self) -> int:
        """Return the start of its quarter hour."""
        return self.said.start // plain.QUARTER * plain.QUARTER

    @property
    def key(self) -> tuple[int, int, str]:
        """Return shard, bucket and content."""
        return self.shard, self.bucket, self.said.content


def turned_robots(accepted: Iterable[Accepted]) -> bool:
    """Tell whether a person's play went on as a robot's: what it counted is then taken back, as it must be."""
    people: set[tuple[int, str, int, str]] = set()
    for event in accepted:
        if not event.said.bot:
            people.add(event.identity)
        elif event.identity in people:
            return True
    return False


def by_key(accepted: Iterable[Accepted]) -> dict[tuple[int, int, str], Sums]:
    """Return (shard, bucket, content) -> counts of what stands of some events."""
    parts: defaultdict[tuple[int, int, str], list[Sums]] = defaultdict(list)
    for event in plain.standing(accepted).values():
        parts[event.key].append(plain.sums(event.event))
    return {key: plain.added(some) for key, some in parts.items()}
