"""Last.fm scrobbles, in the shapes of its exporters: tables with a header or without, and JSON.

A scrobble's time is the moment the track began. Nothing says how long it was heard: Last.fm vouches for it, so it
counts. Where times are whole minutes, equal rows may be different scrobbles, so each counts; that is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any, Final

from streakline_client.imports.lastfm_answers import answer_rows
from streakline_client.imports.lastfm_tables import EXPECTED as EXPECTED
from streakline_client.imports.lastfm_tables import Scrobble, table_rows
from streakline_client.imports.lastfm_times import moment, unreal
from streakline_client.imports.rows import (
    BadFile,
    Imported,
    Ordinals,
    Outcome,
    Skipped,
    Unreadable,
    content_id,
    filled,
    row_of,
    session_id,
    short_id,
    stable_id,
    tidy,
)

SOURCE: Final = "lastfm"
NO_ARTIST: Final = "(no artist)"
"""Creator of scrobbles whose artist is blank: they were played all the same."""
REPEATED: Final = (
    "equal to the row before, to the minute (heard twice, or an exporter's page border); counted"
)


def parse(lines: Iterable[str], user: str, tz: str | None = None) -> Iterator[Outcome]:
    """Yield the outcome of each row.

    Raises:
        BadFile: if no shape fits.
    """
    ordinals = Ordinals()
    before: tuple[str, ...] = ()
    for number, scrobble in enumerate(_scrobbles(lines), 1):
        if scrobble is None:
            yield Unreadable(number, "no track: artist and name are missing")
            continue
        if scrobble.playing or not scrobble.time.strip():
            yield Skipped(scrobble.row, "without a time (playing now)")
            continue
        said = (scrobble.artist, scrobble.track, scrobble.album, scrobble.time)
        yield row_of(scrobble.row, partial(_outcome, scrobble, ordinals, user, tz, repeated=said == before))
        before = said


def _scrobbles(lines: Iterable[str]) -> Iterator[Scrobble | None]:
    source = iter(lines)
    first = next((line for line in source if line.strip(" \t\r\n\ufeff")), None)
    if first is None:
        msg = f"the file is empty; {EXPECTED}"
        raise BadFile(msg)
    if first.lstrip("\ufeff \t")[:1] in {"{", "["}:
        yield from answer_rows(chain([first.lstrip("\ufeff")], source))
    else:
        yield from table_rows(first, source)


def _outcome(scrobble: Scrobble, ordinals: Ordinals, user: str, tz: str | None, *, repeated: bool) -> Outcome:
    at, by_the_minute = moment(scrobble.time, scrobble.field)
    artist, track = tidy(scrobble.artist) or NO_ARTIST, tidy(scrobble.track)
    if not track:
        return Unreadable(scrobble.row, f"track {scrobble.track!r} is empty (artist {artist!r})")
    if (skipped := unreal(scrobble.row, at)) is not None:
        return skipped
    ordinal = (ordinals.next(at, artist, track),) if by_the_minute else ()
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
        properties=filled(artist=artist, album=tidy(scrobble.album), trackMbid=scrobble.mbid),
    )
    return Imported(scrobble.row, event, REPEATED if repeated and by_the_minute else "")
