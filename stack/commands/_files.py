"""Files that commands read: text, packed or not."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from streakline_client.imports import rows
from streakline_client.imports.rows import BadFile

_GZIP = b"\x1f\x8b"


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
    while line := file.readline(rows.LONGEST_TEXT + 1):
        if len(line) > rows.LONGEST_TEXT:
            raise BadFile(f"a line of more than {rows.LONGEST_TEXT:,} characters")
        yield line
