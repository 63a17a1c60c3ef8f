"""One event stamped by itself: ingest stamps whole requests."""

from __future__ import annotations

from typing import NamedTuple

from streakline.ingest.events import Event
from streakline.ingest.stamping import Refused, Sender, Senders, Sheaves, Stamper
from streakline.streams.entries import Cold


class Stamped(NamedTuple):
    """An event ready for the stream."""

    shard: int
    record: bytes
    cold: Cold


def stamp(stamper: Stamper, event: Event, sender: Sender, accepted_ms: int) -> Stamped:
    """Return an event stamped for its shard.

    Raises:
        Refused: if the event breaks a rule.
    """
    sheaves = _sheaves(stamper, event, sender, accepted_ms)
    for refused in sheaves.rejected:
        raise Refused(refused.error)
    [shard] = [shard for shard, hot in enumerate(sheaves.hot) if hot]
    # The row's values stand in the order of the fields: it is what `Cold` looks like in an entry.
    return Stamped(shard, sheaves.hot[shard][0], Cold(*sheaves.cold[shard][0]))  # type: ignore[arg-type]


def missing(stamper: Stamper, event: Event, sender: Sender, accepted_ms: int) -> list[tuple[str, str]]:
    """Return the (dimension, value) pairs of an event that need a code before it is stamped."""
    return _sheaves(stamper, event, sender, accepted_ms).missing


def _sheaves(stamper: Stamper, event: Event, sender: Sender, accepted_ms: int) -> Sheaves:
    senders = Senders(sender, lambda text: sender._replace(user_agent=text or sender.user_agent))
    return stamper.stamp_all([(0, event)], senders, accepted_ms)
