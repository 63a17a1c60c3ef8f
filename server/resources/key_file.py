"""The file beside the data that knows API keys and revocations too: what a Redis that went back has forgotten."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Final

import msgspec
import structlog

from server.resources.durable import replace_file
from streakline.door.api_keys import ApiKey, KnownKeys

NAME: Final = "api-keys.json"
_log = structlog.get_logger()


class _Held(msgspec.Struct):
    keys: list[ApiKey] = []
    revoked: dict[str, int] = {}


_DECODER: Final = msgspec.json.Decoder(_Held)


class KeyFile:
    """Keys and revocations on disk; several processes may share the folder."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / NAME

    def read(self) -> KnownKeys:
        """Return what the file knows; nothing if there is none, or if it cannot be read, which is logged."""
        try:
            held = _DECODER.decode(self._file.read_bytes())
        except FileNotFoundError:
            return KnownKeys()
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            _log.error("api_keys_unreadable", file=str(self._file), error=str(error), taken_as="none")
            return KnownKeys()
        return KnownKeys({key.id: key for key in held.keys}, held.revoked)

    def join(self, known: KnownKeys) -> KnownKeys:
        """Let the file know what is known, for good when this returns; return what both know together.

        Raises:
            OSError: if it cannot be written.
        """
        self._file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._file.with_name(f"{NAME}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # for the milliseconds that another process writes
            held = self.read()
            joined = known.joined(held)
            if any(joined.missing_in(held)):
                text = msgspec.json.encode(_Held(list(joined.keys.values()), dict(joined.revoked)))
                replace_file(self._file, text, mode=0o600)
            return joined
        finally:
            os.close(descriptor)
