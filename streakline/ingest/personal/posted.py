"""Personal events by endpoints of their own: one JSON object each, made an event."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from streakline.ingest.events import Event, Id, Number, mended
from streakline.ingest.personal.fields import FREEZE, PAUSE, REPAIR, SETTINGS
from streakline.streak_limits import Mode

Zone = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class BadPersonal(ValueError):
    """A body that says nothing of a streak; the message names the member, its value and what is taken."""


class SentFreeze(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A freeze that a person got: at its timestamp, else now. One with an id counts once."""

    id: Id | None = None
    timestamp: str | Number | None = None


class SentPause(SentFreeze, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Days that need no play, both ends among them, as YYYY-MM-DD of the person's calendar."""

    from_: str = msgspec.field(name="from")
    to: str


class SentRepair(SentFreeze, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A missed day that is taken back, as YYYY-MM-DD of the person's calendar."""

    day: str


class SentSettings(msgspec.Struct, forbid_unknown_fields=True, rename="camel", omit_defaults=True):
    """How the streak of a person is counted; what is not named stays as it is."""

    zone: Zone | msgspec.UnsetType = msgspec.UNSET
    mode: Mode | msgspec.UnsetType = msgspec.UNSET
    weekends_off: bool | msgspec.UnsetType = msgspec.UNSET
    timestamp: str | Number | msgspec.UnsetType = msgspec.UNSET


Sent = SentFreeze | SentPause | SentRepair | SentSettings
BODIES: Final[dict[str, type[Sent]]] = {
    FREEZE: SentFreeze,
    PAUSE: SentPause,
    REPAIR: SentRepair,
    SETTINGS: SentSettings,
}
"""Type of event -> what its endpoint takes."""
_SHOWN: Final = {
    FREEZE: "{}",
    PAUSE: '{"from": "2026-07-01", "to": "2026-07-14"}',
    REPAIR: '{"day": "2026-07-01"}',
    SETTINGS: '{"zone": "Europe/Berlin", "mode": "calendar-day", "weekendsOff": true}',
}


def personal_event(kind: str, body: bytes, *, user: str, at_ms: int, new_id: str) -> Event:
    """Return the event that a body is.

    Args:
        kind: type of the event.
        body: the request's JSON; nothing is an object without members.
        user: whose it is.
        at_ms: when it was accepted, if the body names no timestamp.
        new_id: its id if the body gives none.

    Raises:
        BadPersonal: if it is no such object.
    """
    try:
        sent = msgspec.json.decode(mended(body) or b"{}", type=BODIES[kind])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        msg = f"no {kind}: {str(error)[:200]}; send an object like {_SHOWN[kind]}"
        raise BadPersonal(msg) from error
    members = msgspec.to_builtins(sent)
    return msgspec.convert(
        {"id": new_id, "timestamp": at_ms, **members, "type": kind, "userId": user}, type=Event
    )


def undoing_event(kind: str, undone: str, *, user: str, at_ms: int, new_id: str) -> Event:
    """Return the event that takes one of a person back, by its id."""
    return Event(id=new_id, type=kind, timestamp=at_ms, userId=user, undoes=undone)
