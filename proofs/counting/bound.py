"""The most that may be shown, what all events sent so far count together, acknowledged or not; and the least.

An event whose acknowledgement was lost is sent again until one comes, so whatever is shown of it is right in the
end. What is shown beyond that comes from nowhere, or from counting something twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from proofs.counting.plain import Event, Identity, measures
from proofs.counting.wire import Sent, event_of


class Standing:
    """The report of each identity that stands, of all that were told."""

    def __init__(self) -> None:
        """Nothing was told yet."""
        self._facts: dict[Identity, Event] = {}

    def replaced(self, events: Iterable[Sent]) -> Iterator[tuple[Event | None, Event]]:
        """Take events; yield what stood before and stands now wherever that changes. Repeats change nothing."""
        for sent in events:
            fact = event_of(sent)
            standing = self._facts.get(fact.identity)
            if fact.bot or (standing is not None and standing.duration >= fact.duration):
                continue
            self._facts[fact.identity] = fact
            yield standing, fact


class Bound:
    """The most that may be shown; grows with every event that is sent."""

    def __init__(self) -> None:
        """Nothing was sent yet."""
        self.measures: Counter[str] = Counter()
        """Measure -> the most that its lifetime count may be."""
        self._standing = Standing()

    def add(self, events: Iterable[Sent]) -> None:
        """Add events that are about to be sent."""
        for standing, fact in self._standing.replaced(events):
            before = measures(standing) if standing is not None else {}
            for name, value in measures(fact).items():
                # A report without a duration counts, and one with a short one may not: keep the greater.
                self.measures[name] += max(0, value - before.get(name, 0))


class Floor:
    """The least that must be shown: what all events that were acknowledged so far count together."""

    def __init__(self) -> None:
        """Nothing was acknowledged yet."""
        self.measures: Counter[str] = Counter()
        """Measure -> the least that its lifetime count may be."""
        self._standing = Standing()

    def add(self, events: Iterable[Sent]) -> None:
        """Add events that were acknowledged."""
        for standing, fact in self._standing.replaced(events):
            if standing is not None:
                self.measures.subtract(measures(standing))
            self.measures.update(measures(fact))
