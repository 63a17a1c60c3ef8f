"""A small disk of its own for a stack, which can be filled to the brim and be given room again."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Final, Self

MB: Final = 1 << 20
BLOCKS: Final = (MB, 4096)
SIZE: Final = 1200
"""MB: what a stack needs, twice the room below which it stops taking events, and a little."""


class NoDisk(Exception):
    """No disk can be mounted here; the message says why."""


class SmallDisk:
    """A tmpfs mounted on a folder. Mounting needs root."""

    def __init__(self, folder: Path) -> None:
        """Describe the disk; entering the context mounts it on `folder`, leaving it unmounts it."""
        self.folder = folder
        self._filler = folder / "filler"

    def __enter__(self) -> Self:
        """Mount the disk.

        Raises:
            NoDisk: if that is not allowed here.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() != 0 or not shutil.which("mount"):
            raise NoDisk("mounting a small disk needs root and the program mount")
        options = f"size={SIZE}m,mode=0700"
        command = ["mount", "-t", "tmpfs", "-o", options, "streakline-chaos", str(self.folder)]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        if said.returncode:
            raise NoDisk(f"mount refused: {said.stderr.strip()}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Unmount it, with everything on it; at once for everybody who comes later, if a file is still open."""
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    @property
    def free(self) -> int:
        """MB that are free."""
        return shutil.disk_usage(self.folder).free // MB

    def fill(self, leave: int) -> None:
        """Take all room but so many MB."""
        with self._filler.open("ab") as file:
            size = file.tell()
            # Others write at the same time: what does not fit whole is tried in smaller pieces.
            for block in BLOCKS:
                while (room := shutil.disk_usage(self.folder).free - leave * MB) >= block:
                    try:
                        os.posix_fallocate(file.fileno(), size, room // block * block)
                    except OSError as error:
                        if error.errno != errno.ENOSPC:
                            raise
                        break
                    size += room // block * block

    def release(self) -> None:
        """Give all of it back."""
        self._filler.unlink(missing_ok=True)
