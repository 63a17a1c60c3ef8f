"""The installation's own secrets and name, made once and kept in its data folder."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path


class DamagedFile(Exception):
    """A file of the data folder cannot be read as what it should be."""


@dataclass(frozen=True)
class Credentials:
    """Passwords of the embedded servers and the secret that signs tokens."""

    redis: str
    clickhouse: str
    analyst: str
    # Signs the bearer tokens (HS256).
    secret: str

    @classmethod
    def make(cls) -> "Credentials":
        """Return new random credentials, without characters that an address would have to escape."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(4)))

    @classmethod
    def load_or_make(cls, path: Path) -> "Credentials":
        """Return the credentials in `path`; if it is missing, make and write them first.

        Raises:
            DamagedFile: the file is there and is not what was written.
        """
        if not path.exists():
            made = cls.make()
            write_private(path, json.dumps(asdict(made), indent=2) + "\n")
            return made
        return cls.load(path)

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
