"""Signatures of deliveries, as Standard Webhooks has them: HMAC-SHA256 of id, moment and body."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final

PREFIX: Final = "whsec_"
"""Of every secret, so that people and scanners of sources know one when they see it."""
SECRET_BYTES: Final = 32


def secret_text(key: bytes) -> str:
    """Return the secret of a key as a receiver's library takes it."""
    return PREFIX + base64.b64encode(key).decode()


def signed(secret: str, id_: str, at: int, body: bytes) -> dict[str, str]:
    """Return the headers that tell a receiver which delivery this is, and that it is ours.

    Args:
        secret: `whsec_…`.
        id_: of the event, the same whenever it is sent.
        at: of this attempt, seconds since 1970.
        body: what is sent.

    Raises:
        ValueError: if the secret is none.
    """
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    digest = hmac.digest(key, f"{id_}.{at}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
