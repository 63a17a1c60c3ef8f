"""Files that commands read: text, packed or not, and pipes, which can be read only once."""

import gzip
import io
import stat
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final, Self, cast

import click

from streakline_client.imports import rows
from streakline_client.imports.rows import BadFile

_GZIP = b"\x1f\x8b"
_PARQUET = b"PAR1"
_BLANK = b"\xef\xbb\xbf \t\r\n"
MOST_EMPTY = 100_000
"""Empty lines in a row: a small packed file can hold more of them than anybody has time to read."""
SHORTEST_LINE = 3
"""Characters of a line that may say something, with its end."""
MOST_KEPT = 4 << 30
"""Bytes of a pipe that are kept on the disk."""
_PIECE = 1 << 20
_PAGE_PIECE = 1 << 16
_PEEKED = 512

FILE: Final = click.Path(path_type=Path, exists=True, dir_okay=False, readable=True, allow_dash=True)
"""The argument of a command that is a file, a pipe (`/dev/stdin`, `<(...)`, a named one) or `-`."""


class Source:
    """What a command is given to read: it can be opened any number of times, also where that was a pipe.

    What can be read only once is read once, into a temporary file that goes with `close`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: IO[bytes] | None = None
        self.held = ExitStack()
        """What is closed with it."""
        self.name = "standard input" if str(path) == "-" else path.name if path.is_file() else str(path)
        """For people."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> io.BufferedReader:
        """Return the bytes from their beginning.

        Raises:
            BadFile: if a pipe gives more than can be kept.
            OSError: if the file cannot be read.
        """
        if str(self._path) != "-" and stat.S_ISREG(self._path.stat().st_mode):
            return self._path.open("rb")
        if self._kept is None:
            self._kept = self._keep()
        return Path(self._kept.name).open("rb")

    def close(self) -> None:
        """Close what is held and delete what was kept of a pipe."""
        self.held.close()
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _keep(self) -> IO[bytes]:
        if str(self._path) == "-" and sys.stdin is None:
            raise BadFile("standard input is closed")
        kept = tempfile.NamedTemporaryFile(prefix="streakline-")  # noqa: SIM115 - `close` deletes it
        try:
            if str(self._path) == "-":
                self._copy(sys.stdin.buffer, kept)
            else:
                with self._path.open("rb") as pipe:
                    self._copy(pipe, kept)
            kept.flush()
        except BaseException:
            kept.close()
            raise
        return kept

    def _copy(self, pipe: IO[bytes], kept: IO[bytes]) -> None:
        size = 0
        while piece := pipe.read(_PIECE):
            size += len(piece)
            if size > MOST_KEPT:
                raise BadFile(f"more than {MOST_KEPT >> 30} GiB through a pipe; write it to a file first")
            kept.write(piece)


def lines_of(raw: IO[bytes]) -> Generator[str]:
    """Yield the lines of a UTF-8 text with their ends, of an HTML page pieces; closes it at the end.

    gzip is known by its first bytes, whatever the name; so is Parquet, whose rows are given as lines of JSON.

    Raises:
        BadFile: if it is neither, or has a line that does not fit into memory.
    """
    try:
        with raw:
            if _peeked(raw).startswith(_PARQUET):
                yield from _parquet_lines(raw)
            elif _peeked(raw).startswith(_GZIP):
                with gzip.GzipFile(fileobj=raw) as packed:
                    yield from _decoded(packed)
            else:
                yield from _decoded(raw)
    except UnicodeDecodeError as error:
        raise BadFile(f"no UTF-8 text: {error.reason} at byte {error.start}") from error
    except (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error) as error:
        what = "ZIP" if isinstance(raw, zipfile.ZipExtFile) else "gzip file"
        raise BadFile(f"a damaged {what}: {error}") from error


def _parquet_lines(raw: IO[bytes]) -> Iterator[str]:
    # Loading pyarrow takes half a second: only Parquet needs it.
    from stack.imports.parquet_lines import json_lines  # noqa: PLC0415

    yield from json_lines(raw)


def _peeked(raw: IO[bytes] | gzip.GzipFile) -> bytes:
    return cast("io.BufferedReader", raw).peek(_PEEKED)  # every reader here is buffered


def _decoded(raw: IO[bytes] | gzip.GzipFile) -> Iterator[str]:
    page = _peeked(raw).lstrip(_BLANK).startswith(b"<")
    with io.TextIOWrapper(cast("io.BufferedReader", raw), encoding="utf-8-sig", newline="") as file:
        if page:  # written without line ends
            while piece := file.read(_PAGE_PIECE):
                yield piece
        else:
            yield from _lines(file)


def _lines(file: IO[str]) -> Iterator[str]:
    empty = 0
    while line := file.readline(rows.LONGEST_TEXT + 1):
        if len(line) > rows.LONGEST_TEXT:
            raise BadFile(f"a line of more than {rows.LONGEST_TEXT:,} characters")
        empty = empty + 1 if len(line) < SHORTEST_LINE and not line.strip() else 0
        if empty > MOST_EMPTY:
            raise BadFile(f"more than {MOST_EMPTY:,} empty lines in a row")
        yield line
