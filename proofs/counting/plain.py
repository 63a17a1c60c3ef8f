"""The slow, obvious definition of what counts: loops over plain events, sharing no code with the product.

Who has events in another form (on the wire, as records, as rows of history) turns them into `Event`s.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final, NamedTuple, Protocol, TypeVar

MINUTE, QUARTER, HOUR, DAY = 60_000, 900_000, 3_600_000, 86_400_000
PLAYS: Final = frozenset({"play", "play_start", "heartbeat"})
COUNTERS: Final = {
    "like": "likes", "unlike": "unlikes", "save": "saves", "unsave": "unsaves", "share": "shares",
    "download": "downloads", "comment": "comments", "follow": "follows", "rate": "rates", "create": "creates",
    "export": "exports", "reaction": "reactions", "upgrade": "upgrades", "unfollow": "unfollows",
}  # fmt: skip
"""Kind -> its counter; plays and these count, nothing else does."""
MEASURES: Final = (
    "events", "starts", "plays", "finished", "replays", "time_ms", "timed", "played_ms", "completed",
    "completion_pm", *COUNTERS.values(),
)  # fmt: skip
WINDOWED: Final = ("plays", "likes", "saves", "shares", "downloads", "comments")
BREAKDOWNS: Final = ("by_source", "by_platform", "by_country", "by_device", "shares_by_platform")
ALIVE_MS: Final = 30_000
"""How long a play runs after its last sign of life."""

Sums = dict[str, int]
"""Measure or `breakdown=value` -> count; zeros are left out."""


class Identity(NamedTuple):
    """What counts once, for ever."""

    content: Any
    at: int
    """ms; of a play its start."""
    id: Any


class Verdict(NamedTuple):
    """Whether a play counts, and how whole it was."""

    counted: bool
    finished: bool
    completion: int | None
    """Per mille; None if the length is not known."""


class Event(NamedTuple):
    """An event as a person would write it down. Times and durations in ms."""

    kind: str
    identity: Identity
    at: int
    """Its own time: of a heartbeat the moment, not the play's start."""
    listener: Any = ""
    duration: int = 0
    """0 for what is no play, or says none."""
    timed: bool = False
    verdict: Verdict = Verdict(counted=False, finished=False, completion=None)
    replayed: bool = False
    bot: bool = False
    ended: bool = False
    dimensions: tuple[Any, Any, Any, Any] = ("", "", "", "")
    """Source, platform, country, device; what is false is not counted."""
    accepted: int = 0
    session: str = ""

    @property
    def plays(self) -> bool:
        """Tell whether it is of a play."""
        return self.kind in PLAYS

    @property
    def countable(self) -> bool:
        """Tell whether it says something of a content, and no robot said it."""
        return not self.bot and (self.plays or self.kind in COUNTERS)

    @property
    def bucket(self) -> int:
        """Return the start of its quarter hour."""
        return self.identity.at // QUARTER * QUARTER


def judged(duration: int, length: int, *, timed: bool) -> Verdict:
    """Return the verdict on a play of a duration and a length in ms (0: not known)."""
    needed = min(20_000, length) if length else 20_000
    completion = min(1000, duration * 1000 // length) if timed and length else None
    return Verdict(not timed or duration >= needed, completion is None or completion >= 900, completion)


class _Identified(Protocol):
    @property
    def identity(self) -> tuple[Any, ...]: ...
    @property
    def duration(self) -> int: ...


E = TypeVar("E", bound=_Identified)


def standing(events: Iterable[E]) -> dict[tuple[Any, ...], E]:
    """Return the event that stands of each identity: of a play the longest, of equals the first accepted."""
    stands: dict[tuple[Any, ...], E] = {}
    for event in events:
        held = stands.get(event.identity)
        if held is None or event.duration > held.duration:
            stands[event.identity] = event
    return stands


def measures(event: Event) -> dict[str, int]:
    """Return what one standing event adds to each measure."""
    if not event.countable:
        return {}
    if not event.plays:
        return {"events": 1, COUNTERS[event.kind]: 1}
    row = {"events": 1, "starts": 1, "time_ms": event.duration}
    counted, finished, completion = event.verdict
    if counted:
        row |= {"plays": 1, "finished": int(finished), "replays": int(event.replayed)}
        if event.timed:
            row |= {"timed": 1, "played_ms": event.duration}
        if completion is not None:
            row |= {"completed": 1, "completion_pm": completion}
    return row


def cells(event: Event) -> dict[str, Any]:
    """Return breakdown -> value of the cells in which one standing event counts."""
    if not event.countable:
        return {}
    if event.kind == "share":
        found = {"shares_by_platform": event.dimensions[1]}
    elif event.plays and event.verdict.counted:
        found = dict(zip(BREAKDOWNS, event.dimensions, strict=False))
    else:
        found = {}
    return {name: value for name, value in found.items() if value}


def sums(event: Event) -> Sums:
    """Return measures and cells of one standing event."""
    return {**measures(event), **{f"{name}={value}": 1 for name, value in cells(event).items()}}


def added(parts: Iterable[Sums]) -> Sums:
    """Return the sum of many sums."""
    total: defaultdict[str, int] = defaultdict(int)
    for part in parts:
        for name, number in part.items():
            total[name] += number
    return {name: number for name, number in total.items() if number}


def last_hour(stands: Iterable[Event], clock: int) -> tuple[Sums, dict[int, int]]:
    """Return the windowed measures of the running minute and the 60 before it, and the plays of each minute."""
    minute = clock // MINUTE * MINUTE
    inside = [event for event in stands if minute - HOUR <= event.identity.at < minute + MINUTE]
    hour = added(map(measures, inside))
    minutes: defaultdict[int, int] = defaultdict(int)
    for event in inside:
        minutes[event.identity.at // MINUTE * MINUTE] += measures(event).get("plays", 0)
    return {name: hour.get(name, 0) for name in WINDOWED}, {at: n for at, n in minutes.items() if n}


def listeners(events: Iterable[Event], clock: int, minutes: int) -> set[Any]:
    """Return who did anything in the running minute or so many whole minutes before it, by own timestamp."""
    minute = clock // MINUTE * MINUTE
    first = minute - minutes * MINUTE
    return {event.listener for event in events if event.countable and first <= event.at < minute + MINUTE}


def playing(events: Iterable[Event], clock: int) -> dict[Any, set[Any]]:
    """Return content -> listeners of plays with a start or heartbeat in the last 30 s and no end."""
    beats: dict[Identity, tuple[int, Any]] = {}
    ended: set[Identity] = set()
    for event in events:
        if not (event.plays and event.countable):
            continue
        if event.ended:
            ended.add(event.identity)
        beat = min(event.at, event.accepted)
        if event.kind != "play" and beat > beats.get(event.identity, (0, ""))[0]:
            beats[event.identity] = (beat, event.listener)
    shown: dict[Any, set[Any]] = {}
    for identity, (beat, listener) in beats.items():
        if identity not in ended and beat > clock - ALIVE_MS:
            shown.setdefault(identity.content, set()).add(listener)
    return shown
