"""The installation's own secrets and name, made once and kept in its data folder."""

import json
import os
import secrets
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final


class DamagedFile(Exception):
    """A file of the data folder cannot be read as what it should be."""


def _password() -> str:
    """Return a new random password, without characters that an address would have to escape."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Credentials:
    """Passwords of the embedded servers and the secret that signs tokens."""

    redis: str
    clickhouse: str
    analyst: str
    # Signs the bearer tokens (HS256).
    secret: str
    # What came later has a default: a file without it is of an older release, and gets one.
    history: str = field(default_factory=_password)
    # Seals the tokens of accounts at other platforms; several with commas, the newest first.
    platforms: str = field(default_factory=_password)
    others: dict[str, Any] = field(default_factory=dict, kw_only=True)
    """What a newer release keeps in the file: kept for it."""

    @classmethod
    def make(cls) -> "Credentials":
        """Return new random credentials."""
        return cls(*(_password() for _ in range(4)))

    @classmethod
    def load_or_make(cls, path: Path) -> "Credentials":
        """Return the credentials in `path`; make and write what is missing first: the file, or one that came later.

        Raises:
            DamagedFile: the file is there and is not what any release wrote.
        """
        found = cls.load(path) if path.exists() else cls.make()
        kept = {**found.others, **{name: getattr(found, name) for name in _NAMES}}
        if not path.exists() or kept.keys() != json.loads(path.read_text()).keys():
            write_private(path, json.dumps(kept, indent=2) + "\n")
        return found

    @classmethod
    def load(cls, path: Path) -> "Credentials":
        """Return the credentials in `path`; one that it lacks because it came later is made, and not written.

        Raises:
            DamagedFile: the file is not what any release wrote.
            FileNotFoundError: it is missing.
        """
        try:
            held = json.loads(path.read_text())
        except ValueError as error:
            raise _damaged(path, str(error)) from error
        if not isinstance(held, dict):
            raise _damaged(path, "it holds no object")
        for name in _NAMES:
            if name in held and not (isinstance(held[name], str) and held[name]):
                raise _damaged(path, f"{name} is no text")
        lost = [name for name in _FIRST if name not in held]
        if lost:
            raise _damaged(path, f"{', '.join(lost)} missing")
        known = {name: held.pop(name) for name in _NAMES if name in held}
        return cls(**known, others=held)


_NAMES: Final = tuple(each.name for each in fields(Credentials) if each.name != "others")
_FIRST: Final = _NAMES[:4]
"""What every release wrote."""


def _damaged(path: Path, why: str) -> DamagedFile:
    return DamagedFile(
        f"{path} is not the secrets file it should be ({why}): restore it; "
        "without a copy move it away, and a new one is made: tokens that it signed end"
    )


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path` in one step, for the owner alone; a reader sees the old text or the new."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
