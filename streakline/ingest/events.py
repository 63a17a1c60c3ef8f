"""Events as they come over the wire: JSON, camelCase, decoded once by a typed struct.

A request is a list of events or `{"sentAt", "events"}`. A bad event never spoils its batch: when the whole does
not decode, each is tried by itself and the bad ones are named.
"""

from __future__ import annotations

import re
from typing import Annotated, Final, NamedTuple

import msgspec

from streakline.ingest.pieces import Broken, Pieces, id_in, split, why_no_json

MAX_EVENTS: Final = 1_000
MAX_BYTES: Final = 1_000_000

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Number = int | float
Scalar = str | int | float | bool | None


class Event(msgspec.Struct, gc=False, kw_only=True):
    """One event as sent. Times are ISO 8601 or epoch ms, durations seconds, rates per cent."""

    id: Id
    type: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    timestamp: str | Number
    contentId: Id | None = None  # noqa: N815 - the wire's own spelling, here and below
    contentType: str | None = None  # noqa: N815
    parentId: Id | None = None  # noqa: N815
    creatorId: Id | None = None  # noqa: N815
    userId: Id | None = None  # noqa: N815
    anonymousId: Id | None = None  # noqa: N815
    sessionId: Id | None = None  # noqa: N815
    tz: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    source: str | None = None
    platform: str | None = None
    playlistId: Id | None = None  # noqa: N815
    userAgent: str | None = None  # noqa: N815
    referrer: str | None = None
    properties: dict[str, Scalar] | None = None
    action: str | None = None
    playId: Id | None = None  # noqa: N815
    startedAt: str | Number | None = None  # noqa: N815
    duration: Number | None = None
    contentDuration: Number | None = None  # noqa: N815
    completionRate: Number | None = None  # noqa: N815
    position: Number | None = None
    skipped: bool | None = None
    replayed: bool | None = None
    autoplay: bool | None = None
    genre: str | None = None
    title: str | None = None
    createdAt: str | Number | None = None  # noqa: N815
    rating: Number | None = None
    name: str | None = None
    value: Number | None = None
    account: Id | None = None
    post: Id | None = None
    country: str | None = None
    bot: bool | None = None
    # Of a person's streak: see `streakline.ingest.personal.fields`.
    from_: str | None = msgspec.field(default=None, name="from")
    to: str | None = None
    day: str | None = None
    zone: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    mode: str | None = None
    weekendsOff: bool | None = None  # noqa: N815
    undoes: Id | None = None
    # Other spellings of the requirement documents; `resolved` moves them under the names that are read.
    trackId: Id | None = None  # noqa: N815
    mashupId: Id | None = None  # noqa: N815
    appId: Id | None = None  # noqa: N815
    mashup_id: Id | None = None
    creator_id: Id | None = None
    artistId: Id | None = None  # noqa: N815


class Envelope(msgspec.Struct):
    """The request form that also tells when it was sent."""

    events: list[Event]
    sentAt: str | Number | None = None  # noqa: N815


class _RawEnvelope(msgspec.Struct):
    events: list[msgspec.Raw]
    sentAt: str | Number | None = None  # noqa: N815


class _Named(msgspec.Struct):
    id: Scalar = None


class Rejected(msgspec.Struct, frozen=True):
    """An event that was refused: its index in the request, its id where it has one, and why."""

    index: int
    id: str | None
    error: str


class Batch(NamedTuple):
    """What a request holds: the readable events with their indexes, and the others."""

    events: list[tuple[int, Event]]
    rejected: list[Rejected]
    sent_at: str | Number | None


class NotEvents(ValueError):
    """A body that is no JSON, or neither a list of events nor an envelope."""


class TooManyEvents(ValueError):
    """A request with more than `MAX_EVENTS` events."""


_WHOLE: Final = msgspec.json.Decoder(list[Event] | Envelope)
_PIECES: Final = msgspec.json.Decoder(list[msgspec.Raw] | _RawEnvelope)
_ONE: Final = msgspec.json.Decoder(Event)
_ID: Final = msgspec.json.Decoder(_Named)

_LONE: Final = rb"u[dD][89a-fA-F][0-9a-fA-F]{2}"
_PAIR: Final = rb"u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_UNTIL_LONE: Final = re.compile(
    rb"((?:[^\\]++|\\(?:" + _PAIR + rb"|(?!" + _LONE + rb").|\Z))*+)(?:(\\" + _LONE + rb")|\Z)", re.DOTALL
)
"""A text up to an escape of JSON that is half of a surrogate pair, or to its end. A browser that cuts a text inside
an emoji sends a lone half, which no decoder takes; it becomes U+FFFD, so that it spoils neither the batch nor the
event."""

