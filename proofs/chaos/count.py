"""An independent count of a sender's log, in plain Python from the definitions in the documents.

It shares no code with the product on purpose: two ways of counting that agree are the proof.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from proofs.chaos.audience import ROBOT, USER_AGENTS

Event = Mapping[str, Any]

QUARTER_MS: Final = 900_000
DAY_MS: Final = 86_400_000
MINUTE_MS: Final = 60_000
PLAYS: Final = frozenset({"play", "play_start", "heartbeat"})
KINDS: Final = {
    "like": "likes", "unlike": "unlikes", "save": "saves", "unsave": "unsaves", "share": "shares",
    "download": "downloads", "comment": "comments", "follow": "follows", "rate": "rates", "create": "creates",
    "export": "exports", "reaction": "reactions", "upgrade": "upgrades",
}  # fmt: skip
MEASURES: Final = (
    "events", "starts", "plays", "finished", "replays", "time_ms", "timed", "played_ms", "completed",
    "completion_pm", *KINDS.values(),
)  # fmt: skip
BREAKDOWNS: Final = ("by_source", "by_platform", "by_country", "by_device", "shares_by_platform")
WINDOWED: Final = ("plays", "likes", "saves", "shares", "downloads", "comments")


class Identity(NamedTuple):
    """What counts once, for ever."""

    content: str
    at: int
    """ms; of a play its start."""
    id: str


class Fact(NamedTuple):
    """An identity as it stands: of a play its longest duration."""

    kind: str
    duration: int
    """ms; 0 for what is no play, or says none."""
    timed: bool
    bot: bool
    event: Event


class Counts:
    """The counts of a quarter hour, a day or everything."""

    def __init__(self) -> None:
        """Count nothing yet."""
        self.measures: Counter[str] = Counter()
        self.breakdowns: dict[str, Counter[str]] = {name: Counter() for name in BREAKDOWNS}
        self.sessions: set[str] = set()
        """Sessions with a counted play."""

    def add(self, measures: Mapping[str, int], cells: Mapping[str, str], session: str) -> None:
        """Add one identity."""
        self.measures.update(measures)
        for name, value in cells.items():
            if value:
                self.breakdowns[name][value] += 1
        if measures.get("plays") and session:
            self.sessions.add(session)


class Count:
    """Everything that a log of acknowledged events should have become."""

    def __init__(self, log: Iterable[Event]) -> None:
        """Fold and count a log, in any order and with any repeats."""
        self.facts: dict[Identity, Fact] = {}
        self.quarters: dict[tuple[int, str], Counts] = defaultdict(Counts)
        self.days: dict[tuple[int, str], Counts] = defaultdict(Counts)
        self.total = Counts()
        self.minutes: dict[int, Counter[str]] = defaultdict(Counter)
        """Start of a minute -> `WINDOWED`, by start of a play and time of the others."""
        self.present: dict[int, set[str]] = defaultdict(set)
        """Start of a minute -> listeners with an event whose own time lies in it."""
        for event in log:
            self._fold(event)
        for identity, fact in self.facts.items():
            if not fact.bot:
                self._count(identity, fact)

    def _fold(self, event: Event) -> None:
        identity, fact = folded(event)
        standing = self.facts.get(identity)
        if standing is None or fact.duration > standing.duration:
            self.facts[identity] = fact
        if not fact.bot:
            at = milliseconds(event["timestamp"])
            self.present[at - at % MINUTE_MS].add(listener(event))

    def _count(self, identity: Identity, fact: Fact) -> None:
        measures = measures_of(fact)
        cells = cells_of(fact, counted=bool(measures.get("plays")))
        session = fact.event.get("sessionId", "")
        for table, width in ((self.quarters, QUARTER_MS), (self.days, DAY_MS)):
            table[identity.at - identity.at % width, identity.content].add(measures, cells, session)
        self.total.add(measures, cells, session)
        row = self.minutes[identity.at - identity.at % MINUTE_MS]
        row.update({name: measures[name] for name in WINDOWED if name in measures})

    def overview(self, minute: int) -> dict[str, int]:
        """Return the live numbers of a running minute (its start in ms), by their path in `overview`."""
        first = minute - 60 * MINUTE_MS
        window: Counter[str] = Counter()
        for at, row in self.minutes.items():
            if first <= at <= minute:
                window.update(row)
        return {
            "activeUsers": self._listeners(minute - 5 * MINUTE_MS, minute),
            "listenersLastHour": self._listeners(first, minute),
            **{f"lastHour.{name}": window[name] for name in WINDOWED},
            **{f"totals.{name}": self.total.measures[name] for name in MEASURES},
            "totals.skips": self.total.measures["starts"] - self.total.measures["plays"],
        }

    def plays_by_minute(self, minute: int) -> dict[int, int]:
        """Return the counted plays of the running minute and the 60 before it, without zeros."""
        first = minute - 60 * MINUTE_MS
        rows = {at: row["plays"] for at, row in self.minutes.items() if first <= at <= minute}
        return {at: plays for at, plays in rows.items() if plays}

    def _listeners(self, first: int, last: int) -> int:
        return len({who for at, some in self.present.items() if first <= at <= last for who in some})


def folded(event: Event) -> tuple[Identity, Fact]:
    """Return what an event is of, and what it says of it."""
    kind = event.get("action") or event["type"]
    start = milliseconds(event["timestamp"])
    duration, timed, name = 0, False, event["id"]
    if kind in PLAYS:
        start = milliseconds(event.get("startedAt", event["timestamp"]))
        name = event.get("playId", event["id"])
        timed = "duration" in event or kind != "play"
        duration = round(event.get("duration", 0) * 1000)
    return Identity(event.get("contentId", ""), start, name), Fact(
        kind, duration, timed, is_bot(event), event
    )


def measures_of(fact: Fact) -> dict[str, int]:
    """Return what one identity adds to each measure."""
    if fact.kind not in PLAYS:
        return {"events": 1, KINDS[fact.kind]: 1}
    found = {"events": 1, "starts": 1, "time_ms": fact.duration}
    length = round(fact.event.get("contentDuration", 0) * 1000)
    needed = min(20_000, length) if length else 20_000
    if fact.timed and fact.duration < needed:
        return found
    found |= {"plays": 1, "replays": int(bool(fact.event.get("replayed")))}
    if fact.timed:
        found |= {"timed": 1, "played_ms": fact.duration}
    if fact.timed and length:
        completion = min(1000, fact.duration * 1000 // length)
        found |= {"completed": 1, "completion_pm": completion, "finished": int(completion >= 900)}
    else:
        found["finished"] = 1
    return found


def cells_of(fact: Fact, *, counted: bool) -> dict[str, str]:
    """Return the breakdowns that one identity adds one to, and the value of each ("": none)."""
    event = fact.event
    if fact.kind == "share":
        return {"shares_by_platform": event.get("platform") or ""}
    if not counted:
        return {}
    return {
        "by_source": event.get("source") or "",
        "by_platform": event.get("platform") or "",
        "by_country": event.get("country") or "",
        "by_device": dict(USER_AGENTS).get(event.get("userAgent", ""), ""),
    }


def is_bot(event: Event) -> bool:
    """Tell whether a robot sent it: it says so, or its user agent does."""
    return bool(event.get("bot")) or event.get("userAgent") == ROBOT


def listener(event: Event) -> str:
    """Return who listened: the user, else the anonymous id, else the session."""
    return str(event.get("userId") or event.get("anonymousId") or event.get("sessionId"))


def milliseconds(told: str | float) -> int:
    """Return a time of the wire in ms since 1970."""
    if not isinstance(told, str):
        return int(told)
    moment = datetime.fromisoformat(told)
    delta = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000
