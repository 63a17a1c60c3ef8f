"""Sealing: what is secret is stored as only the key of this installation opens it (Fernet: AES-128-CBC, HMAC-SHA256).

Keys may be any texts: the first one seals, each of them opens. So a key is changed by putting another before it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Any, Final, TypeVar

import msgspec

T = TypeVar("T")
SHORTEST: Final = 32
"""Characters of a key at least."""
_PURPOSE: Final = b"streakline platform tokens "


class NoKey(ValueError):
    """Nothing can be sealed: the installation has no key, or a too short one."""


class Sealed(ValueError):
    """What was sealed does not open: by another key, for another use, or damaged."""


class Sealer:
    """Seals values for a use, so that one that was sealed for another does not pass for it."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take keys, the newest first.

        Raises:
            NoKey: if there is none, or one that can be guessed.
        """
        if not keys:
            raise NoKey("STREAKLINE_PLATFORM_KEYS names no key; name one of 32 characters or more")
        if short := [len(key) for key in keys if len(key) < SHORTEST]:
            msg = f"a key of STREAKLINE_PLATFORM_KEYS has {short[0]} characters; {SHORTEST} are the fewest"
            raise NoKey(msg)
        # Loaded where there are accounts: others need none of it.
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415

        self._fernet = MultiFernet([Fernet(_derived(key)) for key in keys])

    def seal(self, use: str, value: Any) -> str:
        """Return a value as only the key opens it."""
        return self._fernet.encrypt(msgspec.json.encode([use, value])).decode()

    def open(self, use: str, sealed: str, type_: type[T]) -> T:
        """Return what was sealed for a use.

        Raises:
            Sealed: if it was not, or not by one of the keys.
        """
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - see above

        try:
            for_, value = msgspec.json.decode(self._fernet.decrypt(sealed.encode()), type=tuple[str, type_])  # type: ignore[valid-type]
        except (InvalidToken, msgspec.MsgspecError) as error:
            msg = f"what was sealed for {use} does not open; is its key still in STREAKLINE_PLATFORM_KEYS?"
            raise Sealed(msg) from error
        if for_ != use:
            msg = f"what was sealed for {for_} was given for {use}"
            raise Sealed(msg)
        opened: T = value
        return opened


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(_PURPOSE + key.encode()).digest())
