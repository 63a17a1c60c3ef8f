"""What the parts print: to the terminal with a coloured prefix, and to one file a part."""

import os
import sys
from pathlib import Path
from typing import IO

# Of 256 colours, readable on black and on white.
_COLOURS = (37, 166, 99, 71, 168, 136, 67, 130)
_WIDTH = 10
_STACK = "stack"
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
        self._left_out: dict[str, int] = {}
        """Part -> lines since its file could last be written: a full disk must not stop who keeps it running."""

    def write(self, part: str, line: bytes) -> None:
        """Pass one line of a part on, without its newline."""
        self._to_file(part, line)
        self._to_terminal(part, line.decode(errors="replace"))

    def say(self, text: str) -> None:
        """Print a line of the stack itself."""
        self.write(_STACK, text.encode())

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
        except (OSError, ValueError):
            pass  # nobody reads the terminal any more, or its disk is full; the files go on

    def _to_file(self, part: str, line: bytes) -> None:
        missing = self._left_out.get(part, 0)
        gap = f"{missing} lines are missing here: this file could not be written\n" if missing else ""
        try:
            self._file(part).write(gap.encode() + line + b"\n")
        except OSError as error:
            self._left_out[part] = missing + 1
            if not missing:
                self._to_terminal(_STACK, f"{part}.log cannot be written, lines are only shown here: {error}")
        else:
            self._left_out.pop(part, None)

    def _file(self, part: str) -> IO[bytes]:
        path = self._folder / f"{part}.log"
        file = self._files.get(part)
        if file is not None and file.tell() > _FILE_LIMIT:
            file.close()
            path.replace(path.with_suffix(".log.1"))
            file = None
        if file is None:
            file = self._files[part] = path.open("ab", buffering=0)
        return file
