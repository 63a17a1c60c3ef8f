"""What a small library tells Redis in the kernel's place: the time of day, and how long an fsync takes."""

from __future__ import annotations

import mmap
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Final

from stack.servers.redis_program import find_binary

SOURCE: Final = Path(__file__).with_name("shim.c")
_LAYOUT: Final = struct.Struct("qq")


class NoCompiler(Exception):
    """There is no C compiler, or it could not compile the library; the message says what it said."""


class Shim:
    """A compiled library and the file that says what it does. Nothing moves before it is told to."""

    def __init__(self, folder: Path) -> None:
        """Compile into `folder`, which must be there.

        Raises:
            NoCompiler: if this cannot be done here.
        """
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if compiler is None:
            raise NoCompiler("no C compiler (cc, gcc or clang) is on PATH")
        self._library, self._control = folder / "shim.so", folder / "shim.control"
        command = [compiler, "-O1", "-shared", "-fPIC", "-o", str(self._library), str(SOURCE), "-ldl"]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        if said.returncode:
            raise NoCompiler(f"{compiler} could not compile {SOURCE.name}: {said.stderr.strip()[-500:]}")
        self._control.write_bytes(_LAYOUT.pack(0, 0))
        self._file = self._control.open("r+b")
        self._map = mmap.mmap(self._file.fileno(), _LAYOUT.size)

    @property
    def environment(self) -> dict[str, str]:
        """What a stack has to be started with."""
        return {
            "LD_PRELOAD": str(self._library),
            "STREAKLINE_CHAOS_CONTROL": str(self._control),
            "STREAKLINE_CHAOS_PROGRAM": find_binary().name,
        }

    def set_clock(self, seconds: float) -> None:
        """Set Redis' wall clock off by so many seconds from now on; 0 puts it right again."""
        _, delay = _LAYOUT.unpack(self._map)
        self._map[:] = _LAYOUT.pack(round(seconds * 1e6), delay)

    def delay_fsync(self, seconds: float) -> None:
        """Let every fsync of Redis take so much longer from now on."""
        clock, _ = _LAYOUT.unpack(self._map)
        self._map[:] = _LAYOUT.pack(clock, round(seconds * 1e6))

    def close(self) -> None:
        """Let go of the file."""
        self._map.close()
        self._file.close()


def make(folder: Path) -> Shim | None:
    """Return a shim, or None where it cannot be had: that is said, and the run goes on without."""
    try:
        return Shim(folder)
    except NoCompiler as reason:
        print(f"  no fsync is delayed and no clock moved in this run: {reason}", flush=True)
        return None
