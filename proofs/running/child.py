"""A process of ours beside a benchmark, so that its work is on nobody's account: it answers lines with lines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]


class Child:
    """`python -m MODULE` as a child. Leaving the block ends it, whatever it is doing."""

    def __init__(self, module: str, *arguments: str) -> None:
        """Start it."""
        command = [sys.executable, "-m", module, *arguments]
        self.module = module
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def say(self, line: bytes) -> None:
        """Send it a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + b"\n")
        self._process.stdin.flush()

    def answer(self) -> bytes:
        """Return its next line.

        Raises:
            RuntimeError: if it ended; it has said why on stderr.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            msg = f"{self.module} ended with code {self._process.wait()}; its last words are above"
            raise RuntimeError(msg)
        return line

    def ask(self, line: bytes) -> bytes:
        """Send it a line and return its answer."""
        self.say(line)
        return self.answer()
