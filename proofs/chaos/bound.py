"""The most that may be shown, what all events sent so far count together, acknowledged or not; and the least.

An event whose acknowledgement was lost is sent again until one comes, so whatever is shown of it is right in the
end. What is shown beyond that comes from nowhere, or from counting something twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from proofs.chaos.count import Event, Fact, Identity, folded, measures_of


class Standing:
    """The report of each identity that stands, of all that were told."""

    def __init__(self) -> None:
        """Nothing was told yet."""
        self._facts: dict[Identity, Fact] = {}

    def replaced(self, events: Iterable[Event]) -> Iterator[tuple[Fact | None, Fact]]:
        """Take events; yield what stood before and stands now wherever that changes. Repeats change nothing."""
        for event in events:
            identity, fact = folded(event)
            standing = self._facts.get(identity)
            if fact.bot or (standing is not None and standing.duration >= fact.duration):
                continue
            self._facts[identity] = fact
            yield standing, fact


class Bound:
    """The most that may be shown; grows with every event that is sent."""

    def __init__(self) -> None:
        """Nothing was sent yet."""
        self.measures: Counter[str] = Counter()
        """Measure -> the most that its lifetime count may be."""
        self._standing = Standing()

    def add(self, events: Iterable[Event]) -> None:
        """Add events that are about to be sent."""
        for standing, fact in self._standing.replaced(events):
            before = measures_of(standing) if standing is not None else {}
            for name, value in measures_of(fact).items():
                # A report without a duration counts, and one with a short one may not: keep the greater.
                self.measures[name] += max(0, value - before.get(name, 0))


class Floor:
    """The least that must be shown: what all events that were acknowledged so far count together."""

    def __init__(self) -> None:
        """Nothing was acknowledged yet."""
        self.measures: Counter[str] = Counter()
        """Measure -> the least that its lifetime count may be."""
        self._standing = Standing()

    def add(self, events: Iterable[Event]) -> None:
        """Add events that were acknowledged."""
        for standing, fact in self._standing.replaced(events):
            if standing is not None:
                self.measures.subtract(measures_of(standing))
            self.measures.update(measures_of(fact))
