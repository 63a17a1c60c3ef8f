"""Requests: events cut into lists that the server takes, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

MAX_EVENTS = 1_000
"""Events a request."""
MAX_BYTES = 1_000_000
"""Bytes of a request's body; the envelope around the events is below 100."""
_ENVELOPE = 100

Event = Mapping[str, Any]


class Batch(NamedTuple):
    """Events of one request."""

    offset: int
    """Place of its first event in the posted list."""
    number: int
    """How many events."""
    payload: bytes
    """The events as JSON, with commas between, without the brackets."""

    def body(self, sent_at: int) -> bytes:
        """Return the request's body; `sent_at` is the sender's clock in ms."""
        return b'{"sentAt":%d,"events":[%b]}' % (sent_at, self.payload)


def batches(events: Iterable[Event], most: int = MAX_EVENTS) -> Iterator[Batch]:
    """Cut events into requests of at most `most` events and `MAX_BYTES` bytes, in order.

    Raises:
        ValueError: for an event that is no JSON or does not fit into a request, naming it.
    """
    parts: list[bytes] = []
    size = offset = 0
    for index, event in enumerate(events):
        try:
            part = encoded(event)
        except ValueError as error:
            msg = f"event {index} {error}"
            raise ValueError(msg) from error
        if parts and (len(parts) >= most or size + len(part) + 1 > MAX_BYTES - _ENVELOPE):
            yield Batch(offset, len(parts), b",".join(parts))
            offset, parts, size = index, [], 0
        parts.append(part)
        size += len(part) + 1
    if parts:
        yield Batch(offset, len(parts), b",".join(parts))


def encoded(event: Event) -> bytes:
    """Return an event as JSON.

    Raises:
        ValueError: if it is no JSON or does not fit into a request, naming its id.
    """
    about = f"(id {str(event.get('id'))[:80]!r})"
    try:
        text = json.dumps(event, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        part = text.encode()
    except (TypeError, ValueError) as error:
        msg = f"{about} cannot be written as JSON: {error}"
        raise ValueError(msg) from error
    if len(part) > MAX_BYTES - _ENVELOPE:
        msg = f"{about} takes {len(part)} bytes; a request takes {MAX_BYTES}"
        raise ValueError(msg)
    return part
