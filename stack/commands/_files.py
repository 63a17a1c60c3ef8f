"""Files that commands read: text, packed or not."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from streakline_client.imports import rows
from streakline_client.imports.rows import BadFile

_GZIP = b"\x1f\x8b"
MOST_EMPTY = 100_000
"""Empty lines in a row: a small packed file can hold more of them than anybody has time to read."""
SHORTEST_LINE = 3
"""Characters of a line that may say something, with its end."""


def lines_of(path: Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 text with their ends; gzip is known by its first bytes, whatever the name.

    Raises:
        BadFile: if it is neither, or has a line that does not fit into memory.
    """
    with path.open("rb") as raw:
        packed = raw.read(2) == _GZIP
    try:
        if packed:
            with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
                yield from _lines(file)
        else:
            with path.open(encoding="utf-8-sig", newline="") as file:
                yield from _lines(file)
    except UnicodeDecodeError as error:
        raise BadFile(f"no UTF-8 text: {error.reason} at byte {error.start}") from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadFile(f"a damaged gzip file: {error}") from error


def _lines(file: IO[str]) -> Iterator[str]:
    empty = 0
    while line := file.readline(rows.LONGEST_TEXT + 1):
        if len(line) > rows.LONGEST_TEXT:
            raise BadFile(f"a line of more than {rows.LONGEST_TEXT:,} characters")
        empty = empty + 1 if len(line) < SHORTEST_LINE and not line.strip() else 0
        if empty > MOST_EMPTY:
            raise BadFile(f"more than {MOST_EMPTY:,} empty lines in a row")
        yield line
