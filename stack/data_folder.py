"""The one folder in which a stack keeps everything, and the lock that only one stack holds."""

import fcntl
import os
from pathlib import Path

from stack.credentials import Credentials
from stack.run_file import RunFile

DEFAULT = Path("streakline-data")
DEMO = Path("streakline-demo")


class FolderInUse(Exception):
    """Another stack holds the lock of the data folder."""


class DataFolder:
    """Paths inside a data folder.

    redis/, clickhouse/    what the two servers keep
    flows/                 recovery folders of the flows (made by them)
    logs/PART.log          what each part printed
    secrets.json           made at first start, mode 0600
    run.json               there while a stack runs, mode 0600
    lock                   held while a stack runs
    """

    def __init__(self, path: Path) -> None:
        """Describe the folder; nothing is made before `take`."""
        self.path = path.expanduser().absolute()
        self.redis = self.path / "redis"
        self.clickhouse = self.path / "clickhouse"
        self.logs = self.path / "logs"
        self.secrets = self.path / "secrets.json"
        self.run = self.path / "run.json"
        self.generated = self.path / "generated"
        self._lock = self.path / "lock"
        self._held: int | None = None

    def take(self) -> None:
        """Make the folder and hold its lock until this process ends or `release` is called.

        Raises:
            FolderInUse: another process holds it.
        """
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.logs.mkdir(exist_ok=True)
        # Not inherited by the parts (PEP 446): the lock is free as soon as the supervisor is gone.
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise FolderInUse(
                f"{self.path} is in use by a stack that runs ({self._owner()}):"
                " stop it, or choose another folder with --data"
            ) from None
        self._held = descriptor

    def release(self) -> None:
        """Give the lock back and remove `run.json`."""
        self.run.unlink(missing_ok=True)
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def is_taken(self) -> bool:
        """Tell whether a stack runs on this folder, by the lock and not by what a dead one left."""
        try:
            descriptor = os.open(self._lock, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def credentials(self) -> Credentials:
        """Return the folder's secrets; they are made at first use."""
        return Credentials.load_or_make(self.secrets)

    def _owner(self) -> str:
        try:
            return f"process {RunFile.read(self.run).pid}"
        except OSError:
            return "it is starting"
