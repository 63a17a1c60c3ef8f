"""The most that may be shown, what all events sent so far count together, acknowledged or not; and the least.

An event whose acknowledgement was lost is sent again until one comes, so whatever is shown of it is right in the
end. What is shown beyond that comes from nowhere, or from counting something twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bench.chaos.count import Event, Fact, Identity, folded, measures_of


class Bound:
    """Grows with every event that is sent."""

    def __init__(self) -> None:
        """Nothing was sent yet."""
        self.measures: Counter[str] = Counter()
        """Measure -> the most that its lifetime count may be."""
        self._facts: dict[Identity, Fact] = {}

    def add(self, events: Iterable[Event]) -> None:
        """Add events that are about to be sent; repeats change nothing."""
        for event in events:
            identity, fact = folded(event)
            standing = self._facts.get(identity)
            if fact.bot or (standing is not None and standing.duration >= fact.duration):
                continue
            self._facts[identity] = fact
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
        self._facts: dict[Identity, Fact] = {}

    def add(self, events: Iterable[Event]) -> None:
        """Add events that were acknowledged; repeats change nothing."""
        for event in events:
            identity, fact = folded(event)
            standing = self._facts.get(identity)
            if fact.bot or (standing is not None and standing.duration >= fact.duration):
                continue
            self._facts[identity] = fact
            if standing is not None:
                self.measures.subtract(measures_of(standing))
            self.measures.update(measures_of(fact))
