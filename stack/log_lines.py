"""What the parts print: to the terminal with a coloured prefix, and to one file a part."""

import os
import sys
from pathlib import Path
from typing import IO

# Of 256 colours, readable on black and on white.
_COLOURS = (37, 166, 99, 71, 168, 136, 67, 130)
_WIDTH = 10
_FILE_LIMIT = 10 << 20  # bytes; then the file becomes PART.log.1


class LogLines:
    """Passes every line to stderr and to a file; stdout has only the ready line."""

    def __init__(self, folder: Path, terminal: IO[str] | None = None) -> None:
        """Write files into `folder` and lines to `terminal` (default stderr)."""
        self._folder = folder
        self._terminal = sys.stderr if terminal is None else terminal
        self._coloured = self._terminal.isatty() and "NO_COLOR" not in os.environ
        self._files: dict[str, IO[bytes]] = {}
        self._colours: dict[str, int] = {}

    def write(self, part: str, line: bytes) -> None:
        """Pass one line of a part on, without its newline."""
        self._to_file(part, line)
        self._to_terminal(part, line.decode(errors="replace"))

    def say(self, text: str) -> None:
        """Print a line of the stack itself."""
        self.write("stack", text.encode())

    def tail(self, part: str, lines: int = 8) -> list[str]:
        """Return the last lines that a part printed."""
        path = self._folder / f"{part}.log"
        if not path.exists():
            return []
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 16_384))
            return file.read().decode(errors="replace").splitlines()[-lines:]

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _to_terminal(self, part: str, line: str) -> None:
        prefix = f"{part:<{_WIDTH}} "
        if self._coloured:
            colour = self._colours.setdefault(part, _COLOURS[len(self._colours) % len(_COLOURS)])
            prefix = f"\x1b[38;5;{colour}m{prefix}\x1b[0m"
        try:
            self._terminal.write(f"{prefix}{line}\n")
            self._terminal.flush()
        except (BrokenPipeError, ValueError):
            pass  # nobody reads the terminal any more; the files go on

    def _to_file(self, part: str, line: bytes) -> None:
        path = self._folder / f"{part}.log"
        file = self._files.get(part)
        if file is None:
            file = self._files[part] = path.open("ab", buffering=0)
        elif file.tell() > _FILE_LIMIT:
            file.close()
            path.replace(path.with_suffix(".log.1"))
            file = self._files[part] = path.open("ab", buffering=0)
        file.write(line + b"\n")
