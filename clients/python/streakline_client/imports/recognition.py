"""Says what a file is, by its first rows: exports of many services, also of those that no importer reads."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from streakline_client.imports import lastfm_tables
from streakline_client.imports.rows import BadFile, csv_rows

HEAD: Final = 65_536
"""Characters of a text that are enough to tell what it is."""
_SHOWN: Final = 12
_MEMBER: Final = re.compile(r'"([^"\\]{1,60})"\s*:')
_DELIMITERS: Final = (",", ";", "\t")
_TEXT: Final = re.compile(r"[\w\s.,;:#/()&'\u2019-]{1,60}")


class Kind(NamedTuple):
    """A kind of file."""

    name: str
    importer: str = ""
    """The importer that reads it; empty: none does."""


class _Sign(NamedTuple):
    fields: frozenset[str]
    """Names that such a file has among its first ones."""
    kind: Kind


def _sign(fields: str, name: str, importer: str = "") -> _Sign:
    return _Sign(frozenset(fields.split("|")), Kind(name, importer))


SEARCHES: Final = Kind("YouTube's history of searches")
WATCHED: Final = Kind("YouTube's watch history", "youtube")
_MEMBERS: Final = (
    _sign("endTime|msPlayed", "Spotify's account data", "spotify"),
    _sign("ts|ms_played", "Spotify's extended history", "spotify"),
    _sign("searchTime|searchQuery", "Spotify's searches"),
    _sign("playlists|items", "Spotify's playlists"),
    _sign("tracks|albums|shows", "Spotify's library"),
    _sign("contentDetails|snippet", "YouTube's watch history of 2016", "youtube"),
    _sign("watched_at|action|type", "Trakt's history"),
    _sign("last_watched_at|plays", "Trakt's list of what was watched"),
    _sign("paused_at|progress", "Trakt's list of what is half watched"),
    _sign("listened_at|track_metadata", "ListenBrainz' listens"),
    _sign("recording_msid|score", "ListenBrainz' feedback"),
    _sign("maloja|scrobbles", "Maloja's scrobbles"),
    _sign("response|recordsFiltered", "Tautulli's history"),
    _sign("event|Account|Metadata", "Plex' webhooks"),
    _sign("NotificationType", "Jellyfin's webhooks"),
    _sign("anime|status", "Simkl's list"),
    _sign("recenttracks", "Last.fm's API", "lastfm"),
    _sign("scrobbles|date", "lastfmstats' scrobbles", "lastfm"),
    _sign("artist|date|name", "Last.fm's API", "lastfm"),
    _sign("time|page|user|channel", "Wikipedia's edits, which `streakline replay` reads"),
    _sign("sentAs|listener|robot", "an export of Streakline", "streakline"),
    _sign("type|timestamp", "events as the wire has them", "events"),
)
"""What JSON files have at any level, the surer first."""
_COLUMNS: Final = (
    _sign("sentas|listener|robot", "an export of Streakline", "streakline"),
    _sign("ts|ms_played", "Spotify's extended history", "spotify"),
    _sign("profile name|start time|duration", "Netflix' ViewingActivity"),
    _sign("letterboxd uri|watched date", "Letterboxd's diary"),
    _sign("letterboxd uri", "a list of Letterboxd's"),
    _sign("event start timestamp|play duration milliseconds", "Apple Music's play activity"),
    _sign("track description|date played", "Apple Music's daily tracks"),
    _sign("entry_date|track_title", "Tidal's history"),
    _sign("series_name|key", "TV Time's episodes"),
    _sign("entity_type|watch_date", "TV Time's movies"),
)
_NEEDED: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "spotify": (
        ("endTime", "msPlayed", "artistName", "trackName"),
        ("endTime", "msPlayed", "podcastName", "episodeName"),
        ("ts", "ms_played", "master_metadata_track_name", "master_metadata_album_artist_name"),
        ("ts", "ms_played", "episode_name", "episode_show_name"),
    ),
    "youtube": (("title", "titleUrl", "time"),),
    "lastfm": (("uts", "artist", "track"),),
    "events": (("type", "timestamp"),),
    "streakline": (("id", "timestamp", "type", "sentAs", "robot", "properties"),),
}
"""An importer -> what the rows of each of its files have."""


def kind_of(head: str) -> Kind | None:
    """Return what a text is by its beginning; None where that is not known."""
    text = head[:HEAD].lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        return WATCHED if "outer-cell" in text else None
    names = fields_of(text)
    if text[:1] in {"{", "["}:
        if {"header", "title", "time"} <= set(names):
            return _activity(text)
        return next((sign.kind for sign in _MEMBERS if sign.fields <= set(names)), None)
    first = text.partition("\n")[0]
    if any(lastfm_tables.header_of(first, one) is not None for one in _DELIMITERS) or any(
        lastfm_tables.is_bare(line) for line in text.splitlines()[:200]
    ):
        return Kind("Last.fm's scrobbles", "lastfm")
    columns = {name.lower() for name in names}
    if columns == {"title", "date"}:
        return Kind("Netflix' NetflixViewingHistory")
    return next((sign.kind for sign in _COLUMNS if sign.fields <= columns), None)


def fields_of(head: str) -> list[str]:
    """Return the names of a text's members or columns, in the order in which they come."""
    text = head[:HEAD].lstrip("\ufeff \t\r\n")
    if text[:1] in {"{", "["}:
        return list(dict.fromkeys(_MEMBER.findall(text)))
    first = text.partition("\n")[0].strip()
    rows = [_cells(first, delimiter) for delimiter in _DELIMITERS]
    cells = [cell.strip() for cell in max(rows, key=len) if cell.strip()]
    return cells if len(cells) > 1 and all(map(_TEXT.fullmatch, cells)) else []


def described(head: str, importer: str) -> str:
    """Return, for a file that an importer made nothing of, what it looks like and what is missing in it."""
    kind, fields = kind_of(head), fields_of(head)
    if kind is not None and kind.importer != importer:
        reader = f"; `streakline import {kind.importer}` reads it" if kind.importer else ""
        return f"it looks like {kind.name}{reader or ', which no importer reads yet'}"
    if not fields:
        return ""
    missing = min(([name for name in needed if name not in fields] for needed in _NEEDED[importer]), key=len)
    lacks = f"it lacks {', '.join(missing)}; " if missing else ""
    more = ", …" if len(fields) > _SHOWN else ""
    return f"{lacks}it has {', '.join(fields[:_SHOWN])}{more}"


def _activity(text: str) -> Kind:
    """Tell the histories apart that Google writes in one shape."""
    watched, searched = text.count("/watch?v"), text.count("/results?search")
    return WATCHED if watched >= searched else SEARCHES


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv_rows([line], delimiter), (0, []))[1]
    except BadFile:
        return []
