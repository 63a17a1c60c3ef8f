"""Links to a shared year: what is kept of one, and the signed token that its address holds.

A token names the link and is signed by the installation's secret, so none can be made up; whose year it opens is in
what is kept and not in the token. It holds as long as the link is known, was not revoked, and has not ended.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Final

import msgspec

MOST: Final = 100
"""Links of one person, those that were revoked among them."""
MOST_OF_ALL: Final = 100_000
_TOKEN: Final = re.compile(r"([a-z2-7]{10})\.([A-Za-z0-9_-]{32})")
_PURPOSE: Final = b"streakline: link to a year\0"
"""No token of another kind begins so, whatever the same secret signs."""


class YearLink(msgspec.Struct, frozen=True, rename="camel"):
    """What is kept of a link.

    Attributes:
        id: names it in lists, and no secret.
        user: whose year it opens.
        year: which.
        tz: the zone whose days count.
        name: whom the page names; "" for nobody.
        created: when it was made, ms.
        expires: when it ends, ms; None for never.
    """

    id: str
    user: str
    year: int
    tz: str
    name: str = ""
    created: int = 0
    expires: int | None = None


def token_of(id_: str, secret: str) -> str:
    """Return the token of a link."""
    return f"{id_}.{_signature(id_, secret)}"


def id_of(token: str, secrets: Sequence[str]) -> str | None:
    """Return the id of a link whose token one of some secrets has signed; None of any other text."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    signed = [hmac.compare_digest(_signature(match[1], secret), match[2]) for secret in secrets if secret]
    return match[1] if any(signed) else None


def _signature(id_: str, secret: str) -> str:
    digest = hmac.digest(secret.encode(), _PURPOSE + id_.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:24]).decode()
