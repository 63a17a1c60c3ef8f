"""An event as its sender could send it again, from its record and its cold row: so dead letters can be replayed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

import msgspec

from streakline import kinds
from streakline.streams.entries import UNREADABLE, Cold
from streakline.streams.records import BOT, NO_OFFSET, REPLAYED, TIMED, UNKNOWN_COMPLETION
from streakline.times import EARLIEST_MS

_TEXTS: Final = (
    "contentId", "contentType", "parentId", "creatorId", "userId", "anonymousId", "sessionId", "tz", "playlistId",
    "referrer", "userAgent", "genre", "title",
)  # fmt: skip
"""Fields of a cold row that stand in it as they were sent."""
_LATEST_MS: Final = 4_102_444_800_000
_MOST_QUARTERS: Final = 95
_PROPERTIES: Final = msgspec.json.Decoder(dict[str, str | int | float | bool | None])


def as_sent(record: Any, row: Cold) -> dict[str, Any]:
    """Return an event as JSON of the wire, which an administrator's POST makes the same event again.

    `record` is one of `RECORD`. A foreign writer's, which ingest would refuse, is shown as well as it goes.
    """
    kind, flags = int(record["kind"]), int(record["flags"])
    event: dict[str, Any] = {"id": row.id, "type": row.type, "timestamp": _moment(record, row)}
    event |= {name: text for name in _TEXTS if (text := getattr(row, name))}
    for name in ("source", "platform", "country"):
        event |= {name: text} if (text := row.sent.get(name, getattr(row, name))) else {}
    if kind in kinds.PLAYS:
        event |= _played(record, row, kind, flags)
    if record["length"]:
        event["contentDuration"] = int(record["length"]) / 1000
    event["bot"] = bool(flags & BOT)  # a program's that posted for others is none, whatever its user agent
    if row.position is not None:
        event["position"] = row.position
    if row.properties:
        event |= _free(row)
    return event


def _played(record: Any, row: Cold, kind: int, flags: int) -> dict[str, Any]:
    """Return what an event says of its play."""
    event: dict[str, Any] = {"playId": row.id}
    if kind != kinds.PLAY:
        event["startedAt"] = int(record["start"])
    if flags & TIMED:
        event["duration"] = int(record["dur"]) / 1000
    if record["completion"] != UNKNOWN_COMPLETION:
        event["completionRate"] = int(record["completion"]) / 10
    if flags & REPLAYED:
        event["replayed"] = True
    return event


def _free(row: Cold) -> dict[str, Any]:
    """Return the properties of an event, and the action that makes it another kind."""
    try:
        properties = _PROPERTIES.decode(row.properties)
    except UNREADABLE:
        return {"properties": row.properties}
    action = properties.get("action")
    return {"properties": properties} | ({"action": action} if isinstance(action, str) else {})


def _moment(record: Any, row: Cold) -> int | str:
    """Return an event's own time: in ms, or as a text where that alone tells the zone."""
    at, quarters = int(record["at"]), int(record["off"])
    needs_text = row.tz or quarters == NO_OFFSET or abs(quarters) > _MOST_QUARTERS
    if needs_text or not EARLIEST_MS <= at < _LATEST_MS:
        return at
    zone = timezone(timedelta(minutes=15 * quarters))
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)).astimezone(zone).isoformat()
