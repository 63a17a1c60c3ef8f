"""YouTube's watch history: `watch-history.json` of Google Takeout.

It says when a video was opened, not how long it was watched: a view without duration counts. The second and
later views of a video are marked as replayed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from streakline_client.imports.rows import (
    Imported,
    Outcome,
    Skipped,
    Unreadable,
    filled,
    json_rows,
    row_of,
    session_id,
    short_id,
    stable_id,
    tidy,
    when,
)

SOURCE: Final = "youtube"
EXPECTED: Final = "expected watch-history.json (in Takeout choose JSON, not HTML, for the history)"
_VERB: Final = "Watched "
_ADVERTISEMENT: Final = "From Google Ads"


def parse(lines: Iterable[str], user: str, tz: str | None = None) -> Iterator[Outcome]:
    """Yield the outcome of each row, views in the order of their time after those that are none.

    Raises:
        BadFile: if the file is no such list.
    """
    views: list[tuple[int, int, str, Mapping[str, Any]]] = []
    for number, row in enumerate(json_rows(lines, EXPECTED), 1):
        if not isinstance(row, dict):
            yield Unreadable(number, f"{str(row)[:80]!r} is no JSON object")
            continue
        try:
            reason = _reason_to_skip(row)
            if reason is None:
                views.append((when(row, "time"), number, _video(row), row))
            else:
                yield Skipped(number, reason)
        except ValueError as error:
            yield Unreadable(number, str(error))
    seen: set[str] = set()
    for at, number, video, row in sorted(views, key=lambda view: (view[0], view[2])):
        yield row_of(number, partial(_viewed, number, row, video, at, video in seen, user, tz))
        seen.add(video)


def _reason_to_skip(row: Mapping[str, Any]) -> str | None:
    if not row.get("titleUrl"):
        return "without an address (removed or private)"
    if any(detail.get("name") == _ADVERTISEMENT for detail in _objects(row.get("details"))):
        return "an advertisement"
    return None if _video(row) else "no video (a post, story or playable)"


def _video(row: Mapping[str, Any]) -> str:
    """Return the video's id out of its address, empty where it has none."""
    address = urlsplit(str(row["titleUrl"]))
    if address.path.startswith("/shorts/"):
        return address.path.split("/")[2]
    if (address.hostname or "").endswith("youtu.be"):
        return address.path.strip("/")
    return parse_qs(address.query).get("v", [""])[0]


def _objects(value: Any) -> list[dict[str, Any]]:
    """Return the JSON objects of a list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _viewed(
    number: int, row: Mapping[str, Any], video: str, at: int, replayed: bool, user: str, tz: str | None
) -> Imported:
    title = tidy(row.get("title")).removeprefix(_VERB)
    channel: Mapping[str, Any] = next(iter(_objects(row.get("subtitles"))), {})
    music = row.get("header") == "YouTube Music"
    event = filled(
        id=stable_id(user, SOURCE, at, video),
        type="play",
        contentId=short_id(f"youtube:{video}"),
        contentType="track" if music else "video",
        creatorId=short_id(tidy(channel.get("name"))),
        userId=user,
        sessionId=session_id(user, SOURCE, at),
        timestamp=at,
        tz=tz,
        source=SOURCE,
        # A video that is gone has its address for a title.
        title="" if title.startswith("http") else title,
        replayed=replayed or None,
        properties=filled(channelUrl=channel.get("url"), url=row["titleUrl"]),
    )
    return Imported(number, event)
