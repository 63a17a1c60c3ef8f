"""Replays: which dead letters hold events that can be sent again, and as whose.

What is sent again counts as its first sender's: whoever presses the button vouches for nothing. An event that archive
could not store had been accepted, so it says itself what was decided of it, as one by an administrator does.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from streakline.ingest.events import Event, NotEvents, TooManyEvents, decode_batch
from streakline.ingest.senders import SentBy
from streakline.streams.as_sent import as_sent
from streakline.streams.entries import UNREADABLE, Cold, Entry, Poison, read_entry
from streakline.streams.records import records_of

ACCEPTED: Final = SentBy(trusted=True, admin=True)
"""Of events that ingest had accepted: their user agent, country and robots are in them."""
OLDER: Final = "an older build kept it, which did not write"
_SENT_BY: Final = msgspec.json.Decoder(SentBy)
_FIELDS: Final = msgspec.json.Decoder(dict[str, str | dict[str, str]])
_ENCODE: Final = msgspec.json.Encoder().encode
OpenCold = Callable[[Entry], list[Cold]]
"""Returns the cold rows of an entry; raises Poison."""


class NotReplayable(ValueError):
    """A dead letter of which no event can be made; the message says why."""


class StillRefused(ValueError):
    """A dead letter whose event is none; the message says why."""


class Letter(NamedTuple):
    """A dead letter as it was kept. Texts that are no UTF-8 have U+FFFD in them."""

    id: str
    where: str = ""
    error: str = ""
    entry: str = ""
    form: str = ""
    cut: str = ""
    body: str = ""
    sender: str = ""


class Replay(NamedTuple):
    """The events of a letter, and who sent them."""

    events: list[Event]
    sent_by: SentBy


def letter_of(entry_id: bytes, fields: Mapping[bytes, bytes]) -> Letter:
    """Return the letter of an entry, whoever wrote it."""
    known = {name: fields.get(name.encode(), b"").decode(errors="replace") for name in Letter._fields[1:]}
    return Letter(entry_id.decode(), **known)


def replay_of(letter: Letter, open_cold: OpenCold) -> Replay:
    """Return the events of a letter.

    Raises:
        NotReplayable: if it holds none, not the whole of them, or nobody knows who sent them.
        StillRefused: if it does not decode as an event.
    """
    _check_whole(letter)
    if letter.form == "entry":
        return Replay(_of_entry(letter, open_cold), ACCEPTED)
    return Replay(_decoded(letter.body.encode()), ACCEPTED if letter.where == "archive" else _sender(letter))


def why_not(letter: Letter, open_cold: OpenCold) -> str | None:
    """Return why a letter cannot be replayed, None if it can be tried."""
    try:
        replay_of(letter, open_cold)
    except NotReplayable as error:
        return str(error)
    except StillRefused:
        return None
    return None


def _check_whole(letter: Letter) -> None:
    if letter.form not in {"event", "entry"}:
        raise NotReplayable(_NO_EVENTS.get(letter.form, f"its form {letter.form[:40]!r} is not known here"))
    if letter.cut != "0":
        raise NotReplayable(f"{letter.cut[:20]} bytes of it were cut off when it was kept")
    if letter.form == "entry" and letter.where != "archive":
        raise NotReplayable("it is a message between parts of Streakline, and holds no events")


_NO_EVENTS: Final = {
    "": f"{OLDER} what it holds",
    "text": "what was sent is no JSON, or too long to be kept whole",
    "control": "it is a control entry, which holds no events: give the command again",
}


def _sender(letter: Letter) -> SentBy:
    if not letter.sender:
        raise NotReplayable(f"{OLDER} who sent it")
    try:
        return _SENT_BY.decode(letter.sender)
    except UNREADABLE as error:
        raise NotReplayable(f"nobody can read who sent it: {error}") from error


def _decoded(event: bytes) -> list[Event]:
    try:
        batch = decode_batch(b"[" + event + b"]")
    except (NotEvents, TooManyEvents, RecursionError) as error:
        raise StillRefused(str(error)) from error
    if batch.rejected:
        raise StillRefused(batch.rejected[0].error)
    return [event for _, event in batch.events]


def _of_entry(letter: Letter, open_cold: OpenCold) -> list[Event]:
    """Return the events of an entry that archive could not read, and this build can."""
    try:
        fields = {name.encode(): _bytes(value) for name, value in _FIELDS.decode(letter.body).items()}
        entry = read_entry(fields)
        rows = open_cold(entry) if entry.n else []
    except (*UNREADABLE, Poison, binascii.Error) as error:
        raise NotReplayable(f"it is an entry that nobody can read: {error}") from error
    if not rows:
        raise NotReplayable("it is an entry without events")
    records = records_of([entry.hot])
    events: list[Any] = [as_sent(record, row) for record, row in zip(records, rows, strict=True)]
    return [event for sent in events for event in _decoded(_ENCODE(sent))]


def _bytes(value: str | Mapping[str, str]) -> bytes:
    return value.encode() if isinstance(value, str) else base64.b64decode(value["base64"], validate=True)
