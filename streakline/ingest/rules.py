"""The rules that read one event: what it is, when it was, how much of a play it was, what else it says.

Every rule refuses with the field, the value and the rule.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from streakline import counting_profiles, kinds, zones
from streakline.counting_profiles import Profile
from streakline.ingest.events import Event, Number, Scalar
from streakline.streams import records
from streakline.times import AHEAD_MS, EARLIEST_MS, QUARTER_MS, iso, parse_when

MAX_PROPERTIES: Final = 4_096
"""Bytes of an event's properties as JSON."""
MAX_SECONDS: Final = 86_400

_JSON: Final = msgspec.json.Encoder()
_KINDS: Final = kinds.KINDS
CONTENT: Final = kinds.KINDS["content"]


class Refused(ValueError):
    """An event that breaks a rule; the message names the field, the value and the rule."""


def kind_of(event: Event, *, trusted: bool, own: bool = False) -> int:
    """Return the code of an event's kind, if its sender may send it and it says what it is about.

    Args:
        event: it.
        trusted: whether its sender may send what is said of others and of the catalogue.
        own: whether it is of the person that its sender's token speaks for.

    Raises:
        Refused: if he may not, or it does not.
    """
    kind = _KINDS.get(event.type) if event.action is None else _acted(event, event.action)
    if kind is None:
        msg = f"type {event.type!r} is not known; the types are {', '.join(kinds.KINDS)}"
        raise Refused(msg)
    if kind > kinds.HEARTBEAT and not trusted:
        _check_trust(event, kind, own=own)
    if not event.contentId and (kind <= kinds.HEARTBEAT or kind == CONTENT):
        msg = f"contentId is missing; a {event.type} needs it"
        raise Refused(msg)
    return kind


def _check_trust(event: Event, kind: int, *, own: bool) -> None:
    if kind in kinds.FACTS or (kind in kinds.PERSONAL and not own):
        scope = "write" if kind in kinds.FACTS else "write, or write:self of the person"
        msg = f"type {event.type!r} needs a token with the scope {scope}; a public write key may not send it"
        raise Refused(msg)


def _acted(event: Event, action: str) -> int | None:
    if event.type in {"like", "save"}:
        allowed = (event.type, f"un{event.type}")
        if action not in allowed:
            msg = f"action {action[:40]!r} of a {event.type} is neither {allowed[0]} nor {allowed[1]}"
            raise Refused(msg)
    return _KINDS.get(kinds.UNDONE.get((event.type, action), event.type))


def times_of(event: Event, kind: int, accepted_ms: int) -> tuple[int, int, int]:
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
        return zones.zone(zone)
    except ValueError as error:
        msg = f"tz {error}"
        raise Refused(msg) from error


def _offset(zone: ZoneInfo, ms: int) -> int:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    return (at.astimezone(zone).utcoffset() or timedelta()) // timedelta(minutes=1)


def played(event: Event, kind: int, length: int, profile: Profile) -> tuple[int, int, int]:
    """Return (ms listened, completion per mille, flags) of an event of a play."""
    seconds = event.duration
    if seconds is not None:
        duration = milliseconds(seconds, "duration")
        counted = counting_profiles.counts(profile, duration, length)
        flags = records.TIMED
    elif kind == kinds.PLAY:
        duration, counted, flags = 0, True, 0  # its sender vouches for it
    else:
        # A start or heartbeat vouches for nothing: it says how far it came, or it came nowhere.
        duration, counted, flags = 0, counting_profiles.counts(profile, 0, length), records.TIMED
    if kind == kinds.PLAY:
        flags |= records.ENDED
    rate = event.completionRate
    if rate is not None:
        if not 0 <= rate <= 100:
            msg = f"completionRate {rate} is not within 0 and 100"
            raise Refused(msg)
        completion = round(rate * 10)
    elif length and flags & records.TIMED:
        completion = min(1000, duration * 1000 // length)
    else:
        completion = records.UNKNOWN_COMPLETION
    if counted:
        flags |= records.COUNTED
        if (
            completion >= counting_profiles.FINISHED_PM
        ):  # which an unknown completion is: then to count is to finish
            flags |= records.FINISHED
    if event.replayed:
        flags |= records.REPLAYED
    return duration, completion, flags


def milliseconds(seconds: Number, name: str) -> int:
    """Return a duration in ms, if it is one of at most a day."""
    if not 0 <= seconds <= MAX_SECONDS:
        msg = f"{name} {seconds} s is not within 0 and 24 hours"
        raise Refused(msg)
    return round(seconds * 1000)


def properties_of(event: Event) -> str:
    """Return the free properties as a JSON object, with the named ones that counting does not read."""
    properties = free_properties(event)
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
    return json_text(properties) if properties else ""


@lru_cache(maxsize=64)
def action_text(action: str) -> str:
    """Return the properties of an event that gives nothing but an action, as most likes do."""
    return json_text({"action": action})


def free_properties(event: Event) -> dict[str, Scalar]:
    """Return the free properties of an event."""
    return dict(event.properties) if event.properties else {}


def json_text(properties: dict[str, Scalar]) -> str:
    """Return properties as JSON.

    Raises:
        Refused: if it is too long.
    """
    text = _JSON.encode(properties)
    if len(text) > MAX_PROPERTIES:
        msg = f"properties take {len(text)} bytes; the limit is {MAX_PROPERTIES}"
        raise Refused(msg)
    return text.decode()
