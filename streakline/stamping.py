"""Stamping: from an accepted event to its hot record and cold row.

Here every rule that reads one event is applied, once. Who counts later only copies what stands in the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from struct import Struct
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from xxhash import xxh3_64_intdigest

from streakline import kinds, profiles, records
from streakline.dictionary import OTHER, OTHER_NAME, Dictionary
from streakline.entries import Cold
from streakline.events import Event, Number, Scalar
from streakline.profiles import Profile
from streakline.times import AHEAD_MS, EARLIEST_MS, QUARTER_MS, iso, parse_when

MAX_TEXT: Final = 500
MAX_PROPERTIES: Final = 4_096
MAX_SECONDS: Final = 86_400
CODED_KEPT: Final = 20_000
"""Combinations of dimension values whose codes are remembered, some 500 bytes each."""

_JSON: Final = msgspec.json.Encoder()
_PACK: Final = Struct("<4Q2q2Ih4BH").pack
"""`records.PACK` with the four codes as one number."""
_KINDS: Final = kinds.KINDS
_CONTENT: Final = kinds.KINDS["content"]
_TRUSTED: Final = kinds.PERSONAL | kinds.FACTS


class Refused(ValueError):
    """An event that breaks a rule; the message names the field, the value and the rule."""


class Sender(NamedTuple):
    """What the server knows of who sent a request, or of one event's user agent."""

    user_id: str | None = None
    """Replaces the event's `userId`: the `sub` of a token that may only write for itself."""
    trusted: bool = False
    """May state facts (catalogue, metrics) and change a person's streak."""
    admin: bool = False
    """May say itself that an event was a robot's, and from which country it came."""
    country: str = ""
    device: str = ""
    browser: str = ""
    os: str = ""
    user_agent: str = ""
    referrer: str = ""
    bot_reason: str = ""


class Stamped(NamedTuple):
    """An event ready for the stream."""

    shard: int
    record: bytes
    cold: Cold


class _Coding(NamedTuple):
    """The dimensions of an event as they count."""

    dims: int
    """The codes of source, platform, country and device, 16 bits each, the first lowest."""
    source: str
    platform: str
    country: str
    device: str
    sent: dict[str, str]
    provisional: bool
    """A value has no code yet: it may get one."""


def hash64(text: str, seed: int) -> int:
    """Return the 64-bit hash of a text (xxh3_64, with the installation's seed)."""
    return xxh3_64_intdigest(text.encode(), seed)


def identity64(content: str, start_ms: int, identity: str, seed: int) -> int:
    """Return the hash of an event's identity: content, timestamp in ms (of a play its start), id."""
    return xxh3_64_intdigest(f"{content}\0{start_ms}\0{identity}".encode(), seed)


