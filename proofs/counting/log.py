"""What a sender's log must have become, by quarter hour, day and live number."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from proofs.counting import plain
from proofs.counting.plain import BREAKDOWNS, DAY, MEASURES, QUARTER, Event, Identity
from proofs.counting.wire import Sent, event_of


class Counts:
    """The counts of a quarter hour, a day or everything."""

    def __init__(self) -> None:
        """Count nothing yet."""
        self.measures: Counter[str] = Counter()
        self.breakdowns: dict[str, Counter[str]] = {name: Counter() for name in BREAKDOWNS}
        self.sessions: set[str] = set()
        """Sessions with a counted play."""

    def add(self, measures: Mapping[str, int], cells: Mapping[str, Any], session: str) -> None:
        """Add one identity."""
        self.measures.update(measures)
        for name, value in cells.items():
            self.breakdowns[name][value] += 1
        if measures.get("plays") and session:
            self.sessions.add(session)


class Count:
    """Everything that a log of acknowledged events should have become."""

    def __init__(self, log: Iterable[Sent]) -> None:
        """Fold and count a log, in any order and with any repeats."""
        self._events = [event_of(sent) for sent in log]
        self.facts: dict[Identity, Event] = plain.standing(self._events)  # type: ignore[assignment]
        self.quarters: dict[tuple[int, str], Counts] = defaultdict(Counts)
        self.days: dict[tuple[int, str], Counts] = defaultdict(Counts)
        self.total = Counts()
        for identity, event in self.facts.items():
            if event.countable:
                row = plain.measures(event), plain.cells(event), event.session
                for table, width in ((self.quarters, QUARTER), (self.days, DAY)):
                    table[identity.at - identity.at % width, identity.content].add(*row)
                self.total.add(*row)

    def overview(self, minute: int) -> dict[str, int]:
        """Return the live numbers of a running minute (its start in ms), by their path in `overview`."""
        window, _ = plain.last_hour(self.facts.values(), minute)
        return {
            "activeUsers": len(plain.listeners(self._events, minute, 5)),
            "listenersLastHour": len(plain.listeners(self._events, minute, 60)),
            **{f"lastHour.{name}": number for name, number in window.items()},
            **{f"totals.{name}": self.total.measures[name] for name in MEASURES},
            "totals.skips": self.total.measures["starts"] - self.total.measures["plays"],
        }

    def plays_by_minute(self, minute: int) -> dict[int, int]:
        """Return the counted plays of the running minute and the 60 before it, without zeros."""
        return plain.last_hour(self.facts.values(), minute)[1]
