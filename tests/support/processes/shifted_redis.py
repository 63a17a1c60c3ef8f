"""A real Redis whose clock is another, changed while it runs.

libfaketime stands in front of the wheel's server. Others may be linked with jemalloc, as Debian's is, which waits for
libfaketime for ever while that waits for memory: before them stands the small library of `make chaos`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from proofs.chaos.shim import NoCompiler, Shim
from proofs.running.parts import PartProcess
from real_servers import TestRedis
from stack.servers.redis_program import find_binary

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


def _shim(folder: Path) -> Shim:
    try:
        return Shim(folder)
    except NoCompiler as reason:
        pytest.skip(str(reason))


class ShiftedRedis(TestRedis):
    """A `TestRedis` with a clock of its own: `shift(seconds)` sets it off the real time."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        """Start the server with the real time."""
        folder.mkdir(parents=True, exist_ok=True)
        self._clock = folder / "clock"
        self._shim = None if find_binary() == find_binary({}) else _shim(folder)
        library = faketime() if self._shim is None else ""
        self.shift(0)
        super().__init__(folder)
        self.process.kill()
        if self._shim is None:
            environment = {
                "LD_PRELOAD": library,
                "FAKETIME_TIMESTAMP_FILE": str(self._clock),
                "FAKETIME_NO_CACHE": "1",
                "DONT_FAKE_MONOTONIC": "1",
            }
        else:
            environment = self._shim.environment
        part = self.server.part()
        self.process = PartProcess(replace(part, env=environment), folder / "redis.log")
        self.process.start()

    def shift(self, seconds: int) -> None:
        """Set the clock so many seconds off the real time, at once."""
        if self._shim is not None:
            self._shim.set_clock(seconds)
            return
        draft = self._clock.with_suffix(".draft")
        draft.write_text(f"{seconds:+d}\n")
        draft.replace(self._clock)

    def close(self) -> None:
        """Kill the server and let go of what its clock is set by."""
        self.kill()
        if self._shim is not None:
            self._shim.close()
