"""Followed creators: how servers tell the content flow whose contents are counted together, in Redis."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from streakline.streams.hashing import hash64

U64 = npt.NDArray[np.uint64]
MOST: Final = 500
"""Contents of a creator that are followed, those with the most plays: a bound on what a message to the flow holds."""
_UNTIL: Final = struct.Struct("<Q")
_HASH: Final = np.dtype("<u8")


def pack(until: int, contents: Iterable[str], seed: int) -> bytes:
    """Return what says that the contents of a creator are followed until a moment (ms by Redis' clock)."""
    hashes = np.fromiter((hash64(content, seed) for content in contents), _HASH)
    return _UNTIL.pack(until) + hashes.tobytes()


def until_of(packed: bytes) -> int:
    """Return until when; 0 for what is no such message."""
    is_one = (
        len(packed) % _HASH.itemsize == 0
        and _UNTIL.size <= len(packed) <= _UNTIL.size + MOST * _HASH.itemsize
    )
    return int(_UNTIL.unpack_from(packed)[0]) if is_one else 0


def followed(held: Mapping[bytes, bytes], now: int) -> dict[str, U64]:
    """Return creator -> hashes of contents, each once, followed at a moment (ms), without what others wrote."""
    return {
        creator.decode(): np.unique(np.frombuffer(packed, _HASH, offset=_UNTIL.size).astype(np.uint64))
        for creator, packed in held.items()
        if until_of(packed) > now and _is_text(creator)
    }


def _is_text(creator: bytes) -> bool:
    try:
        creator.decode()
    except UnicodeDecodeError:
        return False
    return True
