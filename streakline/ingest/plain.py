"""Plain events: those of the common fields alone, decoded without room for the rare ones.

Most events of most senders are plain. A body with one that is not is decoded as `streakline.ingest.events` does it.
"""

from __future__ import annotations

from typing import Annotated, Final, NamedTuple

import msgspec

from streakline.ingest.events import MAX_EVENTS, Event, Id, Number, resolved


class Plain(msgspec.Struct, gc=False, kw_only=True, forbid_unknown_fields=True):
    """An event as in `Event`, with a content and with times in epoch ms."""

    id: Id
    type: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    timestamp: int
    contentId: Id  # noqa: N815 - the wire's own spelling, here and below
    contentType: str | None = None  # noqa: N815
    creatorId: Id | None = None  # noqa: N815
    userId: Id | None = None  # noqa: N815
    anonymousId: Id | None = None  # noqa: N815
    sessionId: Id | None = None  # noqa: N815
    source: str | None = None
    platform: str | None = None
    action: str | None = None
    playId: Id | None = None  # noqa: N815
    startedAt: int | None = None  # noqa: N815
    duration: Number | None = None
    contentDuration: Number | None = None  # noqa: N815


class _Envelope(msgspec.Struct, forbid_unknown_fields=True):
    events: list[Plain]
    sentAt: str | Number | None = None  # noqa: N815


class PlainBatch(NamedTuple):
    """What a request of plain events holds."""

    events: list[Plain]
    sent_at: str | Number | None


_DECODER: Final = msgspec.json.Decoder(list[Plain] | _Envelope)
_FIELDS: Final = Plain.__struct_fields__


def decode_plain(body: bytes) -> PlainBatch | None:
    """Return a request's events if all are plain and there are not too many; else None: `decode_batch` tells more."""
    try:
        whole = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    events, sent_at = (whole, None) if isinstance(whole, list) else (whole.events, whole.sentAt)
    return PlainBatch(events, sent_at) if len(events) <= MAX_EVENTS else None


def whole(plain: Plain) -> Event:
    """Return a plain event with all fields."""
    return resolved(Event(**{name: getattr(plain, name) for name in _FIELDS}))
