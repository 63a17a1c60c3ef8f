"""The slow, obvious definition of what counts: loops over what was said, sharing no code with the product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

MINUTE, QUARTER, HOUR, DAY = 60_000, 900_000, 3_600_000, 86_400_000
PLAYS = ("play", "play_start", "heartbeat")
COUNTER = {
    "like": "likes", "unlike": "unlikes", "save": "saves", "unsave": "unsaves", "share": "shares",
    "download": "downloads", "comment": "comments", "follow": "follows",
}  # fmt: skip
"""Type -> its counter; plays and these count, nothing else that is said here does."""
WINDOWED = ("plays", "likes", "saves", "shares", "downloads", "comments")
BREAKDOWNS = ("by_source", "by_platform", "by_country", "by_device", "shares_by_platform")

Sums = dict[str, int]
"""Measure or `breakdown=value` -> count; zeros are left out."""


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

    @property
    def plays(self) -> bool:
        """Tell whether it is of a play."""
        return self.type in PLAYS

    @property
    def countable(self) -> bool:
        """Tell whether it counts at all."""
        return not self.bot and (self.plays or self.type in COUNTER)


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
    def bucket(self) -> int:
        """Return the start of its quarter hour."""
        return self.said.start // QUARTER * QUARTER

    @property
    def key(self) -> tuple[int, int, str]:
        """Return shard, bucket and content."""
        return self.shard, self.bucket, self.said.content


def standing(accepted: Iterable[Accepted]) -> dict[tuple[int, str, int, str], Accepted]:
    """Return the event that stands of each identity: of a play the longest, of equals the first accepted."""
    stands: dict[tuple[int, str, int, str], Accepted] = {}
    for event in accepted:
        held = stands.get(event.identity)
        if held is None or (event.said.plays and (event.said.seconds or 0) > (held.said.seconds or 0)):
            stands[event.identity] = event
    return stands


def turned_robots(accepted: Iterable[Accepted]) -> bool:
    """Tell whether a person's play went on as a robot's: what it counted is then taken back, as it must be."""
    people: set[tuple[int, str, int, str]] = set()
    for event in accepted:
        if not event.said.bot:
            people.add(event.identity)
        elif event.identity in people:
            return True
    return False


def counted(said: Said) -> Sums:
    """Return what one standing event counts."""
    if not said.countable:
        return {}
    sums = {"events": 1}
    if not said.plays:
        sums[COUNTER[said.type]] = 1
        if said.type == "share" and said.platform:
            sums[f"shares_by_platform={said.platform}"] = 1
        return sums
    given = said.seconds if said.type == "play" else said.seconds or 0
    ms = round((given or 0) * 1000)
    sums |= {"starts": 1, "time_ms": ms}
    needed = 20_000 if said.length is None else min(20, said.length) * 1000
    if given is not None and ms < needed:
        return sums
    permille = None if given is None or not said.length else min(1000, ms // said.length)
    sums |= {"plays": 1, "finished": int(permille is None or permille >= 900), "replays": int(said.replayed)}
    if given is not None:
        sums |= {"timed": 1, "played_ms": ms}
    if permille is not None:
        sums |= {"completed": 1, "completion_pm": permille}
    for name, value in (("by_platform", said.platform), ("by_source", said.source)):
        if value:
            sums[f"{name}={value}"] = 1
    return sums


def added(parts: Iterable[Sums]) -> Sums:
    """Return the sum of many sums."""
    total: defaultdict[str, int] = defaultdict(int)
    for part in parts:
        for name, number in part.items():
            total[name] += number
    return {name: number for name, number in total.items() if number}


def by_key(events: Iterable[Accepted]) -> dict[tuple[int, int, str], Sums]:
    """Return (shard, bucket, content) -> counts of standing events."""
    parts: defaultdict[tuple[int, int, str], list[Sums]] = defaultdict(list)
    for event in events:
        parts[event.key].append(counted(event.said))
    return {key: added(some) for key, some in parts.items()}


def last_hour(events: Iterable[Accepted], clock: int) -> tuple[Sums, Sums]:
    """Return the windowed measures of the last hour, and the plays of each minute in it, of standing events."""
    minute = clock // MINUTE * MINUTE
    inside = [e for e in events if minute - HOUR <= e.said.start < minute + MINUTE]
    hour = added(counted(event.said) for event in inside)
    minutes: defaultdict[str, int] = defaultdict(int)
    for event in inside:
        minutes[str(event.said.start // MINUTE * MINUTE)] += counted(event.said).get("plays", 0)
    return {name: hour.get(name, 0) for name in WINDOWED}, {at: n for at, n in minutes.items() if n}


def listeners(accepted: Iterable[Accepted], clock: int, minutes: int) -> set[str]:
    """Return who did anything in the running minute or so many whole minutes before it, by own timestamp."""
    minute = clock // MINUTE * MINUTE
    first = minute - minutes * MINUTE
    return {e.said.listener for e in accepted if e.said.countable and first <= e.said.at < minute + MINUTE}


def playing(accepted: Iterable[Accepted], clock: int) -> dict[str, int]:
    """Return content -> listeners of plays with a start or heartbeat in the last 30 s and no end since."""
    beats: dict[tuple[int, str, int, str], tuple[int, str]] = {}
    ended: set[tuple[int, str, int, str]] = set()
    for event in accepted:
        said = event.said
        if not (said.plays and said.countable):
            continue
        if said.type == "play":
            ended.add(event.identity)
            beats.pop(event.identity, None)
        elif event.identity not in ended:
            beat = min(said.at, event.ms)
            if beat > beats.get(event.identity, (0, ""))[0]:
                beats[event.identity] = (beat, said.listener)
    running = {(i[1], person) for i, (beat, person) in beats.items() if beat > clock - 30_000}
    contents = [content for content, _ in running]
    return {content: contents.count(content) for content in contents}
