"""Last.fm scrobbles as CSV.

Reads two shapes: one with a header that names at least `uts` (epoch seconds), `artist` and `track`; and one
without a header, `artist,album,track,"31 Dec 2018 12:54"`, whose times are whole minutes. A scrobble's time
is the moment the track began. Nothing says how long it was heard: Last.fm vouches for it, so it counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, Final

from streakline_client.imports.rows import (
    BadFile,
    Imported,
    Ordinals,
    Outcome,
    Skipped,
    Unreadable,
    content_id,
    csv_rows,
    filled,
    milliseconds,
    row_of,
    session_id,
    short_id,
    stable_id,
    tidy,
    whole,
)

SOURCE: Final = "lastfm"
EXPECTED: Final = (
    "expected a CSV with a header that names uts, artist and track, or rows of artist,album,track,date"
)
NO_ARTIST: Final = "(no artist)"
"""Creator of scrobbles whose artist is blank: they were played all the same."""
_MINUTES: Final = "%d %b %Y %H:%M"


def parse(lines: Iterable[str], user: str, tz: str | None = None) -> Iterator[Outcome]:
    """Yield the outcome of each row.

    Raises:
        BadFile: if neither shape fits.
    """
    rows = csv_rows(lines)
    first = next(rows, None)
    if first is None:
        msg = f"the file is empty; {EXPECTED}"
        raise BadFile(msg)
    names = [cell.strip().lower().lstrip("\ufeff") for cell in first[1]]
    if {"uts", "artist", "track"} <= set(names):
        yield from _with_header(rows, names, user, tz)
    elif len(names) == 4 and _is_minute(first[1][3]):
        yield from _without_header(chain([first], rows), user, tz)
    else:
        msg = f"the first line reads {','.join(first[1])[:80]!r}; {EXPECTED}"
        raise BadFile(msg)


def _with_header(
    rows: Iterable[tuple[int, list[str]]], names: list[str], user: str, tz: str | None
) -> Iterator[Outcome]:
    for line, cells in rows:
        row = dict(zip(names, cells, strict=False))
        if not row.get("uts"):
            yield Skipped(line, "without a time (playing now)")
            continue
        try:
            at = whole(row, "uts", "epoch seconds") * 1000
        except ValueError as error:
            yield Unreadable(line, str(error))
            continue
        yield row_of(line, partial(_played, line, row, at, (), user, tz))


def _without_header(rows: Iterable[tuple[int, list[str]]], user: str, tz: str | None) -> Iterator[Outcome]:
    ordinals = Ordinals()
    for line, cells in rows:
        row = dict(zip(("artist", "album", "track", "date"), cells, strict=False))
        date = row.get("date", "").strip()
        if not date:
            yield Skipped(line, "without a time (playing now)")
        elif not _is_minute(date):
            yield Unreadable(line, f"date {date!r} is no time like '31 Dec 2018 12:54'")
        else:
            at = _minute(date)
            ordinal = ordinals.next(at, tidy(row["artist"]), tidy(row["track"]))
            yield row_of(line, partial(_played, line, row, at, (ordinal,), user, tz))


def _played(
    line: int, row: dict[str, str], at: int, ordinal: tuple[int, ...], user: str, tz: str | None
) -> Outcome:
    artist, track = tidy(row.get("artist")) or NO_ARTIST, tidy(row.get("track"))
    if not track:
        return Unreadable(line, f"track {row.get('track')!r} is empty (artist {artist!r})")
    event: dict[str, Any] = filled(
        # Album and MusicBrainz ids are left out of the id: Last.fm corrects them between exports.
        id=stable_id(user, SOURCE, at // 1000, artist, track, *ordinal),
        type="play",
        contentId=content_id(artist, track),
        contentType="track",
        creatorId=short_id(artist),
        userId=user,
        sessionId=session_id(user, SOURCE, at),
        timestamp=at,
        tz=tz,
        source=SOURCE,
        title=track,
        properties=filled(artist=artist, album=tidy(row.get("album")), trackMbid=row.get("track_mbid")),
    )
    return Imported(line, event)


def _is_minute(text: str) -> bool:
    try:
        _minute(text.strip())
    except ValueError:
        return False
    return True


def _minute(text: str) -> int:
    return milliseconds(datetime.strptime(text, _MINUTES))  # noqa: DTZ007 - Last.fm writes UTC
