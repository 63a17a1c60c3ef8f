"""Pages of an account's videos, as both of TikTok's APIs give them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from streakline.platforms.connectors.exchange import Ask, Asking, read
from streakline.platforms.connectors.look import Look
from streakline.platforms.connectors.tiktok.values import published
from streakline.times import SECOND_MS

PAGE: Final = 20
Video = dict[str, Any]


class _Page(msgspec.Struct):
    videos: list[Video] = []
    cursor: int = 0
    has_more: bool = False


class _Listed(msgspec.Struct):
    data: _Page = msgspec.field(default_factory=_Page)


_LISTED: Final = msgspec.json.Decoder(_Listed)


def every_video(
    ask: Callable[[int | None], Ask], id_name: str, add: Callable[[str, Video, int], None]
) -> Asking[None]:
    """Ask for page after page, and add each video once.

    Args:
        ask: for the page at a cursor, None for the first.
        id_name: member of a video that holds its id.
        add: takes the id, the video and the moment (ms) of the reply.
    """
    cursor: int | None = None
    seen: set[str] = set()
    has_more = True
    while has_more:
        reply = yield ask(cursor)
        page = read(reply, _LISTED).data
        for video in page.videos:
            id_ = video.get(id_name)
            if isinstance(id_, str) and id_ not in seen:
                seen.add(id_)
                add(id_, video, reply.at)
        # A page may be short, or empty, with more to come; a cursor that stands still would never end.
        has_more = page.has_more and page.cursor != cursor
        cursor = page.cursor


def tell(look: Look, id_: str, video: Video, title: Any, at: int) -> None:
    """Tell of a video what it is, where its API says when it was published and how it is called."""
    made = published(video.get("create_time"))
    if made and title:
        look.tell(id_, "video", str(title), made * SECOND_MS, at)