class Stamper:
    """Applies the counting profile, hashes and codes to events of one installation."""

    def __init__(
        self,
        seed: int,
        shards: int,
        dictionary: Dictionary,
        profile: str = profiles.DEFAULT,
        overrides: Mapping[str, str] | None = None,
    ) -> None:
        self._seed = seed
        self._shards = shards
        self._dictionary = dictionary
        self._profile = profiles.PROFILES[profile]
        self._codings: dict[tuple[str | None, str | None, str, str], _Coding] = {}
        self._overrides = {s: profiles.PROFILES[name] for s, name in (overrides or {}).items()}

    def missing(self, event: Event, sender: Sender) -> list[tuple[str, str]]:
        """Return the (dimension, value) pairs of an event that need a code before it can be stamped."""
        code = self._dictionary.code
        pairs = zip(records.DIMENSIONS, _dimensions(event, sender), strict=True)
        return [(name, value) for name, value in pairs if code(name, value) is None]

    def stamp(self, event: Event, sender: Sender, accepted_ms: int) -> Stamped:
        """Return the event stamped for its shard.

        This is most of what ingest does for an event, so it is written for speed: few calls, no containers.

        Raises:
            Refused: if the event breaks a rule.
        """
        kind = _kind(event, sender)
        at, start, offset = _times(event, kind, accepted_ms)
        content = event.contentId or ""
        identity = (event.playId or event.id) if kind <= kinds.HEARTBEAT else event.id
        user = sender.user_id or event.userId or ""
        listener = user or event.anonymousId or event.sessionId
        if not listener:
            msg = "userId, anonymousId and sessionId are all missing; send at least one"
            raise Refused(msg)
        seed = self._seed
        content64 = xxh3_64_intdigest(content.encode(), seed)
        listener64 = xxh3_64_intdigest(listener.encode(), seed)
        # What belongs to no content is placed by its creator, else its listener: one shard must not get all.
        placed64 = content64 if content else hash64(event.creatorId, seed) if event.creatorId else listener64
        length = (
            0 if event.contentDuration is None else _milliseconds(event.contentDuration, "contentDuration")
        )
        profile = self._overrides.get(event.source or "", self._profile) if self._overrides else self._profile
        if kind <= kinds.HEARTBEAT:
            duration, completion, flags = _played(event, kind, length, profile)
        else:
            duration, completion, flags = 0, records.UNKNOWN_COMPLETION, 0
            if kind == _CONTENT and event.duration is not None:
                length = _milliseconds(event.duration, "duration") or length
        coding = self._coded(event, sender)
        reason = sender.bot_reason or ("sender" if event.bot and sender.admin else "")
        if reason:
            flags |= records.BOT
        content_type = event.contentType
        record = _PACK(
            xxh3_64_intdigest(f"{content}\0{start}\0{identity}".encode(), seed),
            content64,
            listener64,
            coding.dims,
            at,
            start,
            duration,
            length,
            offset,
            kind,
            flags,
            profile.code,
            kinds.CONTENT_TYPE_CODES.get(content_type, 1) if content_type else 0,
            completion,
        )
        referrer = event.referrer or sender.referrer
        user_agent = event.userAgent or sender.user_agent
        genre, title, position = event.genre, event.title, event.position
        cold = Cold(
            content,
            identity,
            event.type,
            content_type[:MAX_TEXT] if content_type else "",
            event.parentId or "",
            event.creatorId or "",
            user,
            event.anonymousId or "",
            event.sessionId or "",
            coding.source,
            coding.platform,
            coding.country,
            coding.device,
            coding.sent,
            sender.browser,
            sender.os,
            event.tz or "",
            event.playlistId or "",
            referrer[:MAX_TEXT],
            user_agent[:MAX_TEXT],
            reason,
            genre[:MAX_TEXT] if genre else "",
            title[:MAX_TEXT] if title else "",
            None if position is None else float(position),
            _properties(event),
        )
        return Stamped(placed64 % self._shards, record, cold)

    def _coded(self, event: Event, sender: Sender) -> _Coding:
        """Return the codes of an event's dimensions; the same few combinations come again and again."""
        country = event.country if event.country and sender.admin else sender.country
        key = (event.source, event.platform, country, sender.device)
        coding = self._codings.get(key)
        if coding is None:
            coding = self._coding(_dimensions(event, sender))
            if not coding.provisional:
                if len(self._codings) >= CODED_KEPT:
                    self._codings.clear()
                self._codings[key] = coding
        return coding

    def _coding(self, values: tuple[str, str, str, str]) -> _Coding:
        dims, names, sent, provisional = 0, [], {}, False
        for place, (name, value) in enumerate(zip(records.DIMENSIONS, values, strict=True)):
            code = self._dictionary.code(name, value)
            provisional |= code is None
            if code is None or code == OTHER:
                code = OTHER
                if value != OTHER_NAME:
                    sent[name] = value
            names.append(OTHER_NAME if code == OTHER else value)
            dims |= code << (16 * place)
        source, platform, country, device = names
        return _Coding(dims, source, platform, country, device, sent, provisional)


def _dimensions(event: Event, sender: Sender) -> tuple[str, str, str, str]:
    country = event.country if event.country and sender.admin else sender.country
    return _cut(event.source), _cut(event.platform), country[:MAX_TEXT], sender.device


def _kind(event: Event, sender: Sender) -> int:
    kind = _KINDS.get(event.type) if event.action is None else _acted(event, event.action)
    if kind is None:
        msg = f"type {event.type!r} is not known; the types are {', '.join(kinds.KINDS)}"
        raise Refused(msg)
    if kind > kinds.HEARTBEAT and kind in _TRUSTED and not sender.trusted:
        msg = f"type {event.type!r} needs a token with the scope write; a public write key may not send it"
        raise Refused(msg)
    if not event.contentId and (kind <= kinds.HEARTBEAT or kind == _CONTENT):
        msg = f"contentId is missing; a {event.type} needs it"
        raise Refused(msg)
    return kind


def _acted(event: Event, action: str) -> int | None:
    if event.type in {"like", "save"}:
        allowed = (event.type, f"un{event.type}")
        if action not in allowed:
            msg = f"action {action[:40]!r} of a {event.type} is neither {allowed[0]} nor {allowed[1]}"
            raise Refused(msg)
    return _KINDS.get(kinds.UNDONE.get((event.type, action), event.type))


def _times(event: Event, kind: int, accepted_ms: int) -> tuple[int, int, int]:
    """Return (own timestamp, start of the play or own timestamp, zone offset in quarter hours)."""
    try:
        at, minutes = parse_when(event.timestamp)
    except ValueError as error:
        raise Refused(str(error)) from error
    # A play that says twice when it began says it with the same text: nothing more to read.
    begun = kind > kinds.HEARTBEAT or (kind == kinds.PLAY and event.startedAt == event.timestamp)
    start = at if begun else _start(event, kind, at)
    if not EARLIEST_MS <= start <= at <= accepted_ms + AHEAD_MS:
        _check("timestamp", at, accepted_ms)
        _check("startedAt", start, accepted_ms)
    if event.tz:
        minutes = zone_minutes(event.tz, start)
    return at, start, records.NO_OFFSET if minutes is None else (minutes + 7) // 15  # to the nearest


