"""Files that commands read: text, packed or not."""

import gzip
from collections.abc import Iterator
from pathlib import Path

from streakline_client.imports.rows import BadFile

_GZIP = b"\x1f\x8b"


def lines_of(path: Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 text with their ends; gzip is known by its first bytes, whatever the name.

    Raises:
        BadFile: if it is neither.
    """
    with path.open("rb") as raw:
        packed = raw.read(2) == _GZIP
    try:
        if packed:
            with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
                yield from file
        else:
            with path.open(encoding="utf-8-sig", newline="") as file:
                yield from file
    except UnicodeDecodeError as error:
        raise BadFile(f"no UTF-8 text: {error.reason} at byte {error.start}") from error
    except (EOFError, gzip.BadGzipFile) as error:
        raise BadFile(f"a damaged gzip file: {error}") from error
