"""`run.json`: where a running stack can be found, written by `up` for the other commands."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from stack.credentials import DamagedFile, write_private


@dataclass(frozen=True)
class RunFile:
    """Addresses, process ids and the token of a running stack. It holds passwords: mode 0600."""

    url: str
    redis_url: str
    clickhouse_url: str
    analyst_url: str
    # Of scope `admin`, for the commands of whoever may read this file.
    token: str
    # Of the process that supervises.
    pid: int
    # ISO 8601, UTC.
    started: str
    generated: bool = False
    # Part -> process id; a part that is about to be restarted is missing.
    pids: dict[str, int] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Write the file in one step."""
        write_private(path, json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls, path: Path) -> "RunFile":
        """Return what `path` says.

        Raises:
            DamagedFile: it is not what `up` writes.
            FileNotFoundError: it is missing.
        """
        try:
            return cls(**json.loads(path.read_text()))
        except (ValueError, TypeError) as error:
            raise DamagedFile(
                f"{path} is not what `streakline up` writes ({error}): start it again"
            ) from error
