"""Stamping: from an accepted event to its hot record and cold row.

Here every rule that reads one event is applied, once. Who counts later only copies what stands in the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import Struct
from typing import Final, NamedTuple

from xxhash import xxh3_64_intdigest

from streakline import kinds, profiles, records
from streakline.dictionary import OTHER, OTHER_NAME, Dictionary
from streakline.entries import Cold
from streakline.events import Event, Number
from streakline.rules import CONTENT, kind_of, milliseconds, played, properties_of, times_of
from streakline.rules import Refused as Refused

MAX_TEXT: Final = 500
"""Characters of a text; the rest is cut."""
CODED_KEPT: Final = 20_000
"""Combinations of dimension values whose codes are remembered, some 500 bytes each."""

_PACK: Final = Struct("<4Q2q2Ih4BH").pack
"""`records.PACK` with the four codes as one number."""


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
        kind = kind_of(event, trusted=sender.trusted)
        at, start, offset = times_of(event, kind, accepted_ms)
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
            0 if event.contentDuration is None else milliseconds(event.contentDuration, "contentDuration")
        )
        profile = self._overrides.get(event.source or "", self._profile) if self._overrides else self._profile
        if kind <= kinds.HEARTBEAT:
            duration, completion, flags = played(event, kind, length, profile)
        else:
            duration, completion, flags = 0, records.UNKNOWN_COMPLETION, 0
            if kind == CONTENT and event.duration is not None:
                length = milliseconds(event.duration, "duration") or length
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
            None if position is None else _position(position),
            properties_of(event),
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


def _cut(text: str | None) -> str:
    return text[:MAX_TEXT] if text else ""


def _position(seconds: Number) -> float:
    try:
        return float(seconds)
    except OverflowError:
        msg = "position is too large a number; send seconds"
        raise Refused(msg) from None
