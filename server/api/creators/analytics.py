"""The analytics of a range, of all that is an artist's."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from aiohttp import web

from server.api.analytics_groups import DownloadsGroup, LikesGroup, PlaysGroup, SavesGroup, SharesGroup
from server.api.creators.rows import by_value, decimal, sums
from server.problems import Problem
from server.resources.history import HISTORY
from streakline.creators.questions import question
from streakline.history.query import MOST
from streakline.history.ranges import Range, previous
from streakline.history.totals import growth

_SUMS: Final = (
    "plays", "starts", "sessions", "listeners", "likes", "shares", "downloads", "saves", "avgDuration",
    "completionRate", "skipRate", "replayRate",
)  # fmt: skip


async def artist_groups(app: web.Application, artist: str, of: Range) -> dict[str, Any]:
    """Return every group of the analytics of an artist's contents by its name.

    Raises:
        Problem: 404 `creator-unknown` if nothing is his.
    """
    now, earlier, sources, platforms = await asyncio.gather(
        sums(app, question(artist, _SUMS, of)),
        _plays_before(app, artist, previous(of)),
        by_value(app, artist, "plays", of, "source", MOST),
        by_value(app, artist, "shares", of, "platform", MOST),
    )
    if not now["starts"] and not await app[HISTORY].rows("history/contents_of_creator", creator=artist):
        raise Problem(404, "creator-unknown", f"history knows no content of {artist[:200]!r}")
    plays = now["plays"] or 0
    return {
        "plays": PlaysGroup(
            total_plays=plays,
            unique_plays=now["sessions"] or 0,
            unique_listeners=now["listeners"] or 0,
            source_breakdown=dict(sources),
            avg_duration=decimal(now["avgDuration"]),
            avg_completion_rate=decimal(now["completionRate"]),
            skip_rate=decimal(now["skipRate"]),
            replay_rate=decimal(now["replayRate"]),
            previous_plays=earlier,
            growth=None if earlier is None else growth(plays, earlier),
        ),
        "likes": LikesGroup(total_likes=now["likes"] or 0),
        "shares": SharesGroup(total_shares=now["shares"] or 0, platform_breakdown=dict(platforms)),
        "downloads": DownloadsGroup(total_downloads=now["downloads"] or 0),
        "saves": SavesGroup(total_saves=now["saves"] or 0),
    }


async def _plays_before(app: web.Application, artist: str, of: Range | None) -> int | None:
    return None if of is None else (await sums(app, question(artist, ("plays",), of)))["plays"]