def _check(name: str, ms: int, accepted_ms: int) -> None:
    if ms > accepted_ms + AHEAD_MS:
        msg = (
            f"{name} {iso(ms)} is more than 15 minutes ahead of its acceptance at {iso(accepted_ms)}; "
            "correct the sender's clock"
        )
        raise Refused(msg)
    if ms < EARLIEST_MS:
        msg = (
            f"{name} {ms} ms lies before {iso(EARLIEST_MS)} (accepted at {iso(accepted_ms)}); "
            "epoch times are milliseconds"
        )
        raise Refused(msg)


def _start(event: Event, kind: int, at: int) -> int:
    if kind != kinds.PLAY and event.playId is None:
        msg = f"playId is missing; a {event.type} belongs to a play"
        raise Refused(msg)
    if event.startedAt is None:
        if kind == kinds.HEARTBEAT:
            msg = "startedAt is missing; a heartbeat says when its play began"
            raise Refused(msg)
        return at
    try:
        start, _ = parse_when(event.startedAt)
    except ValueError as error:
        raise Refused(str(error).replace("timestamp", "startedAt", 1)) from error
    if kind == kinds.PLAY and start != at:
        msg = f"startedAt {iso(start)} differs from timestamp {iso(at)}; both are when a play began"
        raise Refused(msg)
    if start > at:
        msg = f"startedAt {iso(start)} is after timestamp {iso(at)}"
        raise Refused(msg)
    return start


def zone_minutes(zone: str, ms: int) -> int:
    """Return the offset of an IANA zone at a moment, in minutes.

    Raises:
        Refused: if there is no such zone.
    """
    minutes = _quarter_minutes(zone, ms // QUARTER_MS)
    return _offset(_zone(zone), ms) if minutes is None else minutes


@lru_cache(maxsize=65_536)
def _quarter_minutes(zone: str, quarter: int) -> int | None:
    """Return the offset in a quarter hour; None if it changes there (St. John's did so at 00:01)."""
    info = _zone(zone)
    first, last = (_offset(info, ms) for ms in (quarter * QUARTER_MS, (quarter + 1) * QUARTER_MS - 1))
    return first if first == last else None


def _zone(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f"tz {zone!r} is no IANA time zone, like Europe/Berlin"
        raise Refused(msg) from error


def _offset(zone: ZoneInfo, ms: int) -> int:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    return (at.astimezone(zone).utcoffset() or timedelta()) // timedelta(minutes=1)


def _played(event: Event, kind: int, length: int, profile: Profile) -> tuple[int, int, int]:
    """Return (ms listened, completion per mille, flags) of an event of a play."""
    flags = records.ENDED if kind == kinds.PLAY else 0
    if event.duration is not None:
        duration: int | None = _milliseconds(event.duration, "duration")
        flags |= records.TIMED
    elif kind == kinds.PLAY:
        duration = None
    else:
        duration = 0  # a start or heartbeat vouches for nothing: it says how far it came, or it came nowhere
        flags |= records.TIMED
    completion = _completion(event.completionRate, duration, length)
    if profiles.counts(profile, duration, length):
        flags |= records.COUNTED
        if completion is None or completion >= profiles.FINISHED_PM:
            flags |= records.FINISHED
    if event.replayed:
        flags |= records.REPLAYED
    return duration or 0, records.UNKNOWN_COMPLETION if completion is None else completion, flags


def _milliseconds(seconds: Number, name: str) -> int:
    if not 0 <= seconds <= MAX_SECONDS:
        msg = f"{name} {seconds} s is not within 0 and 24 hours"
        raise Refused(msg)
    return round(seconds * 1000)


def _completion(rate: Number | None, duration: int | None, length: int) -> int | None:
    """Return the completion per mille: as given, else from duration and length, else None."""
    if rate is not None:
        if not 0 <= rate <= 100:
            msg = f"completionRate {rate} is not within 0 and 100"
            raise Refused(msg)
        return round(rate * 10)
    if duration is None or not length:
        return None
    return min(1000, duration * 1000 // length)


def _cut(text: str | None) -> str:
    return text[:MAX_TEXT] if text else ""


def _properties(event: Event) -> str:
    """Return the free properties as a JSON object, with the named ones that counting does not read."""
    properties: dict[str, Scalar] = dict(event.properties) if event.properties else {}
    if event.skipped is not None:
        properties["skipped"] = event.skipped
    if event.autoplay is not None:
        properties["autoplay"] = event.autoplay
    if event.action is not None:
        properties["action"] = event.action
    if event.rating is not None:
        properties["rating"] = event.rating
    if event.name is not None:
        properties["name"] = event.name
    if event.value is not None:
        properties["value"] = event.value
    if event.createdAt is not None:
        properties["createdAt"] = event.createdAt
    if not properties:
        return ""
    text = _JSON.encode(properties)
    if len(text) > MAX_PROPERTIES:
        msg = f"properties take {len(text)} bytes; the limit is {MAX_PROPERTIES}"
        raise Refused(msg)
    return text.decode()
