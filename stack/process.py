"""What the stack starts: a command, and how to tell that it answers."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

TETHER = Path(__file__).with_name("tether.py")

# How often a part that is starting is asked whether it answers, in seconds.
PROBE_EVERY = 0.03


class PartFailed(Exception):
    """A part ended, or did not answer in time, while the stack waited for it."""


@dataclass(frozen=True)
class Part:
    """One process of the stack. Nothing runs until the supervisor starts it."""

    name: str
    command: Sequence[str]
    # True when the part answers; called again and again, so it must be quick and must not raise for "not
    # yet".
    answers: Callable[[], bool]
    # Under supervision: for a part without an address, the word of its log that says that it runs.
    says: bytes = b""
    # Added to the environment of the stack.
    env: Mapping[str, str] = field(default_factory=dict)
    # Seconds between SIGTERM and SIGKILL.
    grace: float = 5.0
    # Seconds until the first answer; a large append-only file takes Redis a while to read.
    patience: float = 60.0

    def tethered(self) -> list[str]:
        """Return the command line that runs the part and lets it die with this process."""
        return [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *self.command]

    def environment(self) -> dict[str, str]:
        """Return the whole environment of the part."""
        return {**os.environ, "PYTHONUNBUFFERED": "1", **self.env}
