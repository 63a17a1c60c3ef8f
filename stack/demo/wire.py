"""From sessions to events of the wire, each with the moment it is due."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from stack.demo.sessions import Played, Session, uuid_at

HEARTBEAT_MS: Final = 10_000
SHARED_TO: Final = ("whatsapp", "instagram", "x", "copied-link", "facebook")
ACTIONS: Final = (("like", 0.055), ("save", 0.02), ("share", 0.012), ("download", 0.009), ("comment", 0.007))
"""Type of event -> chance a counted play."""
APPS: Final = (
    ("apps/harbour-player", "Harbour Player"),
    ("apps/lantern-radio", "Lantern Radio"),
    ("apps/mixing-desk", "Mixing Desk"),
    ("apps/setlist", "Setlist"),
)
"""Id and title of the apps that listeners recommend, most liked first."""
RECOMMENDS: Final = 0.12
"""Chance a session that an app is shared."""
MARK: Final = {"generated": True}
"""Properties of every event of the demo, so that nobody takes it for more."""


class Due(NamedTuple):
    """An event and when its sender sends it."""

    at: int
    event: dict[str, Any]
    until: int
    """End of the play it is a sign of life of; 0 for every other event."""


def events_of(session: Session, *, live: bool) -> Iterator[Due]:
    """Return the events of a session.

    `live`: with starts and heartbeats, as a player with a network sends them.
    """
    draw = random.Random(f"acts {session.id}")
    alive = live and not session.delivered and not session.listener.robot
    for played in session.played:
        common = _common(session, played)
        if alive:
            yield from _signs(common, played, draw)
        yield Due(session.delivered or played.end, _report(common, played), 0)
        if played.heard >= 20_000 and not session.listener.robot:
            for at, event in _actions(common, played, draw):
                yield Due(session.delivered or at, event, 0)
    if draw.random() < RECOMMENDS and not session.listener.robot:
        at, event = _recommendation(session, draw)
        yield Due(session.delivered or at, event, 0)


def _recommendation(session: Session, draw: random.Random) -> tuple[int, dict[str, Any]]:
    at = session.played[-1].end
    [(app, title)] = draw.choices(APPS, [4, 3, 2, 1])
    event = {
        "id": uuid_at(at, draw),
        "type": "share",
        "timestamp": at,
        "contentId": app,
        "contentType": "app",
        "title": title,
        **_sender(session),
        "platform": draw.choice(SHARED_TO),
    }
    return at, event


def _sender(session: Session) -> dict[str, Any]:
    listener = session.listener
    return {
        **listener.identity,
        "sessionId": session.id,
        "tz": listener.zone,
        "country": listener.country,
        "userAgent": listener.user_agent,
        "properties": MARK,
    }


def _common(session: Session, played: Played) -> dict[str, Any]:
    track = played.track
    common: dict[str, Any] = {
        "contentId": track.id,
        "contentType": "track",
        "creatorId": track.artist,
        "title": track.title,
        "genre": track.genre,
        **_sender(session),
        "source": session.source,
        "platform": session.listener.platform,
    }
    if session.playlist:
        common["playlistId"] = session.playlist
    return common


def _signs(common: dict[str, Any], played: Played, draw: random.Random) -> Iterator[Due]:
    for heard in range(0, played.heard, HEARTBEAT_MS):
        at = played.start + heard
        event = {
            "id": uuid_at(at, draw),
            "type": "heartbeat" if heard else "play_start",
            "timestamp": at,
            "playId": played.play_id,
            "startedAt": played.start,
            "duration": heard / 1000,
            "position": heard / 1000,
            "contentDuration": played.track.seconds,
            **common,
        }
        yield Due(at, event, played.end)


def _report(common: dict[str, Any], played: Played) -> dict[str, Any]:
    share = min(100.0, played.heard / 10 / played.track.seconds)
    event = {
        "id": f"{played.play_id}:end",
        "type": "play",
        "timestamp": played.start,
        "playId": played.play_id,
        "startedAt": played.start,
        "duration": played.heard / 1000,
        "position": played.heard / 1000,
        "contentDuration": played.track.seconds,
        "completionRate": round(share, 1),
        "skipped": share < 90,
        **common,
    }
    if played.replayed:
        event["replayed"] = True
    return event


def _actions(
    common: dict[str, Any], played: Played, draw: random.Random
) -> Iterator[tuple[int, dict[str, Any]]]:
    for kind, chance in ACTIONS:
        if draw.random() >= chance:
            continue
        at = played.start + draw.randrange(5_000, played.heard)
        event = {"id": uuid_at(at, draw), "type": kind, "timestamp": at, **common}
        if kind in {"like", "save"}:
            undone = draw.random() < 0.06
            event["action"] = f"un{kind}" if undone else kind
        if kind == "share":
            event["platform"] = draw.choice(SHARED_TO)
        yield at, event
