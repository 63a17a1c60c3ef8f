"""Scrobbles as JSON: answers of Last.fm's API, pages of them (ghan's exporter), lastfmstats.

One page with one track may hold an object where others hold a list. The track that plays now stands first on each
page, without a date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from streakline_client.imports.lastfm_tables import Scrobble
from streakline_client.imports.rows import BadFile, json_value, tidy, whole_text

EXPECTED: Final = "expected the answer of user.getRecentTracks, a list of such pages, or {scrobbles: […]}"
_HOLDERS: Final = ("recenttracks", "scrobbles", "track")
_DEEPEST: Final = 6


def answer_rows(lines: Iterable[str]) -> Iterator[Scrobble | None]:
    """Yield the scrobbles of a JSON text; None for what is none.

    Raises:
        BadFile: if it is no JSON or holds no track at all.
    """
    try:
        value = json_value(whole_text(lines, EXPECTED))
    except ValueError as error:
        if isinstance(error, BadFile):
            raise
        msg = f"no JSON ({error}); {EXPECTED}"
        raise BadFile(msg) from error
    tracks = [_scrobble(number, track) for number, track in enumerate(_tracks(value), 1)]
    if tracks and not any(tracks):
        msg = f"nothing in it is a track; {EXPECTED}"
        raise BadFile(msg)
    yield from tracks


def _tracks(value: Any, depth: int = 0) -> Iterator[Any]:
    if depth < _DEEPEST and isinstance(value, list):
        for each in value:
            yield from _tracks(each, depth + 1)
        return
    if depth < _DEEPEST and isinstance(value, dict):
        for name in _HOLDERS:
            if isinstance(value.get(name), dict | list):
                yield from _tracks(value[name], depth + 1)
                return
    yield value


def _scrobble(number: int, row: Any) -> Scrobble | None:
    if not isinstance(row, Mapping) or "artist" not in row or not {"name", "track"} & row.keys():
        return None
    date = row.get("date")
    marks = row.get("@attr")
    return Scrobble(
        number,
        _text(row["artist"]),
        _text(row.get("name") or row.get("track")),
        _text(row.get("album")),
        tidy(row.get("mbid")),
        tidy(date.get("uts")) if isinstance(date, Mapping) else _written(date),
        "uts" if isinstance(date, Mapping) else "date",
        playing=isinstance(marks, Mapping) and tidy(marks.get("nowplaying")) == "true",
    )


def _text(value: Any) -> str:
    """Return a name that stands there itself or, in the API's answers, under `#text` or `name`."""
    return tidy(value.get("#text") or value.get("name")) if isinstance(value, Mapping) else tidy(value)


def _written(value: Any) -> str:
    return "" if value is None or isinstance(value, bool) else str(value)
