"""Pages of a long answer: a cursor says after which row the next one begins, and of which question it is."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Final

import msgspec
import xxhash

LIMIT: Final = 50
"""Rows of a page when nobody says how many."""
MOST: Final = 1_000
LONGEST: Final = 2_000
"""Characters of a cursor at most."""
Key = tuple[str | int | float | None, ...]
"""What the rows are ordered by, of the last row of a page."""


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Where the next page begins.

    Attributes:
        question: `question` of what was asked.
        as_of: the moment in ms that the first page was answered for; the others are too.
        after: the last row's key.
    """

    question: int
    as_of: int
    after: Key


_DECODER: Final = msgspec.msgpack.Decoder(Cursor)


def question(path: str, parameters: Iterable[tuple[str, str]]) -> int:
    """Return a number for what is asked: a path and its parameters in any order, without those of the page."""
    own = sorted(pair for pair in parameters if pair[0] not in {"cursor", "limit", "asOf"})
    return xxhash.xxh3_64_intdigest(msgspec.msgpack.encode((path, own)))


def packed(cursor: Cursor) -> str:
    """Return a cursor as a text that an address may hold."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(cursor)).rstrip(b"=").decode()


def unpacked(text: str, asked: int) -> Cursor:
    """Return the cursor of a text.

    Args:
        text: what `packed` made.
        asked: `question` of what is asked now.

    Raises:
        ValueError: if it is no cursor, or that of another question.
    """
    try:
        if len(text) > LONGEST:
            raise ValueError(text)
        cursor = _DECODER.decode(
            base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        )
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        msg = f"{text[:40]!r} is no cursor; take nextCursor of the page before, or leave it out for the first page"
        raise ValueError(msg) from None
    if cursor.question != asked:
        msg = "it belongs to another question; ask with the parameters of the page that it came with"
        raise ValueError(msg)
    return cursor
