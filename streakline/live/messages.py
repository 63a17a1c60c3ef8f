"""Messages of the live protocol: what a client may say, what the server says, and what changed.

The client's side is one tagged union; the server's messages are plain dicts, rendered once for all sockets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

SUBPROTOCOL: Final = "streakline.v1"
BEARER: Final = "bearer."
"""A browser cannot set a header on a websocket: it may offer its token as the subprotocol `bearer.TOKEN`."""
MAX_TOPIC: Final = 250
"""Characters of a topic that an error repeats."""
MAX_TOPICS: Final = 50
"""Topics of one connection."""

GOING_AWAY: Final = 1001
"""Close code: the server stops; connect again."""
LAGGING: Final = 4408
"""Close code: the client read too slowly for 15 s; connect again and take the snapshot."""

TOKEN_INVALID: Final = "token-invalid"  # noqa: S105 - an error code
TOKEN_EXPIRED: Final = "token-expired"  # noqa: S105 - an error code
UNKNOWN_TOPIC: Final = "unknown-topic"
FORBIDDEN: Final = "forbidden"
BAD_MESSAGE: Final = "bad-message"
TOO_MANY_TOPICS: Final = "too-many-topics"
ERROR_CODES: Final = (TOKEN_INVALID, TOKEN_EXPIRED, UNKNOWN_TOPIC, FORBIDDEN, BAD_MESSAGE, TOO_MANY_TOPICS)


class Since(msgspec.Struct, frozen=True):
    """Where a client's knowledge of a topic ends."""

    epoch: str
    seq: str


class Auth(msgspec.Struct, frozen=True, tag="auth"):
    """Speak with this token from now on."""

    token: str


class Subscribe(msgspec.Struct, frozen=True, tag="subscribe"):
    """Send these topics; go on after `since` where that is still possible."""

    topics: list[str]
    since: dict[str, Since] = {}


class Unsubscribe(msgspec.Struct, frozen=True, tag="unsubscribe"):
    """Stop sending these topics."""

    topics: list[str]


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    """Answer with a pong."""


Said = Auth | Subscribe | Unsubscribe | Ping
_DECODER: Final[msgspec.json.Decoder[Said]] = msgspec.json.Decoder(Said)


class BadMessage(ValueError):
    """A message that the protocol does not know; the text says why."""


def read_message(text: str | bytes) -> Said:
    """Return what a client said.

    Raises:
        BadMessage: if it is none of the messages of the protocol.
    """
    try:
        return _DECODER.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        msg = f"not a message of this protocol: {str(error)[:200]}"
        raise BadMessage(msg) from error


def snapshot(topic: str, epoch: str, seq: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the whole of a topic."""
    return {"type": "snapshot", "topic": topic, "epoch": epoch, "seq": seq, "data": data}


def update(topic: str, epoch: str, seq: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changed members of a topic: each replaces the whole member, None removes it."""
    return {"type": "update", "topic": topic, "epoch": epoch, "seq": seq, "data": data}


def resumed(topic: str, *, recovered: bool) -> dict[str, Any]:
    """Return whether the updates since a client's `since` follow (else a snapshot does)."""
    return {"type": "resumed", "topic": topic, "recovered": recovered}


def error(code: str, message: str, topic: str | None = None) -> dict[str, Any]:
    """Return a refusal, of a topic where it is about one; the connection stays."""
    about = {} if topic is None else {"topic": topic[:MAX_TOPIC]}
    return {"type": "error", "code": code, "message": message, **about}


def pong() -> dict[str, Any]:
    """Return the answer to a ping."""
    return {"type": "pong"}


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of `new` that differ from `old`, and None for those that are gone."""
    changed = {name: value for name, value in new.items() if name not in old or old[name] != value}
    changed.update(dict.fromkeys(old.keys() - new.keys()))
    return changed
