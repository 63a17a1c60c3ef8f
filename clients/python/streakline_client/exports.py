"""Exports into a file: it gets its name once it is whole, and none if it is not."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, NamedTuple

import aiohttp

from streakline_client.errors import Incomplete

FORMATS = ("csv", "jsonl", "parquet")
EXPORT_PATH = "/api/v1/export"
SILENCE_SECONDS = 330.0
"""For so long a server may send nothing: a little more than it waits for its own history."""
Progress = Callable[[int, int, int | None], None]
"""Hears of bytes and rows that have come (0 where the format hides them), and of rows that were promised."""
_MAGIC = b"PAR1"


class Exported(NamedTuple):
    """A whole export: its rows (None in Parquet, whose rows are not counted on the way), its bytes."""

    rows: int | None
    size: int


class Tally:
    """What has come of an export: bytes, and rows where they can be seen."""

    def __init__(self, form: str) -> None:
        """Begin.

        Args:
            form: one of FORMATS.
        """
        self.size = 0
        self._form = form
        self._lines = 0
        self._quoted = False
        self._head = b""
        self._tail = b""

    @property
    def rows(self) -> int | None:
        """How many whole rows there are; None in Parquet."""
        if self._form == "parquet":
            return None
        return max(0, self._lines - 1) if self._form == "csv" else self._lines

    def add(self, chunk: bytes) -> None:
        """Take what has come."""
        self.size += len(chunk)
        self._head = (self._head + chunk[:4])[:4]
        self._tail = (self._tail + chunk[-4:])[-4:]
        if self._form == "jsonl":
            self._lines += chunk.count(b"\n")
        elif self._form == "csv":
            # Texts in quotes may hold line ends; a quote inside them is two, which changes nothing.
            for part in chunk.split(b'"'):
                self._lines += 0 if self._quoted else part.count(b"\n")
                self._quoted = not self._quoted
            self._quoted = not self._quoted

    def lacking(self, promised: int | None) -> str:
        """Return what is missing although the answer ended; "" for a whole one."""
        if self._form == "parquet":
            whole = self._head == self._tail == _MAGIC and self.size > 2 * len(_MAGIC)
            return "" if whole else "it does not begin and end as Parquet does"
        if self._quoted or (self.size and not self._tail.endswith(b"\n")):
            return "its last row has no end"
        rows = self.rows or 0
        return f"it has {rows:,} rows of {promised:,}" if promised is not None and rows < promised else ""


async def saved(answer: aiohttp.ClientResponse, target: Path, form: str, progress: Progress) -> Exported:
    """Write an export into a file, which gets its name when it is whole.

    Args:
        answer: of the server, its body not read yet.
        target: the file; one that is there stays as it is until the new one is whole.
        form: one of FORMATS.
        progress: hears how far it is.

    Raises:
        Incomplete: if the answer breaks off or lacks something; nothing of it is kept.
        OSError: if it cannot be written.
    """
    header = answer.headers.get("X-Rows-Expected", "")
    promised = int(header) if header.isdecimal() else None
    tally = Tally(form)
    with _replacing(target) as file:
        try:
            async for chunk in answer.content.iter_any():
                file.write(chunk)
                tally.add(chunk)
                progress(tally.size, tally.rows or 0, promised)
        except (aiohttp.ClientError, ConnectionError, TimeoutError) as error:
            msg = f"the export broke off after {tally.size:,} bytes: {str(error) or type(error).__name__}; ask again"
            raise Incomplete(msg) from error
        if lacks := tally.lacking(promised):
            msg = f"the export is not whole: {lacks}; ask again"
            raise Incomplete(msg)
    return Exported(tally.rows, tally.size)


@contextlib.contextmanager
def _replacing(target: Path) -> Iterator[IO[bytes]]:
    """Open a file beside the target that takes its name when the block ends well, and goes away when it does not."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
