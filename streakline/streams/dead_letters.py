"""Dead letters: what could not be taken, read or stored, and why; the same form and bound for every part.

The body is JSON, whoever writes it. `form` says of what, `cut` how many bytes were left out, `sender` (of ingest's)
who sent the event. What can be replayed decides `streakline.ingest.replays`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec

from streakline.streams import keys
from streakline.streams.entries import UNREADABLE

KEPT: Final = 10_000
"""Dead letters kept of all parts together, about, the newest."""
MAX_ERROR: Final = 1_000
MAX_BODY: Final = 8_192
"""Characters of a reason and bytes of a body that are kept: what is poison may be of any size."""
MAX_FIELD: Final = 1_024
MAX_FIELDS: Final = 4
"""Bytes of a field's name and of its value, and how many fields are kept of an entry that is too long."""

_ENCODE: Final = msgspec.json.Encoder().encode


class Body(NamedTuple):
    """What a dead letter holds."""

    form: str
    """`event`: as the wire has it, a POST of it sends it again; `entry`: field -> text, or {"base64"} where it is none;
    `control`: the map of a control entry; `text`: a JSON string of what is no JSON, or too long for one."""
    json: bytes
    cut: int = 0
    """Bytes that were left out."""


def sent_event(text: bytes) -> Body:
    """Return the body of an event as its sender wrote it, which may be no JSON."""
    try:
        msgspec.json.decode(text)
    except UNREADABLE:
        return _text(text)
    return Body("event", text) if len(text) <= MAX_BODY else _text(text)


def known_event(event: Mapping[str, Any]) -> Body:
    """Return the body of an event as `as_sent` gives it."""
    return sent_event(_ENCODE(event))


def control_entry(facts: Mapping[str, Any]) -> Body:
    """Return the body of a control entry's map."""
    text = _ENCODE(facts)
    return Body("control", text) if len(text) <= MAX_BODY else _text(text)


def stream_entry(fields: Mapping[bytes, bytes]) -> Body:
    """Return the body of an entry of any stream: whole if it fits, else with its first fields cut."""
    size = sum(len(name) + len(value) for name, value in fields.items())
    if size <= MAX_BODY:
        text = _ENCODE({_name(name): _value(value) for name, value in fields.items()})
        if len(text) <= MAX_BODY:
            return Body("entry", text)
    short = {name[:MAX_FIELD]: value[:MAX_FIELD] for name, value in list(fields.items())[:MAX_FIELDS]}
    cut = size - sum(len(name) + len(value) for name, value in short.items())
    text = _ENCODE({_name(name): _value(value) for name, value in short.items()})
    if len(text) <= MAX_BODY and cut:
        return Body("entry", text, cut)
    shorter = _text(text)  # control characters take six bytes each
    return shorter._replace(cut=shorter.cut + cut)


def dead_letter(
    where: str, error: str, entry: str | bytes, body: Body, sender: bytes = b""
) -> tuple[str | bytes | int | float, ...]:
    """Return the command of Redis that keeps a dead letter.

    Args:
        where: the part that met it.
        error: why it cannot be kept.
        entry: the id of its entry, or of the event where there is none.
        body: what it was.
        sender: JSON of who sent the event, of one that ingest refused.
    """
    about: tuple[str | bytes, ...] = ("sender", sender) if sender else ()
    return (
        "XADD", keys.DEAD, "MAXLEN", "~", KEPT, "*",
        "where", where, "error", error.encode(errors="replace")[:MAX_ERROR], "entry", entry,
        "form", body.form, "cut", body.cut, "body", body.json, *about,
    )  # fmt: skip


def _text(data: bytes) -> Body:
    """Return what is no JSON, or too long, as a JSON string of its beginning."""
    kept = min(len(data), MAX_BODY)
    while len(text := _ENCODE(data[:kept].decode(errors="replace"))) > MAX_BODY:
        kept = min(kept - 1, kept * MAX_BODY // len(text))
    return Body("text", text, len(data) - kept)


def _name(name: bytes) -> str:
    return name.decode(errors="backslashreplace")  # ours are ASCII


def _value(value: bytes) -> str | dict[str, str]:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}
