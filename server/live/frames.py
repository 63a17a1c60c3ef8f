"""Frames: a live message as the bytes that go to every socket alike.

A server's websocket frames are unmasked, and so the same for all clients: one is built for an update, and
written to each transport. Server-sent events are built once as well, with their HTTP chunk around them.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, Final

import orjson

_TEXT: Final = 0x81
_CLOSE: Final = 0x88
_LENGTH_16, _LENGTH_64 = 126, 127
SSE_BEAT: Final = b"3\r\n:\n\n\r\n"
"""A server-sent comment, in its HTTP chunk."""


def websocket_frame(message: Mapping[str, Any]) -> bytes:
    """Return a message as one unmasked websocket text frame."""
    payload = orjson.dumps(message)
    size = len(payload)
    if size < _LENGTH_16:
        head = bytes((_TEXT, size))
    elif size < 1 << 16:
        head = struct.pack("!BBH", _TEXT, _LENGTH_16, size)
    else:
        head = struct.pack("!BBQ", _TEXT, _LENGTH_64, size)
    return head + payload


def close_frame(code: int, reason: str) -> bytes:
    """Return a websocket close frame (reason up to 120 bytes)."""
    payload = struct.pack("!H", code) + reason.encode()[:120]
    return bytes((_CLOSE, len(payload))) + payload


def event_chunk(message: Mapping[str, Any]) -> bytes:
    """Return a message as one server-sent event in one HTTP chunk."""
    return _event(message, b"")


def last_event_chunk(message: Mapping[str, Any], topics: str) -> bytes:
    """Return the message that ends a position, as one server-sent event in one HTTP chunk.

    Its id is `EPOCH/SEQ/TOPICS`, with the name of the topics that are followed: what a browser sends back as
    `Last-Event-ID`.
    """
    return _event(message, f"id: {message['epoch']}/{message['seq']}/{topics}\n".encode())


def _event(message: Mapping[str, Any], cursor: bytes) -> bytes:
    lines = (
        b"event: "
        + str(message["type"]).encode()
        + b"\n"
        + cursor
        + b"data: "
        + orjson.dumps(message)
        + b"\n\n"
    )
    return f"{len(lines):x}\r\n".encode() + lines + b"\r\n"
