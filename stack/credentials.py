"""The installation's own secrets and name, made once and kept in its data folder."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path


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
    # Came later: a file without it is of an older release, and gets one.
    history: str = field(default_factory=_password)

    @classmethod
    def make(cls) -> "Credentials":
        """Return new random credentials."""
        return cls(*(_password() for _ in range(4)))

    @classmethod
    def load_or_make(cls, path: Path) -> "Credentials":
        """Return the credentials in `path`; make and write what is missing first: the file, or one that came later.

        Raises:
            DamagedFile: the file is there and is not what was written.
        """
        found = cls.load(path) if path.exists() else cls.make()
        if not path.exists() or asdict(found).keys() != json.loads(path.read_text()).keys():
            write_private(path, json.dumps(asdict(found), indent=2) + "\n")
        return found

    @classmethod
    def load(cls, path: Path) -> "Credentials":
        """Return the credentials in `path`.

        Raises:
            DamagedFile: the file is not what was written.
            FileNotFoundError: it is missing.
        """
        try:
            return cls(**json.loads(path.read_text()))
        except (ValueError, TypeError) as error:
            raise DamagedFile(f"{path} is not the secrets file it should be ({error}): restore it") from error


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path` in one step, for the owner alone; a reader sees the old text or the new."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
