"""Unpacking: a body by its content codings, as RFC 9110 names them."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from typing import Final

import zstandard

MOST_CODINGS: Final = 3
"""Codings of one body, one packed in the other; more only keep somebody busy."""
WINDOW: Final = 8 << 20
"""The largest window of zstd that anybody has to support (RFC 9659)."""
_SAME: Final = {"x-gzip": "gzip"}
"""Names that RFC 9110 holds equal to others."""
_NONE: Final = "identity"


class CodingUnknown(ValueError):
    """A coding that is not unpacked here; the message names it and those that are."""


class Swollen(ValueError):
    """A body that is larger, unpacked, than it may be."""


class Damaged(ValueError):
    """A body that is not packed as it says; the message says which coding and what is wrong."""


def codings_of(lines: Iterable[str]) -> list[str]:
    """Return the codings of a body in the order in which they were applied, from the lines of its header.

    Raises:
        CodingUnknown: for the first that is not unpacked here, or if there are too many.
    """
    named = [member.strip().lower() for line in lines for member in line.split(",")]
    codings = [_SAME.get(name, name) for name in named if name not in {"", _NONE}]
    for coding in codings:
        if coding not in _UNPACKED:
            msg = (
                f"Content-Encoding {coding[:40]!r} is not unpacked here; send {', '.join(_UNPACKED)} or none"
            )
            raise CodingUnknown(msg)
    if len(codings) > MOST_CODINGS:
        msg = f"{len(codings)} content codings, one packed in the other, are not unpacked; send one or none"
        raise CodingUnknown(msg)
    return codings


def unpacked(body: bytes, codings: Iterable[str], most: int) -> bytes:
    """Return a body as it was before its codings were applied, of `most` bytes at most.

    Raises:
        Swollen: if it is larger at any step.
        Damaged: if it is not packed as it says.
    """
    for coding in reversed(list(codings)):
        try:
            body = _UNPACKED[coding](body, most)
        except (zlib.error, zstandard.ZstdError, EOFError) as error:
            msg = f"the body cannot be read as {coding!r}: {str(error)[:100]}"
            raise Damaged(msg) from error
        if len(body) > most:
            msg = f"the body is larger than {most} bytes, unpacked"
            raise Swollen(msg)
    return body


def _gzip(body: bytes, most: int) -> bytes:
    """Unpack one member after the other: RFC 1952 lets a file have several."""
    whole = b""
    while body and len(whole) <= most:
        part, body = _inflated(body, 16 + zlib.MAX_WBITS, most + 1 - len(whole))
        whole += part
    return whole


def _deflate(body: bytes, most: int) -> bytes:
    """Unpack zlib's format, which RFC 9110 means, or the bare one, which some senders take it for."""
    wrapped = len(body) > 1 and body[0] & 15 == 8 and (body[0] << 8 | body[1]) % 31 == 0
    part, rest = _inflated(body, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS, most + 1)
    if rest and len(part) <= most:
        msg = "more follows after its end"
        raise EOFError(msg)
    return part


def _inflated(body: bytes, window: int, most: int) -> tuple[bytes, bytes]:
    unpacking = zlib.decompressobj(window)
    part = unpacking.decompress(body, most)
    if not unpacking.eof and len(part) < most:
        msg = "it breaks off"
        raise EOFError(msg)
    return part, unpacking.unused_data


def _zstd(body: bytes, most: int) -> bytes:
    unpacker = zstandard.ZstdDecompressor(max_window_size=WINDOW)
    with unpacker.stream_reader(body, read_across_frames=True) as frames:
        whole = frames.read(most + 1)
    # What is not too large is read again by frames: the stream does not tell whether the last one has its end.
    while body and len(whole) <= most:
        frame = unpacker.decompressobj()
        frame.decompress(body)
        if not frame.eof:
            msg = "it breaks off"
            raise EOFError(msg)
        body = frame.unused_data
    return whole


_UNPACKED: Final[dict[str, Callable[[bytes, int], bytes]]] = {
    "gzip": _gzip,
    "deflate": _deflate,
    "zstd": _zstd,
}
UNPACKED: Final = tuple(_UNPACKED)
"""The codings that are unpacked here."""
