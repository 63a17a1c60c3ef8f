"""YouTube's watch history out of Google Takeout, as JSON or HTML, in any language.

It says when a video was opened, not how long it was watched: a view without duration counts. The second and
later views of a video are marked as replayed. Its JSON has milliseconds and its HTML seconds, so import one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Final

from streakline_client.imports.rows import (
    Imported,
    Outcome,
    Skipped,
    Unreadable,
    filled,
    row_of,
    session_id,
    short_id,
    stable_id,
)
from streakline_client.imports.youtube_page import page_history
from streakline_client.imports.youtube_rows import EXPECTED as EXPECTED
from streakline_client.imports.youtube_rows import Row, json_history
from streakline_client.imports.youtube_titles import Verb, verb_of

SOURCE: Final = "youtube"
ADVERTISEMENT: Final = "an advertisement"
NO_VIDEO: Final = "no video (a post, a playable, a search, an address without one)"
GONE: Final = "without an address (removed or private)"
NO_VIEW: Final = "no view (a visit, a survey or the like)"
NO_ADDRESS: Final = "without an address (removed, private, or no view)"
"""Where the language of the rows is not known."""


def parse(lines: Iterable[str], user: str, tz: str | None = None) -> Iterator[Outcome]:
    """Yield the outcome of each row, views in the order of their time after those that are none.

    Raises:
        BadFile: if the file is no such history, or its times need `tz`.
    """
    views: list[tuple[int, int, str, Row]] = []
    nowhere: list[Row] = []
    for row in _rows(lines, tz):
        if isinstance(row, Unreadable):
            yield row
        elif row.advertisement:
            was = (_id(user, row.at, row.video), row.at) if row.was_view and row.at is not None else None
            yield Skipped(row.number, ADVERTISEMENT, was)
        elif not row.address:
            nowhere.append(row)
        elif row.at is None:
            yield Skipped(row.number, NO_VIDEO)
        else:
            views.append((row.at, row.number, row.video, row))
    verb = verb_of([(row.title, row.address) for _, _, _, row in views])
    for row in nowhere:
        yield Skipped(row.number, _without_address(row, verb))
    seen: set[str] = set()
    for at, number, video, row in sorted(views, key=lambda view: (view[0], view[2])):
        yield row_of(number, partial(_viewed, row, verb or Verb(), video, at, video in seen, user, tz))
        seen.add(video)


def _rows(lines: Iterable[str], tz: str | None) -> Iterator[Row | Unreadable]:
    source = iter(lines)
    first = next((line for line in source if line.strip(" \t\r\n\ufeff")), "")
    if first.lstrip("\ufeff \t\r\n").startswith("<"):
        return page_history(chain([first], source), tz)
    return json_history(chain([first], source))


def _without_address(row: Row, verb: Verb | None) -> str:
    if verb is None:
        return NO_ADDRESS
    return GONE if not row.channel and verb.is_in(row.title) else NO_VIEW


def _id(user: str, at: int, video: str) -> str:
    return stable_id(user, SOURCE, at, video)


def _viewed(row: Row, verb: Verb, video: str, at: int, replayed: bool, user: str, tz: str | None) -> Imported:
    title = verb.without(row.title)
    event = filled(
        id=_id(user, at, video),
        type="play",
        contentId=short_id(f"youtube:{video}"),
        contentType="track" if row.music else "video",
        creatorId=short_id(row.channel),
        userId=user,
        sessionId=session_id(user, SOURCE, at),
        timestamp=at,
        tz=tz,
        source=SOURCE,
        # A video that is gone has its address for a title.
        title="" if title.startswith("http") or row.address in title else title,
        replayed=replayed or None,
        properties=filled(channelUrl=row.channel_address, url=row.address),
    )
    return Imported(row.number, event)
