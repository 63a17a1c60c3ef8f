"""The tables in which Last.fm's exporters write scrobbles: with a header or without, by any of their names.

| exporter | shape |
|---|---|
| most | `uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid` |
| lastfmstats | `Artist;Album;AlbumId;Track;Date#user`, epoch milliseconds |
| scrapers | tab separated, `Title Artist Album Date Timestamp` |
| others | `date` or `time` instead of `uts` |
| without header | `artist,album,track,"31 Dec 2018 12:54"` |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Final, NamedTuple

from streakline_client.imports.lastfm_times import moment
from streakline_client.imports.rows import BadFile, csv_rows

EXPECTED: Final = (
    "expected a CSV with a header that names uts, artist and track, or rows of artist,album,track,date"
)
_DELIMITERS: Final = (",", ";", "\t")
_NAMES: Final = {
    "time": (
        "uts",
        "timestamp",
        "date_uts",
        "date",
        "time",
        "utc_time",
        "datetime",
        "date/time",
        "scrobbled_at",
    ),
    "artist": ("artist", "artist_name", "artist name", "artistname"),
    "track": ("track", "title", "track_name", "track name", "trackname", "track_title", "song", "name"),
    "album": ("album", "album_name", "album name", "albumname", "album_title"),
    "mbid": ("track_mbid", "mbid", "track mbid"),
}
"""What is read -> the columns that may say it, the best first."""
_NEEDED: Final = frozenset({"time", "artist", "track"})
_AHEAD: Final = 1_000
"""Rows of a table without header among which one must have a time: the others may have none."""


class Scrobble(NamedTuple):
    """What an export says of one scrobble, as it stands there."""

    row: int
    artist: str
    track: str
    album: str
    mbid: str
    time: str
    field: str = "date"
    """Where `time` stands."""
    playing: bool = False


def table_rows(first: str, lines: Iterable[str]) -> Iterator[Scrobble]:
    """Yield the scrobbles of a table whose first line is given apart.

    Raises:
        BadFile: if it has neither the columns nor the shape without header.
    """
    for delimiter in _DELIMITERS:
        places = header_of(first, delimiter)
        if places is not None:
            field = _cells(first.lstrip("\ufeff"), delimiter)[places["time"]].strip()
            yield from _with_header(csv_rows(lines, delimiter), places, field)
            return
    text = chain([first], lines)
    delimiter = next((one for one in _DELIMITERS if len(_cells(first, one)) >= 4), ",")
    rows = csv_rows(text, delimiter)
    ahead = list(islice(rows, _AHEAD))
    if not any(_bare(cells) for _, cells in ahead):
        msg = f"the first line reads {first.strip()[:80]!r}; {EXPECTED}"
        raise BadFile(msg)
    for line, cells in chain(ahead, rows):
        artist, album, track = (*cells[:3], "", "", "")[:3]
        yield Scrobble(line, artist, track, album, "", _time(cells))


def header_of(line: str, delimiter: str) -> dict[str, int] | None:
    """Return the places of the columns that a header names; None if it is none of Last.fm's."""
    # lastfmstats writes whose scrobbles they are into the name of the time: `Date#user`.
    names = [cell.partition("#")[0].strip().lower() for cell in _cells(line.lstrip("\ufeff"), delimiter)]
    places = {
        what: names.index(next(name for name in spellings if name in names))
        for what, spellings in _NAMES.items()
        if not set(spellings).isdisjoint(names)
    }
    if not places.keys() >= _NEEDED:
        return None
    return places


def is_bare(line: str) -> bool:
    """Tell whether a line is a row of the table without header."""
    return any(_bare(_cells(line, delimiter)) for delimiter in _DELIMITERS)


def _with_header(
    rows: Iterable[tuple[int, list[str]]], places: dict[str, int], field: str
) -> Iterator[Scrobble]:
    def cell(cells: Sequence[str], name: str) -> str:
        place = places.get(name, len(cells))
        return cells[place] if place < len(cells) else ""

    for line, cells in rows:
        yield Scrobble(
            line + 1, cell(cells, "artist"), cell(cells, "track"), cell(cells, "album"), cell(cells, "mbid"),
            cell(cells, "time"), field,
        )  # fmt: skip


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv_rows([line], delimiter), (0, []))[1]
    except BadFile:
        return []


def _bare(cells: Sequence[str]) -> bool:
    if len(cells) not in {4, 5} or not _time(cells):
        return False
    try:
        moment(_time(cells), "date")
    except ValueError:
        return False
    return True


def _time(cells: Sequence[str]) -> str:
    """Return the time of a row without header; its comma may stand unquoted."""
    return ",".join(cells[3:5]).strip(" ,")
