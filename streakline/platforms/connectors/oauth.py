"""OAuth 2: the state and the proof of a request for a grant, tokens and how long they hold."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from streakline.platforms.connectors.exchange import Pairs
from streakline.times import MINUTE_MS, SECOND_MS

STATE_MS: Final = 10 * MINUTE_MS
"""For which a person may take to say yes."""
EARLY_MS: Final = MINUTE_MS
"""Before its end a token is taken for ended: a request takes a while, and clocks differ."""
BEARER: Final = "bearer"


class ClientApp(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The application that this installation is to a platform.

    Attributes:
        client_id: its name there.
        client_secret: what it is known by.
        addresses: base addresses that are not the platform's own, by name.
        scopes: that are asked for instead of the connector's.
        verify_token: a word by which a platform that pushes knows that the handshake is ours.
        budget: US dollars a month at most, of a platform that takes money.
    """

    client_id: str
    client_secret: str
    addresses: dict[str, str] = {}
    scopes: tuple[str, ...] = ()
    budget: float = 0.0
    verify_token: str = ""


class Tokens(msgspec.Struct, frozen=True):
    """A grant, as it is sealed.

    Attributes:
        access: goes with requests.
        expires: when that ends, ms.
        refresh: for which the next one is given; "" where there is none.
        refresh_expires: when that ends, ms; 0: nobody says.
        obtained: when, ms.
        scopes: that were granted; they may be fewer than asked.
        subject: whose it is, where the platform says so along with the tokens.
    """

    access: str
    expires: int
    refresh: str = ""
    refresh_expires: int = 0
    obtained: int = 0
    scopes: tuple[str, ...] = ()
    subject: str = ""

    def holds(self, now: int, early: int = EARLY_MS) -> bool:
        """Tell whether a request that is sent now is let in, and would be for some time (ms)."""
        return now < self.expires - early


class Request(msgspec.Struct, frozen=True):
    """What is kept of a request for a grant until its person comes back.

    Attributes:
        owner: whose account it will be.
        platform: that is asked.
        verifier: proves that who has the code is who asked.
        redirect: the address that he comes back to.
        browser: hash of the word that his browser keeps.
        expires: ms.
    """

    owner: str
    platform: str
    verifier: str
    redirect: str
    browser: str
    expires: int


def challenge_of(verifier: str) -> str:
    """Return what is told of a verifier beforehand (RFC 7636, S256)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hashed(word: str) -> str:
    """Return a word by which another is known, without being it."""
    return hashlib.sha256(word.encode(errors="replace")).hexdigest()


def with_query(address: str, pairs: Pairs) -> str:
    """Return an address with a query."""
    return f"{address}?{urlencode(pairs)}"


def moment(now: int, seconds: Any, default: int = 0) -> int:
    """Return a moment that is so many seconds ahead, ms; the default where that is no number."""
    if isinstance(seconds, str) and seconds.isascii() and seconds.isdigit():
        seconds = int(seconds)
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    return now + int(seconds * SECOND_MS) if is_number else default


def tokens_of(
    said: Mapping[str, Any], now: int, before: Tokens | None = None, *, separator: str = " "
) -> Tokens | None:
    """Return the tokens of an answer as RFC 6749 has it; None if there are none in it.

    Args:
        said: the members of the answer.
        now: ms.
        before: of whom the refresh token and the scopes stay where the answer names none.
        separator: between scopes.
    """
    access = said.get("access_token")
    if not isinstance(access, str) or not access:
        return None
    refresh, scope = said.get("refresh_token"), said.get("scope")
    ends = said.get("refresh_expires_in", said.get("refresh_token_expires_in"))
    old, subject = before or Tokens("", 0), said.get("open_id")
    given = isinstance(refresh, str) and bool(refresh)
    return Tokens(
        access=access,
        expires=moment(now, said.get("expires_in"), now + 60 * MINUTE_MS),
        refresh=str(refresh) if given else old.refresh,
        refresh_expires=moment(now, ends, 0 if given else old.refresh_expires),
        obtained=now,
        scopes=tuple(scope.split(separator)) if isinstance(scope, str) and scope else old.scopes,
        subject=subject if isinstance(subject, str) else old.subject,
    )
