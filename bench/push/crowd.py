"""A crowd: the handle of one process of listeners, and what it saw."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple, Self

ROOT = Path(__file__).parents[2]


class Seen(NamedTuple):
    """What listeners saw since `begin`."""

    messages: int
    bytes: int
    closed: int
    """Connections that ended since the beginning of all."""
    ages: dict[int, int]
    """Age of a message when it was read, in ms -> how many."""

    def quantile(self, share: float) -> int:
        """Return the age in ms that `share` of the messages do not exceed."""
        wanted = share * sum(self.ages.values())
        for age in sorted(self.ages):
            wanted -= self.ages[age]
            if wanted <= 0:
                return age
        return 0


class Crowd:
    """Listeners of one path, in a process of their own. Leaving the block ends it."""

    def __init__(
        self,
        port: int,
        request: str,
        number: int,
        *,
        kind: str = "websocket",
        say: str = "",
        receive_buffer: int = 0,
    ) -> None:
        asked = {
            "port": port, "request": request, "number": number, "kind": kind, "say": say,
            "receive_buffer": receive_buffer,
        }  # fmt: skip
        self.number = number
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.push.listeners", json.dumps(asked)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self) -> None:
        """Count from here."""
        self._ask("begin")

    def stall(self) -> None:
        """Stop reading, for good."""
        self._ask("stall")

    def seen(self) -> Seen:
        """Return what was seen since `begin`."""
        said = self._ask("report")
        ages = {int(age): number for age, number in said["ages"].items()}
        return Seen(said["messages"], said["bytes"], said["closed"], ages)

    def close(self) -> None:
        """End the process, and all its connections."""
        self._process.kill()
        self._process.communicate()

    def _ask(self, command: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            msg = f"the listeners ended with code {self._process.wait()}; their last words are above"
            raise RuntimeError(msg)
        answer: dict[str, Any] = json.loads(line)
        return answer
