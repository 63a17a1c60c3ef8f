"""Spotify's exports, all three shapes.

- The account data: `StreamingHistory*.json`, items with `endTime` (whole minutes) and `msPlayed`.
- The extended history: `Streaming_History_*.json`, items with `ts` and `ms_played`.
- The same columns as a CSV.

A row's time is the END of the play; events carry its start. The extended history says the start as
`offline_timestamp`, whatever that is called; where it does not, the start is the end minus the time played, which is
too late for plays that were paused. Import one of the two exports, not both: they overlap, and the first has no finer
times than a minute to match them by.
"""

from __future__ import annotations

import re
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


NAMELESS: Final = "names neither track nor episode nor chapter"
MOVED: Final = (
    "begin when Spotify says, which releases until November 2026 did not read: whoever imported these rows"
    " with one of them has them twice now, until an import can be undone"
)
_UNKNOWN: Final = ("Unknown Artist", "Unknown Track")
"""What the account data writes where the extended history has nulls."""
_SECONDS_END: Final = 10**11
"""Older files give `offline_timestamp` in milliseconds: from here on it is."""
_EARLIEST: Final = 946_684_800_000
"""2000-01-01: a start before it is none."""
_SECOND: Final = 1_000
"""Milliseconds that an end, which has whole seconds, may be later than it says."""
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_NOWHERE: Final = "ZZ"


class _Heard(NamedTuple):
    creator: str
    """Who or what stands before the title in the content's id."""
    title: str
    content_type: str
    parent: str = ""
    album: str = ""
    uri: str = ""
    author: str = ""
    """The creator, where that is not what stands in the content's id."""


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
        items = json_rows(whole_text, EXPECTED)
        if items and not any(isinstance(item, dict) and item.keys() & {"endTime", "ts"} for item in items):
            msg = f"no row has endTime or ts; {EXPECTED}"
            raise BadFile(msg)
        yield from enumerate(items, 1)
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
    heard = _heard_of_account(row)
    if not heard.creator or not heard.title:
        return Skipped(number, NAMELESS)
    said = (row["endTime"], heard.creator, heard.title, played)
    key = stable_id(user, SOURCE, *said, ordinals.next(*said))
    if (heard.creator, heard.title) == _UNKNOWN:
        return Skipped(number, NAMELESS, (key, end - played))
    return Imported(number, _event(key, heard, end - played, played, user, tz))


def _heard_of_account(row: Mapping[str, Any]) -> _Heard:
    if row.get("podcastName"):
        show = tidy(row["podcastName"])
        return _Heard(show, tidy(row.get("episodeName")), "episode", show)
    if row.get("audiobookName"):
        book = tidy(row["audiobookName"])
        return _Heard(book, tidy(row.get("chapterName")), "book", book, author=tidy(row.get("authorName")))
    return _Heard(tidy(row.get("artistName")), tidy(row.get("trackName")), "track")


def _extended(number: int, row: Mapping[str, Any], user: str, tz: str | None) -> Outcome:
    try:
        end, played = when(row, "ts"), whole(row, "ms_played", "milliseconds")
    except ValueError as error:
        return Unreadable(number, str(error))
    heard = _heard(row)
    if heard is None:
        return Skipped(number, NAMELESS)
    key = stable_id(user, SOURCE, end // 1000, heard.uri, heard.creator, heard.title, played)
    start = _start(row.get("offline_timestamp"), end - played)
    event = _event(key, heard, start, played, user, tz)
    raw, country = str(row.get("platform") or ""), _country(row.get("conn_country"))
    # The server takes a country from an admin only; whoever else imports finds it among the properties.
    event |= filled(platform=platform_of(raw), country=country, skipped=_truth(row.get("skipped")))
    event["properties"] |= filled(
        reason_start=row.get("reason_start"),
        reason_end=row.get("reason_end"),
        platform=raw,
        country=country,
        **{name: _truth(row.get(name)) for name in _FLAGS},
    )
    return Imported(number, event, "" if start == end - played else MOVED)


def _start(said: Any, computed: int) -> int:
    """Return the start of a play, in ms: as its row says, where that can be; else `computed`."""
    try:
        at = float(said or 0)
        start = round(at if at >= _SECONDS_END else at * 1000)
    except (TypeError, ValueError, OverflowError):
        return computed
    return start if _EARLIEST <= start <= computed + _SECOND else computed


def _country(value: Any) -> str:
    code = str(value or "").strip().upper()
    return code if _COUNTRY.fullmatch(code) and code != _NOWHERE else ""


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
        creatorId=short_id(heard.author or heard.creator),
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
