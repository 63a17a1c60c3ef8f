"""The most that may be shown, what all events sent so far count together, acknowledged or not; and the least.

An event whose acknowledgement was lost is sent again until one comes, so whatever is shown of it is right in the
end. What is shown beyond that comes from nowhere, or from counting something twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from proofs.counting.plain import Event, Identity, measures
from proofs.counting.wire import Sent, event_of


class Bound:
    """The counts of the events of which each identity's longest stands; grows with every event. Repeats change nothing.

    With `most` it is the greatest that may be shown: a report without a duration counts, and one with a short one may
    not, so of the two the greater is kept.
    """

    def __init__(self, *, most: bool = True) -> None:
        """Begin with no event."""
        self.measures: Counter[str] = Counter()
        """Measure -> the most, or the least, that its lifetime count may be."""
        self._most = most
        self._facts: dict[Identity, Event] = {}

    def add(self, events: Iterable[Sent]) -> None:
        """Add events: for the most those about to be sent, for the least those acknowledged."""
        for sent in events:
            fact = event_of(sent)
            standing = self._facts.get(fact.identity)
            if fact.bot or (standing is not None and standing.duration >= fact.duration):
                continue
            self._facts[fact.identity] = fact
            before, now = Counter(measures(standing) if standing is not None else {}), measures(fact)
            if not self._most:
                self.measures.subtract(before)
                before.clear()
            for name, value in now.items():
                self.measures[name] += max(0, value - before[name])
