"""Shares of apps as their own endpoint takes them: one object, by the document's two spellings, made an event."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from streakline.ingest.events import Event, Id

MAX_PLATFORM: Final = 50
MAX_SESSION: Final = 100
"""Characters, as the document limits them."""
APP: Final = "app"

Platform = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_PLATFORM)]
Session = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_SESSION)]


class BadShare(ValueError):
    """A body that is no share; the message names the member, its value and what is taken."""


class SentShare(msgspec.Struct):
    """A share as it is sent: app, platform and session, each by one of its spellings; an id counts it once."""

    appId: Id | None = None  # noqa: N815 - the document's own spellings, here and below
    platform: Platform | None = None
    sessionId: Session | None = None  # noqa: N815
    id: Id | None = None
    AppId: Id | None = None
    Platform: Platform | None = None
    SessionId: Session | None = None
    Id: Id | None = None


_DECODER: Final = msgspec.json.Decoder(SentShare)


def share_event(body: bytes, *, at_ms: int, new_id: str, user: str | None, referrer: str) -> Event:
    """Return the event that a share is.

    Args:
        body: the request's JSON.
        at_ms: when it was accepted; the sender names no time.
        new_id: its id if the sender gives none. Only a share with an id of its own counts once when it is sent again.
        user: who is signed in.
        referrer: of the request. Its user agent stays the sender's: an event that brings its own is judged by that.

    Raises:
        BadShare: if a member is missing or is none.
    """
    try:
        sent = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        msg = f"no share: {error}; send {{appId, platform, sessionId}}"
        raise BadShare(msg) from error
    app, platform, session = (
        sent.appId or sent.AppId,
        sent.platform or sent.Platform,
        sent.sessionId or sent.SessionId,
    )
    missing = [
        name for name, given in (("appId", app), ("platform", platform), ("sessionId", session)) if not given
    ]
    if missing:
        msg = f"{', '.join(missing)} is missing; send {{appId, platform, sessionId}}"
        raise BadShare(msg)
    return Event(
        id=sent.id or sent.Id or new_id,
        type="share",
        timestamp=at_ms,
        contentId=app,
        contentType=APP,
        platform=platform,
        sessionId=session,
        userId=user,
        referrer=referrer or None,
    )
