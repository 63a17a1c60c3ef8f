"""Spotify's exports, all three shapes.

- The account data: `StreamingHistory*.json`, items with `endTime` (whole minutes) and `msPlayed`.
- The extended history: `Streaming_History_*.json`, items with `ts` and `ms_played`.
- The same columns as a CSV.

A row's time is the END of the play; events carry its start: end - time played. Import one of the two exports,
not both: they overlap, and the first has no finer times than a minute to match them by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any, Final, NamedTuple

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
    json_rows,
    row_of,
    session_id,
    short_id,
    stable_id,
    tidy,
    when,
    whole,
)

SOURCE: Final = "spotify"
EXPECTED: Final = "expected StreamingHistory*.json, Streaming_History_*.json or a CSV with ts and ms_played"
_FLAGS: Final = ("shuffle", "offline", "incognito_mode")
_PLATFORMS: Final = (
    ("android", "android"), ("ios", "ios"), ("iphone", "ios"), ("ipad", "ios"), ("windows", "windows"),
    ("os x", "macos"), ("osx", "macos"), ("macos", "macos"), ("linux", "linux"), ("web", "web"),
    ("partner", "partner"), ("cast", "cast"),
)  # fmt: skip
"""Beginning of what Spotify writes -> the platform; it names models and builds, thousands of them."""


class _Heard(NamedTuple):
    creator: str
    title: str
    content_type: str
    parent: str = ""
    album: str = ""
    uri: str = ""


def parse(lines: Iterable[str], user: str, tz: str | None = None) -> Iterator[Outcome]:
    """Yield the outcome of each row.

    Raises:
        BadFile: if the file has none of the shapes.
    """
    ordinals = Ordinals()
    for number, row in _rows(lines):
        if not isinstance(row, dict):
            yield Unreadable(number, f"{str(row)[:80]!r} is no JSON object")
        elif "endTime" in row:
            yield row_of(number, partial(_account, number, row, ordinals, user, tz))
        elif "ts" in row:
            yield row_of(number, partial(_extended, number, row, user, tz))
        else:
            yield Unreadable(number, f"neither endTime nor ts among {str(list(row))[:120]}")


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, Any]]:
    source = iter(lines)
    first = next(source, "")
    whole_text = chain([first], source)
    if first.lstrip("\ufeff \t\r\n")[:1] in {"[", "{"} or not first.strip():
        yield from enumerate(json_rows(whole_text, EXPECTED), 1)
        return
    rows = csv_rows(whole_text)
    names = next(rows)[1]
    if not {"ts", "ms_played"} <= set(names):
        msg = f"the first line reads {first[:80]!r}; {EXPECTED}"
        raise BadFile(msg)
    for line, cells in rows:
        yield line, dict(zip(names, cells, strict=False))


def _account(number: int, row: Mapping[str, Any], ordinals: Ordinals, user: str, tz: str | None) -> Outcome:
    try:
        end, played = when(row, "endTime"), whole(row, "msPlayed", "milliseconds")
    except ValueError as error:
        return Unreadable(number, str(error))
    if row.get("podcastName"):
        show = tidy(row["podcastName"])
        heard = _Heard(show, tidy(row.get("episodeName")), "episode", show)
    else:
        heard = _Heard(tidy(row.get("artistName")), tidy(row.get("trackName")), "track")
    if not heard.creator or not heard.title:
        return Skipped(number, "names neither track nor episode")
    said = (row["endTime"], heard.creator, heard.title, played)
    key = stable_id(user, SOURCE, *said, ordinals.next(*said))
    return Imported(number, _event(key, heard, end - played, played, user, tz))


def _extended(number: int, row: Mapping[str, Any], user: str, tz: str | None) -> Outcome:
    try:
        end, played = when(row, "ts"), whole(row, "ms_played", "milliseconds")
    except ValueError as error:
        return Unreadable(number, str(error))
    heard = _heard(row)
    if heard is None:
        return Skipped(number, "names neither track nor episode")
    key = stable_id(user, SOURCE, end // 1000, heard.uri, heard.creator, heard.title, played)
    event = _event(key, heard, end - played, played, user, tz)
    raw = str(row.get("platform") or "")
    event |= filled(
        platform=platform_of(raw), country=row.get("conn_country"), skipped=_truth(row.get("skipped"))
    )
    event["properties"] |= filled(
        reason_start=row.get("reason_start"),
        reason_end=row.get("reason_end"),
        platform=raw,
        **{name: _truth(row.get(name)) for name in _FLAGS},
    )
    return Imported(number, event)


def _heard(row: Mapping[str, Any]) -> _Heard | None:
    track = tidy(row.get("master_metadata_track_name"))
    artist = tidy(row.get("master_metadata_album_artist_name"))
    if track and artist:
        album = tidy(row.get("master_metadata_album_album_name"))
        return _Heard(artist, track, "track", album=album, uri=str(row.get("spotify_track_uri") or ""))
    show, episode = tidy(row.get("episode_show_name")), tidy(row.get("episode_name"))
    if show and episode:
        return _Heard(show, episode, "episode", show, uri=str(row.get("spotify_episode_uri") or ""))
    book, chapter = tidy(row.get("audiobook_title")), tidy(row.get("audiobook_chapter_title"))
    if book and chapter:
        return _Heard(book, chapter, "book", book, uri=str(row.get("audiobook_chapter_uri") or ""))
    return None


def _event(key: str, heard: _Heard, start: int, played: int, user: str, tz: str | None) -> dict[str, Any]:
    named = {"artist": heard.creator} if heard.content_type == "track" else {}
    return filled(
        id=key,
        type="play",
        contentId=content_id(heard.creator, heard.title),
        contentType=heard.content_type,
        parentId=short_id(heard.parent),
        creatorId=short_id(heard.creator),
        userId=user,
        sessionId=session_id(user, SOURCE, start),
        timestamp=start,
        tz=tz,
        source=SOURCE,
        duration=played / 1000,
        title=heard.title,
        properties=filled(**named, album=heard.album, uri=heard.uri),
    )


def platform_of(text: str) -> str:
    """Return the platform of Spotify's long description of one: `Android OS 10 API 29 (…)` is `android`."""
    lower = text.strip().lower()
    for beginning, name in _PLATFORMS:
        if lower.startswith(beginning):
            return name
    return lower.split()[0][:40] if lower else ""


def _truth(value: Any) -> bool | None:
    """Return a flag of JSON or of CSV (`True`, `False`, empty)."""
    if isinstance(value, bool) or value is None:
        return value
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).strip().lower())
