"""Events as they are sent, in plain terms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from proofs.counting.plain import PLAYS, Event, Identity, judged
from proofs.traffic.audience import ROBOT, USER_AGENTS

Sent = Mapping[str, Any]
_DEVICES: Final = dict(USER_AGENTS)


def event_of(sent: Sent) -> Event:
    """Return an event of the audience's in plain terms."""
    kind, at = sent.get("action") or sent["type"], milliseconds(sent["timestamp"])
    named = (sent.get(name) or "" for name in ("source", "platform", "country"))
    common: dict[str, Any] = {
        "at": at,
        "listener": str(sent.get("userId") or sent.get("anonymousId") or sent.get("sessionId")),
        "bot": bool(sent.get("bot")) or sent.get("userAgent") == ROBOT,
        "dimensions": (*named, _DEVICES.get(sent.get("userAgent", ""), "")),
        "session": sent.get("sessionId", ""),
    }
    content = sent.get("contentId", "")
    if kind not in PLAYS:
        return Event(kind, Identity(content, at, sent["id"]), **common)
    start = milliseconds(sent.get("startedAt", sent["timestamp"]))
    timed = "duration" in sent or kind != "play"
    duration = round(sent.get("duration", 0) * 1000)
    verdict = judged(duration, round(sent.get("contentDuration", 0) * 1000), timed=timed)
    return Event(
        kind, Identity(content, start, sent.get("playId", sent["id"])), duration=duration, timed=timed,
        verdict=verdict, replayed=bool(sent.get("replayed")), ended=kind == "play", **common,
    )  # fmt: skip


def milliseconds(written: str | float) -> int:
    """Return a time of the wire in ms since 1970."""
    if not isinstance(written, str):
        return int(written)
    delta = datetime.fromisoformat(written).astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000