TYPES: Final[dict[str, str]] = {
    "mashup_played": "play",
    "mashup_created": "create",
    "mashup_exported": "export",
    "mashup_liked": "like",
    "mashup_shared": "share",
    "ai_reaction": "reaction",
    "user_followed": "follow",
    "comment_posted": "comment",
    "subscription_upgraded": "upgrade",
}
_CONTENT_IDS: Final = (
    ("trackId", "track"),
    ("mashupId", "mashup"),
    ("appId", "app"),
    ("mashup_id", "mashup"),
)


def decode_batch(body: bytes) -> Batch:
    """Return the events of a request body.

    Raises:
        NotEvents: the body is no JSON, or no list of events.
        TooManyEvents: more than `MAX_EVENTS`.
    """
    try:
        whole = _WHOLE.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _decode_pieces(mended(body))
    events, sent_at = (whole, None) if isinstance(whole, list) else (whole.events, whole.sentAt)
    _limit(len(events))
    for event in events:
        # Most events spell everything as we do; a call for each would cost more than looking.
        if (
            event.contentId is None
            or event.type in TYPES
            or (event.creatorId is None and (event.creator_id is not None or event.artistId is not None))
        ):
            resolved(event)
    return Batch(list(enumerate(events)), [], sent_at)


def mended(body: bytes) -> bytes:
    """Return a body without halves of surrogate pairs."""
    return _UNTIL_LONE.sub(lambda found: found[1] + (rb"\ufffd" if found[2] else b""), body)


def raw_events(body: bytes) -> list[bytes]:
    """Return the events of a request body as they were sent.

    Raises:
        NotEvents: the body is no list of events.
        TooManyEvents: more than `MAX_EVENTS`.
    """
    return _pieces(mended(body)).events


def _pieces(body: bytes) -> Pieces:
    try:
        whole = _PIECES.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        msg = f"the body is neither a JSON list of events nor {{sentAt, events}}: {error}"
        if isinstance(error, msgspec.ValidationError):
            raise NotEvents(msg) from error
        try:
            pieces = split(body, MAX_EVENTS)
        except Broken:
            raise NotEvents(msg) from error
    else:
        raws = whole if isinstance(whole, list) else whole.events
        pieces = Pieces([bytes(raw) for raw in raws], None if isinstance(whole, list) else whole.sentAt)
    _limit(len(pieces.events))
    return pieces


def _decode_pieces(body: bytes) -> Batch:
    raws, sent_at = _pieces(body)
    events: list[tuple[int, Event]] = []
    rejected: list[Rejected] = []
    for index, raw in enumerate(raws):
        try:
            events.append((index, resolved(_ONE.decode(raw))))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            rejected.append(Rejected(index, _id_of(raw), _safe_reason(error, raw)))
    return Batch(events, rejected, sent_at)


def _limit(number: int) -> None:
    if number > MAX_EVENTS:
        msg = f"{number} events in one request; send at most {MAX_EVENTS}"
        raise TooManyEvents(msg)


def _id_of(raw: bytes) -> str | None:
    try:
        value = _ID.decode(raw).id
    except msgspec.ValidationError:
        return None  # not an object, or its id is no scalar: the index in the request names it
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        value = id_in(raw)
    return None if value is None else str(value)[:200]


def _safe_reason(error: Exception, raw: bytes) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply; events are flat"
    if not isinstance(error, msgspec.ValidationError):
        return why_no_json(str(error), raw)
    what, _, where = str(error).partition(" - at `$.")
    text = what.replace("`", "")
    text = text[:1].lower() + text[1:]
    return f"{where.rstrip('`')}: {text}" if where else text


def resolved(event: Event) -> Event:
    """Return the event with the documents' other spellings under the names that are read."""
    event.type = TYPES.get(event.type, event.type)
    if event.contentId is None:
        for name, content_type in _CONTENT_IDS:
            value = getattr(event, name)
            if value is not None:
                event.contentId = value
                event.contentType = event.contentType or content_type
                break
        else:
            _resolve_properties(event)
    if event.creatorId is None:
        event.creatorId = event.creator_id or event.artistId
    return event


def _resolve_properties(event: Event) -> None:
    properties = event.properties
    if not properties:
        return
    content = properties.get("mashup_id") or properties.get("mashupId")
    if isinstance(content, str) and content:
        event.contentId = content[:200]
        event.contentType = event.contentType or "mashup"
    creator = properties.get("creator_id")
    if event.creatorId is None and isinstance(creator, str) and creator:
        event.creatorId = creator[:200]
    source = properties.get("source")
    if event.source is None and isinstance(source, str):
        event.source = source
