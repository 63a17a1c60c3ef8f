"""Files beside the data that know what Redis knows too: from them is put back what a Redis that went back forgot."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, Protocol, Self, TypeVar

import msgspec
import structlog

from server.resources.durable import replace_file

_log = structlog.get_logger()


class Known(Protocol):
    """What one keeper knows: a tuple of parts, put together in any order."""

    def joined(self, other: Self) -> Self:
        """Return what both know together."""

    def missing_in(self, other: Self) -> Self:
        """Return what is known here and not there."""

    def __bool__(self) -> bool:
        """Tell whether anything is known."""

    def _asdict(self) -> dict[str, Any]:
        """Return the parts by their names."""


K = TypeVar("K", bound=Known)


class JoinedFile(Generic[K]):
    """What is known, on disk, as JSON (mode 0600); several processes may share the folder."""

    def __init__(
        self, file: Path, nothing: K, decode: Callable[[bytes], K], encode: Callable[[K], bytes]
    ) -> None:
        """Prepare to read and write a file; it need not be there."""
        self._file, self._nothing = file, nothing
        self._decode, self._encode = decode, encode

    def read(self) -> K:
        """Return what the file knows; nothing if there is none, or if it cannot be read, which is logged."""
        try:
            return self._decode(self._file.read_bytes())
        except FileNotFoundError:
            return self._nothing
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            _log.error("known_unreadable", file=str(self._file), error=str(error), taken_as="none")
            return self._nothing

    def join(self, known: K) -> K:
        """Let the file know what is known, for good when this returns; return what both know together.

        Raises:
            OSError: if it cannot be written.
        """
        self._file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._file.with_name(f"{self._file.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # for the milliseconds that another process writes
            held = self.read()
            joined = known.joined(held)
            if joined.missing_in(held):
                replace_file(self._file, self._encode(joined), mode=0o600)
            return joined
        finally:
            os.close(descriptor)

    def keep(self, known: K) -> K:
        """Let the file know what is known, if it can be written; return what is known together then."""
        try:
            return self.join(known)
        except OSError as error:  # a full disk is reported by `Pressure`; what is in memory holds
            _log.warning("known_not_written", file=str(self._file), error=str(error))
            return known
