"""The states on `sl:updates`: what each part says of its shard, as msgpack, always absolute (ADR 4)."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from streakline.live_windows import WINDOWED
from streakline.measures import MEASURES
from streakline.times import MINUTE_MS

Count = Annotated[int, msgspec.Meta(ge=-(1 << 53), le=1 << 53)]
"""A number that JSON and JavaScript keep exactly, also where all shards' are added."""
Moment = Annotated[int, msgspec.Meta(ge=0, lt=10**13)]
"""ms."""
Windows = Annotated[list[Count], msgspec.Meta(min_length=len(WINDOWED), max_length=len(WINDOWED))]
Totals = Annotated[list[Count], msgspec.Meta(min_length=len(MEASURES), max_length=len(MEASURES))]


class Single(msgspec.Struct, gc=False):
    """What the content flow says of a content that somebody watches."""

    minutes: dict[Moment, Windows] = {}
    open: dict[Moment, Totals] = {}
    listeners: Count = 0


class Creator(msgspec.Struct, gc=False):
    """What the content flow says of the contents of a creator whom somebody watches, those of its shard."""

    minutes: dict[Moment, Windows] = {}
    playing: list[tuple[str, Count]] = []
    """(content, listeners), most first, at most `TOP`."""
    runningPlays: Count = 0  # noqa: N815 - the wire's own spelling
    top: list[tuple[str, Count]] = []
    """(content, plays of the last hour), most first, at most `TOP`."""


class Content(msgspec.Struct, gc=False):
    """The state of one shard of contents, as the content flow publishes it."""

    minutes: dict[Moment, Windows] = {}
    """Start of a minute in ms -> `WINDOWED` counts; all minutes of open buckets that are not zero."""
    playing: list[tuple[str, Count]] = []
    """(content, listeners), most first, at most `TOP`."""
    runningPlays: Count = 0  # noqa: N815 - the wire's own spelling
    top: list[tuple[str, Count]] = []
    """(content, plays of the last hour), most first, at most `TOP`."""
    open: dict[Moment, Totals] = {}
    """Start of an open bucket in ms -> its `MEASURES` over all contents of the shard."""
    since: Moment = 0
    """Live windows are complete since this moment in ms; 0: always."""
    content: dict[str, dict[str, Any]] = {}
    """Contents that somebody watches."""
    creators: dict[str, Creator] = {}
    """Creators whom somebody watches."""
    titles: dict[str, str] = {}


class Viewers(msgspec.Struct, gc=False):
    """The state of one part of the persons, as viewers publishes it."""

    minute: Moment = 0
    """The minute (start in ms) that these numbers are of."""
    active: Count = 0
    hour: Count = 0
    since: Moment = 0
    minutes: dict[Moment, Count] = {}
    """Start of a minute in ms -> persons who were here then and not later; the minutes of the window."""

    def distinct(self, minute: int, window: int, reported: int) -> int:
        """Return the different persons in a minute and so many whole minutes before it.

        `reported` is the part's own number, of its own minute: in later ones nobody has come, and some have left.
        """
        if minute <= self.minute or not self.minutes:
            return reported
        return sum(number for at, number in self.minutes.items() if at >= minute - window * MINUTE_MS)


class Base(msgspec.Struct, gc=False):
    """The lifetime counts of one shard, as archive publishes them."""

    upto: Count = 0
    base: list[Count] = []
