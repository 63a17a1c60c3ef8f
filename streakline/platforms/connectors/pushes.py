"""Pushes: a platform says that something happened to an account. That is not believed: the account is looked at.

No platform pushes the numbers that are fetched here. So a push that was made up, repeated or kept for a week costs one
look, and one that a grant is gone ends none that holds.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from streakline.platforms.connectors.exchange import json_of, member
from streakline.platforms.connectors.oauth import ClientApp

LONGEST: Final = 1_000
"""Characters of a challenge that is given back."""


class NotTheirs(ValueError):
    """What does not come from the platform, or not to this application."""


def challenge_of(name: str, query: Mapping[str, str], app: ClientApp) -> tuple[str, str]:
    """Return the answer to a handshake, and its media type.

    Raises:
        NotTheirs: if it is none, or for somebody else.
    """
    if name == "twitter" and (token := query.get("crc_token", "")):
        digest = base64.b64encode(_signed(app, _bytes(token))).decode()
        return msgspec.json.encode({"response_token": f"sha256={digest}"}).decode(), "application/json"
    if name == "instagram" and query.get("hub.mode") == "subscribe":
        told = query.get("hub.verify_token", "")
        if app.verify_token and hmac.compare_digest(_bytes(told), app.verify_token.encode()):
            return query.get("hub.challenge", "")[:LONGEST], "text/plain"
        raise NotTheirs("hub.verify_token is not the verifyToken of the file of applications")
    msg = f"no handshake of {name} is like this"
    raise NotTheirs(msg)


def accounts_of(name: str, headers: Mapping[str, str], body: bytes, app: ClientApp) -> list[str]:
    """Return the accounts that a push speaks of, by the platform's ids.

    Args:
        name: of the connector.
        headers: their names in lower case.
        body: as it came: the signature is over these bytes.
        app: whose secret signs it.

    Raises:
        NotTheirs: if the signature is not the platform's.
    """
    if name not in _READERS:
        msg = f"{name} pushes nothing"
        raise NotTheirs(msg)
    header, is_signed, read = _READERS[name]
    if not is_signed(headers.get(header, ""), body, app):
        msg = f"the signature in {header} is not that of {name}"
        raise NotTheirs(msg)
    found = [one for one in read(json_of(body)) if isinstance(one, str) and one]
    return list(dict.fromkeys(found))


def _bytes(text: str) -> bytes:
    return text.encode(errors="replace")  # a header may be no UTF-8


def _signed(app: ClientApp, body: bytes) -> bytes:
    return hmac.digest(app.client_secret.encode(), body, hashlib.sha256)


def _by_hub(told: str, body: bytes, app: ClientApp) -> bool:
    return hmac.compare_digest(_bytes(told), f"sha256={_signed(app, body).hex()}".encode())


def _by_x(told: str, body: bytes, app: ClientApp) -> bool:
    return hmac.compare_digest(_bytes(told), b"sha256=" + base64.b64encode(_signed(app, body)))


def _by_tiktok(told: str, body: bytes, app: ClientApp) -> bool:
    parts = dict(part.strip().partition("=")[::2] for part in told.split(","))
    expected = _signed(app, _bytes(parts.get("t", "")) + b"." + body).hex()
    return hmac.compare_digest(_bytes(parts.get("s", "")), expected.encode())


def _of_instagram(said: Any) -> list[Any]:
    entries = member(said, "entry")
    return [member(one, "id") for one in entries] if isinstance(entries, list) else []


def _of_x(said: Any) -> list[Any]:
    return [member(said, "for_user_id"), member(said, "data", "filter", "user_id")]


def _of_tiktok(said: Any) -> list[Any]:
    return [member(said, "user_openid")]


_Signature = Callable[[str, bytes, ClientApp], bool]
_READERS: Final[dict[str, tuple[str, _Signature, Callable[[Any], list[Any]]]]] = {
    "instagram": ("x-hub-signature-256", _by_hub, _of_instagram),
    "tiktok": ("tiktok-signature", _by_tiktok, _of_tiktok),
    "twitter": ("x-twitter-webhooks-signature", _by_x, _of_x),
}
