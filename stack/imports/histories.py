"""The histories in what a command is given: one text, or those in a ZIP, as Google and Spotify send it.

In a ZIP a history is known by its first rows and not by its name, which is in the language of the account. Nothing is
unpacked to the disk.
"""

import io
import struct
import zipfile
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import IO, Final

from stack.imports.files import Source, lines_of
from streakline_client.imports import recognition
from streakline_client.imports.rows import BadFile

_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_TEXTS: Final = (".json", ".jsonl", ".csv", ".tsv", ".html", ".htm", ".txt")
MOST_MEMBERS: Final = 200_000
"""Files in a ZIP."""
_MOST_NAMES: Final = 64 << 20
"""Bytes of a ZIP's list of its files, which is read whole."""
_TAIL: Final = 65_557
"""Bytes in which a ZIP's end stands: 22, and a comment."""
_ASKED: Final = 1_000
_SHOWN: Final = 5
_TAR: Final = "ustar"
_TAR_HEADER: Final = 512
_BOOK: Final = "xl/workbook.xml"
"""What is in a ZIP that is a spreadsheet."""


@dataclass(frozen=True)
class History:
    """A text that may be a history, to be read any number of times."""

    name: str
    opened: Callable[[], IO[bytes]]

    def lines(self) -> Generator[str]:
        """Yield its lines.

        Raises:
            BadFile: if it is no text.
        """
        return lines_of(self.opened())

    def head(self) -> str:
        """Return its beginning, empty where it is no text."""
        parts: list[str] = []
        size = 0
        try:
            with closing(self.lines()) as lines:
                for line in lines:
                    parts.append(line[: recognition.HEAD])
                    size += len(line)
                    if size >= recognition.HEAD:
                        break
        except BadFile:
            pass  # what was read before tells it too
        return "".join(parts)


def histories(source: Source, importer: str) -> list[History]:
    """Return the text of a source, or of a ZIP the texts that an importer reads.

    Raises:
        BadFile: if a ZIP is damaged, too large, or has no such text.
        OSError: if it cannot be read.
    """
    with source.open() as file:
        packed = file.read(4) in _ZIP
    if not packed:
        history = History(source.name, source.open)
        if _TAR in history.head()[:_TAR_HEADER]:
            raise BadFile("a tar archive (.tgz): unpack it and give the history in it, or ask for a ZIP")
        return [history]
    archive = _Archive(source)
    found = [history for history in archive.texts() if _is_for(importer, history)]
    if not found:
        raise BadFile(_nothing_in(archive, importer))
    return found


class _Archive:
    """A ZIP, held open with its source."""

    def __init__(self, source: Source) -> None:
        self._name = source.name
        try:
            file = source.held.enter_context(source.open())
            _check_list(file)
            self._zip = source.held.enter_context(zipfile.ZipFile(file))
        except zipfile.BadZipFile as error:
            raise BadFile(f"a damaged ZIP: {error}") from error
        self.names = self._zip.namelist()
        """All its files."""
        if len(self.names) > MOST_MEMBERS:
            raise BadFile(f"a ZIP of {len(self.names):,} files; the most is {MOST_MEMBERS:,}")

    def texts(self) -> Iterator[History]:
        """Yield its files that may be texts."""
        for name in self.names:
            if name.lower().endswith(_TEXTS) and ".." not in name.split("/"):
                yield History(f"{self._name}/{name}", partial(self._open, name))

    def _open(self, name: str) -> IO[bytes]:
        try:
            return self._zip.open(name)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise BadFile(f"{name} in a damaged or locked ZIP: {error}") from error


def _check_list(file: io.BufferedReader) -> None:
    """Refuse a ZIP whose list of files would not fit into memory."""
    file.seek(0, io.SEEK_END)
    file.seek(max(0, file.tell() - _TAIL))
    tail = file.read()
    end = tail.rfind(_ZIP[1])
    if end >= 0 and len(tail) >= end + 16 and struct.unpack_from("<L", tail, end + 12)[0] > _MOST_NAMES:
        raise BadFile(f"a ZIP whose list of files takes more than {_MOST_NAMES >> 20} MiB")


def _is_for(importer: str, history: History) -> bool:
    kind = recognition.kind_of(history.head())
    return kind is not None and kind.importer == importer


def _nothing_in(archive: _Archive, importer: str) -> str:
    if _BOOK in archive.names:
        return "a spreadsheet (.xlsx), which no importer reads yet; save the sheet as CSV"
    others = [
        f"{history.name} looks like {kind.name}"
        for history in islice(archive.texts(), _ASKED)
        for kind in [recognition.kind_of(history.head())]
        if kind is not None
    ]
    shown = others or archive.names
    more = f" and {len(shown) - _SHOWN:,} more" if len(shown) > _SHOWN else ""
    return f"a ZIP without a file that `import {importer}` reads; in it: {', '.join(shown[:_SHOWN])}{more}"
