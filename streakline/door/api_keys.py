"""API keys: what is kept of one.

A key is `slk_ID_SECRET`. Kept is its SHA-256 and never the key: the secret has 256 random bits, so no slower hash is
needed.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

import msgspec

PREFIX: Final = "slk_"
"""Of every key, so that people and scanners of sources know one when they see it."""
MOST: Final = 10_000
"""Keys of one installation, those that were revoked among them."""
_ID: Final = re.compile(r"slk_([a-z2-7]{10})_")


class ApiKey(msgspec.Struct, frozen=True, rename="camel"):
    """What is kept of a key.

    Attributes:
        id: names it in lists; a part of the key, and no secret.
        digest: SHA-256 of the whole key, in hex.
        scopes: what its bearer may do.
        name: what people call it.
        user: the person that it speaks for, None for nobody.
        creators: creators whose numbers its bearer may read.
        created: when it was made, ms.
        expires: when it ends, ms; None for never.
    """

    id: str
    digest: str
    scopes: tuple[str, ...]
    name: str = ""
    user: str | None = None
    creators: tuple[str, ...] = ()
    created: int = 0
    expires: int | None = None


def key_text(id_: str, secret: str) -> str:
    """Return the key that its holder sends."""
    return f"{PREFIX}{id_}_{secret}"


def digest_of(key: str) -> str:
    """Return what is kept of a key in its place."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def id_of(key: str) -> str | None:
    """Return the id that a text holds if it looks like a key, else None."""
    match = _ID.match(key)
    return None if match is None else match[1]
