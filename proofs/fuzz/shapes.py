"""Good import files, in every shape that an importer knows."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any, Final


def _lastfm(_: random.Random) -> bytes:
    rows = (f'{1_700_000_000 + n},"25 Nov 2023, 12:0{n}",A,,Album,,"Song, {n}",' for n in range(9))
    return "\n".join(("uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid", *rows)).encode()


def _lastfm_bare(_: random.Random) -> bytes:
    return "\n".join(f"A,Album,Song {n},31 Dec 2018 12:5{n}" for n in range(9)).encode()


def _lastfm_stats(_: random.Random) -> bytes:
    rows = (f"A;L;;S{n};170000000{n}000" for n in range(9))
    return "\r\n".join(("Artist;Album;AlbumId;Track;Date#A", *rows)).encode()


def _lastfm_pages(_: random.Random) -> bytes:
    playing = {"name": "S1", "artist": {"#text": "A"}, "@attr": {"nowplaying": "true"}}
    return as_json([
        [playing, *({"name": f"S{n}", "artist": {"#text": "A"}, "date": {"uts": f"170000000{n}"}} for n in range(9))]
        for _ in range(2)
    ])  # fmt: skip


def _spotify_account(_: random.Random) -> bytes:
    return as_json([
        {"endTime": f"2023-01-01 10:0{n}", "artistName": "A", "trackName": f"S{n}", "msPlayed": 40_000 + n}
        for n in range(9)
    ])  # fmt: skip


def _spotify_extended(_: random.Random) -> bytes:
    return as_json([
        {"ts": f"2023-01-01T10:0{n}:00Z", "ms_played": 40_000, "platform": "Android OS 10", "conn_country": "DE",
         "master_metadata_track_name": f"S{n}", "master_metadata_album_artist_name": "A", "skipped": False,
         "master_metadata_album_album_name": "L", "spotify_track_uri": "spotify:track:x", "reason_start": "x"}
        for n in range(9)
    ])  # fmt: skip


def _spotify_csv(_: random.Random) -> bytes:
    head = "ts,ms_played,platform,master_metadata_track_name,master_metadata_album_artist_name,skipped"
    return "\n".join((head, *(f"2023-01-01T10:0{n}:00Z,40000,ios,S{n},A,True" for n in range(9)))).encode()


def _youtube(_: random.Random) -> bytes:
    return as_json([
        {"header": "YouTube", "title": f"Watched V{n}", "titleUrl": f"https://www.youtube.com/watch?v=v{n}",
         "subtitles": [{"name": "C", "url": "https://www.youtube.com/channel/c"}], "time": f"2023-01-01T10:0{n}:00.5Z",
         **({"details": [{"name": "From somewhere"}]} if n == 8 else {})}
        for n in range(9)
    ])  # fmt: skip


def _youtube_items(_: random.Random) -> bytes:
    return as_json([
        {"contentDetails": {"videoId": f"V{n}"}, "snippet": {"title": "V", "publishedAt": f"2016-03-0{n + 1}T18:30Z"}}
        for n in range(9)
    ])  # fmt: skip


def _youtube_html(_: random.Random) -> bytes:
    row = (
        b'<div class="outer-cell"><p class="mdl-typography--title">YouTube<br></p>'
        b"<div class=\"mdl-typography--body-1\">Watched\xc2\xa0<a href='https://youtu.be/V1'>A</a><br>"
        b"<a href='c'>C</a><br>Jan 13, 2024, 4:16:16\xe2\x80\xafPM CET</div></div>"
    )
    return b"<!doctype html><html><body>" + row * 50


def _wire(number: int) -> dict[str, Any]:
    at = 1_700_000_000_000 + number
    return {"id": f"e{number}", "type": "play", "contentId": "c", "sessionId": "s", "timestamp": at}


def _events_lines(_: random.Random) -> bytes:
    return b"\n".join(as_json(_wire(n)) for n in range(9))


def _events_list(_: random.Random) -> bytes:
    return as_json([_wire(n) for n in range(9)])


def _events_envelope(_: random.Random) -> bytes:
    return as_json({"sentAt": 1, "events": [_wire(n) for n in range(9)]})


def as_json(value: Any) -> bytes:
    """Return a value as JSON."""
    return json.dumps(value).encode()


Shape = Callable[[random.Random], bytes]
GOOD: Final[dict[str, tuple[Shape, ...]]] = {
    "lastfm": (_lastfm, _lastfm_bare, _lastfm_stats, _lastfm_pages),
    "spotify": (_spotify_account, _spotify_extended, _spotify_csv),
    "youtube": (_youtube, _youtube_items, _youtube_html),
    "events": (_events_lines, _events_list, _events_envelope),
}
