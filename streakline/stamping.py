"""Stamping: from an accepted event to its hot record and cold row.

Here every rule that reads one event is applied, once. Who counts later only copies what stands in the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from xxhash import xxh3_64_intdigest

from streakline import kinds, profiles, records
from streakline.dictionary import NOT_GIVEN, OTHER, OTHER_NAME, Dictionary
from streakline.entries import Cold
from streakline.events import Event, Number
from streakline.profiles import Profile
from streakline.times import AHEAD_MS, EARLIEST_MS, QUARTER_MS, iso, parse_when

MAX_TEXT: Final = 500
MAX_PROPERTIES: Final = 4_096
MAX_SECONDS: Final = 86_400
CODED_KEPT: Final = 20_000
"""Combinations of dimension values whose codes are remembered, some 500 bytes each."""
_NEED_TRUST: Final = kinds.PERSONAL | kinds.FACTS
_NEED_CONTENT: Final = kinds.PLAYS | {kinds.KINDS["content"]}
_Coded = tuple[list[int], list[str], dict[str, str]]
_JSON = msgspec.json.Encoder()


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
        self._cache: dict[tuple[str, str, str, str], _Coded] = {}
        self._overrides = {s: profiles.PROFILES[name] for s, name in (overrides or {}).items()}

    def missing(self, event: Event, sender: Sender) -> list[tuple[str, str]]:
        """Return the (dimension, value) pairs of an event that need a code before it can be stamped."""
        code = self._dictionary.code
        pairs = zip(records.DIMENSIONS, _dimensions(event, sender), strict=True)
        return [(name, value) for name, value in pairs if code(name, value) is None]

    def stamp(self, event: Event, sender: Sender, accepted_ms: int) -> Stamped:
        """Return the event stamped for its shard.

        Raises:
            Refused: if the event breaks a rule.
        """
        kind = _kind(event, sender)
        at, start, offset = _times(event, kind, accepted_ms)
        content = event.contentId or ""
        identity = (event.playId or event.id) if kind in kinds.PLAYS else event.id
        user = sender.user_id or event.userId or ""
        listener = user or event.anonymousId or event.sessionId
        if not listener:
            msg = "userId, anonymousId and sessionId are all missing; send at least one"
            raise Refused(msg)
        content64 = hash64(content, self._seed)
        # What belongs to no content is placed by its creator, else its listener: one shard must not get all.
        placed64 = content64 if content else hash64(event.creatorId or listener, self._seed)
        measured = _measured(event, kind, self._profile_of(event))
        dims, counted, sent = self._coded(_dimensions(event, sender))
        flags = measured.flags
        reason = sender.bot_reason or ("sender" if event.bot and sender.admin else "")
        if reason:
            flags |= records.BOT
        record = records.PACK.pack(
            identity64(content, start, identity, self._seed),
            content64,
            hash64(listener, self._seed),
            *dims,
            at,
            start,
            measured.duration,
            measured.length,
            offset,
            kind,
            flags,
            measured.profile,
            kinds.CONTENT_TYPE_CODES.get(event.contentType or "", 1),
            measured.completion,
        )
        cold = Cold(
            content,
            identity,
            event.type,
            _cut(event.contentType),
            event.parentId or "",
            event.creatorId or "",
            user,
            event.anonymousId or "",
            event.sessionId or "",
            counted[0],
            counted[1],
            counted[2],
            counted[3],
            sent,
            sender.browser,
            sender.os,
            event.tz or "",
            event.playlistId or "",
            _cut(event.referrer or sender.referrer),
            _cut(event.userAgent or sender.user_agent),
            reason,
            _cut(event.genre),
            _cut(event.title),
            None if event.position is None else float(event.position),
            _properties(event),
        )
        return Stamped(placed64 % self._shards, record, cold)

    def _profile_of(self, event: Event) -> Profile:
        return self._overrides.get(event.source or "", self._profile) if self._overrides else self._profile

    def _coded(self, values: tuple[str, str, str, str]) -> _Coded:
        """Return codes, names and what was sent for the values of the dimensions; most came together before."""
        coded = self._cache.get(values)
        if coded is None:
            coded = self._looked_up(values)
            if len(self._cache) >= CODED_KEPT:
                self._cache.clear()
            if OTHER not in coded[0]:  # a value that is `other` now may have its own code in a moment
                self._cache[values] = coded
        return coded

    def _looked_up(self, values: tuple[str, str, str, str]) -> _Coded:
        codes: list[int] = []
        names: list[str] = []
        sent: dict[str, str] = {}
        for name, value in zip(records.DIMENSIONS, values, strict=True):
            code = self._dictionary.code(name, value) if value else NOT_GIVEN
            if code is None or code == OTHER:
                code = OTHER
                if value != OTHER_NAME:
                    sent[name] = value
                value = OTHER_NAME  # noqa: PLW2901
            codes.append(code)
            names.append(value)
        return codes, names, sent


def _dimensions(event: Event, sender: Sender) -> tuple[str, str, str, str]:
    country = event.country if event.country and sender.admin else sender.country
    return _cut(event.source), _cut(event.platform), country[:MAX_TEXT], sender.device


def _kind(event: Event, sender: Sender) -> int:
    name = kinds.UNDONE.get((event.type, event.action or ""), event.type)
    kind = kinds.KINDS.get(name)
    if kind is None:
        msg = f"type {event.type!r} is not known; the types are {', '.join(kinds.KINDS)}"
        raise Refused(msg)
    if event.action is not None and event.type in {"like", "save"}:
        allowed = (event.type, f"un{event.type}")
        if event.action not in allowed:
            msg = f"action {event.action[:40]!r} of a {event.type} is neither {allowed[0]} nor {allowed[1]}"
            raise Refused(msg)
    if kind in _NEED_TRUST and not sender.trusted:
        msg = f"type {event.type!r} needs a token with the scope write; a public write key may not send it"
        raise Refused(msg)
    if kind in _NEED_CONTENT and not event.contentId:
        msg = f"contentId is missing; a {event.type} needs it"
        raise Refused(msg)
    return kind


def _times(event: Event, kind: int, accepted_ms: int) -> tuple[int, int, int]:
    """Return (own timestamp, start of the play or own timestamp, zone offset in quarter hours)."""
    at, minutes = _when(event.timestamp, "timestamp")
    start = at
    if kind in kinds.PLAYS:
        start = _start(event, kind, at)
    for name, ms in (("timestamp", at), ("startedAt", start)):
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
    if event.tz:
        minutes = zone_minutes(event.tz, start)
    return at, start, records.NO_OFFSET if minutes is None else round(minutes / 15)


def _start(event: Event, kind: int, at: int) -> int:
    if kind != kinds.PLAY and event.playId is None:
        msg = f"playId is missing; a {event.type} belongs to a play"
        raise Refused(msg)
    if event.startedAt is None:
        if kind == kinds.HEARTBEAT:
            msg = "startedAt is missing; a heartbeat says when its play began"
            raise Refused(msg)
        return at
    start, _ = _when(event.startedAt, "startedAt")
    if kind == kinds.PLAY and start != at:
        msg = f"startedAt {iso(start)} differs from timestamp {iso(at)}; both are when a play began"
        raise Refused(msg)
    if start > at:
        msg = f"startedAt {iso(start)} is after timestamp {iso(at)}"
        raise Refused(msg)
    return start


def _when(value: str | Number, name: str) -> tuple[int, int | None]:
    try:
        return parse_when(value)
    except ValueError as error:
        text = str(error)
        raise Refused(text if name == "timestamp" else text.replace("timestamp", name, 1)) from error


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


class _Measured(NamedTuple):
    duration: int
    length: int
    completion: int
    profile: int
    flags: int


def _measured(event: Event, kind: int, profile: Profile) -> _Measured:
    length = _milliseconds(event.contentDuration, "contentDuration") or 0
    if kind not in kinds.PLAYS:
        if event.duration is not None and kind == kinds.KINDS["content"]:
            length = _milliseconds(event.duration, "duration") or length
        return _Measured(0, length, records.UNKNOWN_COMPLETION, profile.code, 0)
    duration = _milliseconds(event.duration, "duration")
    if duration is None and kind != kinds.PLAY:
        duration = 0  # a start or heartbeat vouches for nothing: it says how far it came, or it came nowhere
    completion = _completion(event.completionRate, duration, length)
    counted = profiles.counts(profile, duration, length)
    finished = counted and profiles.finished(counted=counted, completion_pm=completion)
    flags = (
        (records.TIMED if duration is not None else 0)
        | (records.COUNTED if counted else 0)
        | (records.FINISHED if finished else 0)
        | (records.REPLAYED if event.replayed else 0)
        | (records.ENDED if kind == kinds.PLAY else 0)
    )
    known = records.UNKNOWN_COMPLETION if completion is None else completion
    return _Measured(duration or 0, length, known, profile.code, flags)


def _milliseconds(seconds: Number | None, name: str) -> int | None:
    if seconds is None:
        return None
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
    properties: dict[str, object] = dict(event.properties or {})
    for name in ("skipped", "autoplay", "action", "rating", "name", "value", "createdAt"):
        value = getattr(event, name)
        if value is not None:
            properties[name] = value
    if not properties:
        return ""
    text = _JSON.encode(properties)
    if len(text) > MAX_PROPERTIES:
        msg = f"properties take {len(text)} bytes; the limit is {MAX_PROPERTIES}"
        raise Refused(msg)
    return text.decode()
