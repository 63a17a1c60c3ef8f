"""`watch-history.html`: YouTube's history as Takeout writes it for people, which is its default.

A row is a cell of three: header, body (`Watched <a>title</a><br><a>channel</a><br>time`) and caption. The caption's
parts begin with a bold word in the account's language: the first tells the product; of the others, the one without a
link is the details, which only advertisements have. The file has no line ends: it is read piece by piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

from streakline_client.imports import rows
from streakline_client.imports.local_times import Ambiguous, local_moment
from streakline_client.imports.rows import BadFile, Unreadable, tidy
from streakline_client.imports.youtube_rows import EXPECTED, Row

_OUTER: Final = "outer-cell"
_BODY: Final = "mdl-typography--body-1"
_RIGHT: Final = "mdl-typography--text-right"
_CAPTION: Final = "mdl-typography--caption"
_TITLE: Final = "mdl-typography--title"
_LONGEST_CELL: Final = 65_536
"""Characters of one row's texts."""
_LONGEST_TAG: Final = 1 << 20
"""Characters without a whole tag."""
_MOST_CELLS: Final = 2
"""How many times as long as a JSON text a page may be: its rows are kept, and it says each with more words."""
_MOST_ROWS: Final = 400_000
_MUSIC: Final = "YouTube Music"


def page_history(pieces: Iterable[str], tz: str | None) -> Iterator[Row | Unreadable]:
    """Yield the rows of a page.

    Raises:
        BadFile: if it is another page, or its times need `tz`.
    """
    page = _Page()
    number = 0
    for number, cell in enumerate(_cells(page, pieces), 1):
        if number > _MOST_ROWS:
            msg = f"a page of more than {_MOST_ROWS:,} rows; {EXPECTED}, the JSON in parts"
            raise BadFile(msg)
        yield _row(number, cell, tz)
    if not number:
        msg = f"an HTML page without a row of YouTube's history; {EXPECTED}"
        raise BadFile(msg)


def _cells(page: _Page, pieces: Iterable[str]) -> Iterator[_Cell]:
    size = 0
    for piece in pieces:
        size += len(piece)
        page.feed(piece)
        if size > _MOST_CELLS * rows.LONGEST_TEXT or len(page.rawdata) > _LONGEST_TAG:
            msg = f"a page that does not fit into memory; {EXPECTED}, the JSON in parts"
            raise BadFile(msg)
        yield from page.over()
    page.close()
    page.end_cell()
    yield from page.over()


class _Cell:
    """One row of the page."""

    def __init__(self) -> None:
        self.header = ""
        self.lines: list[str] = [""]
        """Texts of the body, one a line."""
        self.links: list[tuple[str, str, int]] = []
        """(address, text, line) of the body's links."""
        self.parts: list[bool] = []
        """Of each part of the caption, whether it has a link."""
        self.size = 0


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._over: list[_Cell] = []
        self._cell: _Cell | None = None
        self._place = ""
        self._link: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = set(given.get("class", "").split())
        if _OUTER in classes:
            self.end_cell()
            self._cell = _Cell()
        cell = self._cell
        if cell is None:
            return
        if classes:
            self._place = next(
                (one for one in (_RIGHT, _BODY, _CAPTION, _TITLE) if one in classes), self._place
            )
        if tag == "br" and self._place == _BODY:
            cell.lines.append("")
        elif tag == "b" and self._place == _CAPTION:
            cell.parts.append(False)
        elif tag == "a" and self._place == _CAPTION and cell.parts:
            cell.parts[-1] = True
        elif tag == "a" and self._place == _BODY:
            self._link = given.get("href", "")
            cell.links.append((self._link, "", len(cell.lines) - 1))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        cell = self._cell
        if cell is None or self._place not in {_BODY, _TITLE}:
            return
        cell.size += len(data)
        if cell.size > _LONGEST_CELL:
            msg = f"a row of more than {_LONGEST_CELL:,} characters; {EXPECTED}"
            raise BadFile(msg)
        if self._place == _TITLE:
            cell.header += data
            return
        cell.lines[-1] += data
        if self._link is not None:
            address, text, line = cell.links[-1]
            cell.links[-1] = (address, text + data, line)

    def over(self) -> list[_Cell]:
        """Return the rows that are over, once each."""
        over, self._over = self._over, []
        return over

    def end_cell(self) -> None:
        """Note that the row is over."""
        if self._cell is not None and self._cell.size:
            self._over.append(self._cell)
        self._cell, self._place, self._link = None, "", None


def _row(number: int, cell: _Cell, tz: str | None) -> Row | Unreadable:
    lines = [tidy(line) for line in cell.lines]
    said = [line for line in lines if line]
    address = next((address for address, _, line in cell.links if line == 0), "")
    others = [(address, text) for address, text, line in cell.links if line > 0]
    channel_address, channel = others[0] if others else ("", "")
    music = tidy(cell.header) == _MUSIC or (urlsplit(address).hostname or "").startswith("music.")
    # The first part names the product. One that explains links to the account's settings, places link to a map.
    row = Row(
        number, lines[0], address, None, tidy(channel), channel_address, music,
        advertisement=not all(cell.parts[1:]),
    )  # fmt: skip
    try:
        if row.advertisement or not address or not row.video:
            return row
        return row._replace(at=local_moment(said[-1], tz))
    except Ambiguous:
        raise
    except ValueError as error:
        return Unreadable(number, str(error))
