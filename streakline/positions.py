"""Positions: what a sender gets back for his events, and what `settled` waits for.

A position is one entry id for each shard that took events, opaque to its holder: base64url of a msgpack map.
"""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

import msgspec

from streakline.times import enc

LONGEST = 4_000
"""Characters of the longest position that is looked at."""

_DECODER = msgspec.msgpack.Decoder(dict[int, str])
_ENTRY_ID = re.compile(r"\d{1,13}-\d{1,7}")


def pack_position(ids: Mapping[int, str]) -> str:
    """Return the position that covers an entry id in each of some shards."""
    return urlsafe_b64encode(msgspec.msgpack.encode(dict(ids))).rstrip(b"=").decode()


def unpack_position(text: str, shards: int) -> dict[int, int]:
    """Return shard -> `enc` of the entry id of a position.

    Raises:
        ValueError: if this is no position of a system with so many shards.
    """
    try:
        padded = text[:LONGEST] + "=" * (-len(text[:LONGEST]) % 4)
        ids = _DECODER.decode(urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        msg = (
            f"position {text[:40]!r} is none that this server gave; send the one of the answer to your events"
        )
        raise ValueError(msg) from None
    for shard, entry_id in ids.items():
        if not 0 <= shard < shards or not _ENTRY_ID.fullmatch(entry_id):
            msg = f"position names entry {entry_id[:40]!r} of shard {shard}; shards are 0 to {shards - 1}"
            raise ValueError(msg)
    return {shard: enc(entry_id) for shard, entry_id in ids.items()}
