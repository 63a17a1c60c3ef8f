"""What the stack starts: a command, how to tell that it answers, and a process that runs it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

TETHER = Path(__file__).with_name("tether.py")

# How often a part that is starting is asked whether it answers, in seconds.
PROBE_EVERY = 0.03


class PartFailed(Exception):
    """A part ended, or did not answer in time, while the stack waited for it."""


@dataclass(frozen=True)
class Part:
    """One process of the stack. Nothing runs until a `PartProcess` or the supervisor starts it."""

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


class PartProcess:
    """A part run in the foreground of the caller: the tests' servers; `up` has a supervisor."""

    def __init__(self, part: Part, log: Path) -> None:
        """Prepare to run `part`, with what it prints appended to the file `log`."""
        self.part = part
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id; fails when the part was not started."""
        if self._process is None:
            raise PartFailed(f"{self.part.name} was not started")
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process and wait until it answers."""
        with self.log.open("ab") as output:
            self._process = self._spawn(output)
        deadline = time.monotonic() + self.part.patience
        while not self.part.answers():
            if not self.alive:
                raise PartFailed(f"{self.part.name} ended with code {self._code()}: {self._tail()}")
            if time.monotonic() > deadline:
                self.kill()
                waited = f"{self.part.patience:.0f} s"
                raise PartFailed(f"{self.part.name} did not answer in {waited}: {self._tail()}")
            time.sleep(PROBE_EVERY)

    def stop(self) -> None:
        """Ask the process to end, and kill it when its grace is over."""
        if self._process is None:
            return
        if self.alive:
            self._process.send_signal(signal.SIGCONT)  # a test may have held it with SIGSTOP
            self._process.terminate()
        try:
            self._process.wait(self.part.grace)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Kill the process with SIGKILL and wait until it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def restart(self) -> None:
        """Stop cleanly and start again on the same address and folder."""
        self.stop()
        self.start()

    def _spawn(self, output: IO[bytes]) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches the stack alone, and ClickHouse's SYSTEM SHUTDOWN, which
        # signals its whole process group, reaches nobody else.
        return subprocess.Popen(
            self.part.tethered(),
            env=self.part.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _code(self) -> int | None:
        return self._process.returncode if self._process else None

    def _tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return " / ".join(lines[-5:]) or "it printed nothing"
