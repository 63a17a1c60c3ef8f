"""Pieces: the events of a body, each by itself, though some are no JSON.

Python's own encoder writes `NaN` and `Infinity`, which are none; other senders cut a number or leave a comma too much.
Such an event is refused by itself. What separates events is found by brackets and strings alone, whatever is in them.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import msgspec

SHOWN: Final = 20
"""Bytes of an event that is no JSON that are shown: from where its decoder stopped."""
Scalar = str | int | float | None
_SCALAR: Final[msgspec.json.Decoder[Scalar]] = msgspec.json.Decoder(Scalar)
BRACKETS: Final = 20_000
"""Opening brackets of a body whose events are told apart: a thousand good ones have some three thousand."""
MEMBERS: Final = 100
"""Members of an envelope that are looked at."""

_STRING: Final = rb'"(?:[^"\\]++|\\.)*+"'
_ID: Final = re.compile(rb'"id"[ \t\r\n]*+:[ \t\r\n]*+(' + _STRING + rb")", re.DOTALL)
_NO_NUMBER: Final = re.compile(rb"-?+(?:NaN|Infinity)|.-?+(?:NaN|Infinity)", re.DOTALL)
_OPEN: Final = (b"[", b"{")
_CLOSE: Final = (b"]", b"}")
_SPACE: Final = re.compile(rb"[ \t\r\n]*+")
_INSIDE: Final = re.compile(rb'(?:[^"\[\]{}]++|' + _STRING + rb")*+", re.DOTALL)
"""What stands between two brackets. Atomic, as all of these: no text takes long."""
_BESIDE: Final = re.compile(rb'(?:[^"\[\]{},]++|' + _STRING + rb")*+", re.DOTALL)
"""The same outside of all brackets, where a comma ends an event."""
_NAME: Final = re.compile(rb"[ \t\r\n]*+(" + _STRING + rb")[ \t\r\n]*+:", re.DOTALL)


class Broken(ValueError):
    """A body that is no list of events, whatever they are."""


class Pieces(NamedTuple):
    """The events of a body as they stand in it, and what it says beside them."""

    events: list[bytes]
    sent_at: Scalar = None


def split(body: bytes, most: int) -> Pieces:
    """Return the events of a body that is no JSON as a whole; one more than `most` at most.

    Raises:
        Broken: if it is neither a list nor an object with a list of events, or a bracket or string has no end.
    """
    if body.count(b"[") + body.count(b"{") > BRACKETS:
        msg = f"it has more than {BRACKETS} brackets; events are flat"
        raise Broken(msg)
    at = _after_space(body, 0)
    if body[at : at + 1] == b"[":
        events, end = _elements(body, at, most)
        pieces = Pieces(events)
    elif body[at : at + 1] == b"{":
        pieces, end = _envelope(body, at, most)
    else:
        msg = "it begins with neither [ nor {"
        raise Broken(msg)
    if len(pieces.events) <= most and _after_space(body, end) != len(body):
        msg = f"more follows after its end, at byte {end}"
        raise Broken(msg)
    return pieces


def _after(skipped: re.Pattern[bytes], body: bytes, at: int) -> int:
    found = skipped.match(body, at)
    assert found is not None  # all of these match nothing at all too
    return found.end()


def _after_space(body: bytes, at: int) -> int:
    return _after(_SPACE, body, at)


def _elements(body: bytes, at: int, most: int) -> tuple[list[bytes], int]:
    """Return the elements of a list that begins at a offset, and where it ends."""
    elements: list[bytes] = []
    closed = _after_space(body, at + 1)
    if body[closed : closed + 1] == b"]":
        return elements, closed + 1
    while True:
        piece, at = _one(body, at + 1)
        elements.append(piece)
        if len(elements) > most or body[at : at + 1] == b"]":
            return elements, at + 1
        if body[at : at + 1] != b",":
            msg = f"it breaks off, or a bracket or string does not end, at byte {at}"
            raise Broken(msg)


def _one(body: bytes, at: int) -> tuple[bytes, int]:
    """Return the value that begins at a offset, and where what follows it is."""
    begin, depth = at, 0
    while True:
        at = _after(_INSIDE if depth else _BESIDE, body, at)
        mark = body[at : at + 1]
        if mark in _OPEN:
            depth += 1
        elif depth and mark in _CLOSE:
            depth -= 1
        else:
            return body[begin:at].strip(), at
        at += 1


def _envelope(body: bytes, at: int, most: int) -> tuple[Pieces, int]:
    events: list[bytes] | None = None
    sent_at: Scalar = None
    for _ in range(MEMBERS):
        named = _NAME.match(body, at + 1)
        if named is None:
            msg = f"a member has no name, at byte {at + 1}"
            raise Broken(msg)
        at = _after_space(body, named.end())
        name = named[1]
        if name == b'"events"' and body[at : at + 1] == b"[":
            events, at = _elements(body, at, most)
            if len(events) > most:
                break
            at = _after_space(body, at)
        else:
            text, at = _one(body, at)
            if name == b'"sentAt"':
                sent_at = _scalar(text)
        if body[at : at + 1] == b"}":
            break
        if body[at : at + 1] != b",":
            msg = f"it breaks off, or a bracket or string does not end, at byte {at}"
            raise Broken(msg)
    else:
        msg = f"it has more than {MEMBERS} members"
        raise Broken(msg)
    if events is None:
        msg = "it has no list of events"
        raise Broken(msg)
    return Pieces(events, sent_at), at + 1


def id_in(piece: bytes) -> str | None:
    """Return the first id that stands in an event that is no JSON."""
    found = _ID.search(piece)
    value = None if found is None else _scalar(found[1])
    return value if isinstance(value, str) else None


def why_no_json(error: str, piece: bytes) -> str:
    """Return in words why an event is no JSON, with what stands there.

    Args:
        error: what the decoder says, which ends with the offset.
        piece: the event.
    """
    what, _, offset = error.partition(" (byte ")
    what = what.removeprefix("JSON is malformed: ").lower()
    digits = offset.rstrip(")")
    if not digits.isdigit():
        return f"no JSON: {what}"
    rest = piece[int(digits) :]
    shown = rest[:SHOWN].decode("utf-8", "backslashreplace")
    words = f"no JSON: {what} at byte {digits}, {shown!r}"
    if _NO_NUMBER.match(piece[max(0, int(digits) - 1) :]):
        words += "; JSON has neither NaN nor Infinity, send null or leave it out"
    return words


def _scalar(text: bytes) -> Scalar:
    try:
        value: Scalar = _SCALAR.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None  # it only measures the sender's clock
    return value
