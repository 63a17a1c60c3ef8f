"""Analytics of the whole site or of one track over a range."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

from aiohttp import web

from server.api.analytics_groups import (
    Analytics,
    DownloadsGroup,
    LikesGroup,
    PlaysGroup,
    SavesGroup,
    SharesGroup,
)
from server.api.questions import totals
from server.door.access import require
from server.door.kept import kept_answer, key_of
from server.door.parameters import Parameters
from server.problems import Problem
from server.resources.history import HISTORY
from server.resources.kept import Question, opened
from server.resources.redis_client import INSTALLATION
from streakline.history.freshness import Shard
from streakline.history.plan import plan_of_sums
from streakline.history.ranges import Range, previous
from streakline.history.totals import Totals, adding_up, growth
from streakline.times import iso

_NEEDS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]] = {
    "plays": (
        ("plays", "starts", "replays", "finished", "timed", "played_ms", "completed", "completion_pm"),
        ("sessions", "listeners"),
        ("by_source",),
    ),
    "likes": (("likes",), (), ()),
    "shares": (("shares",), (), ("shares_by_platform",)),
    "downloads": (("downloads",), (), ()),
    "saves": (("saves",), (), ()),
}
"""Group -> columns, sketches and breakdowns of `rollup` that it is made of."""
METRICS: Final = tuple(_NEEDS)


async def stats_analytics(request: web.Request) -> web.Response:
    """`GET /api/stats/analytics`: totals of the site, or of the track or the artist that is named.

    Parameters: `trackId` or `artistId`, `timeRange` or `from` and `to`, `tz`, `asOf`, `metric`. Needs the scope
    `read:admin`. Answer: golden `stats_analytics`; 404 `content-unknown` for a track that history does not know,
    `creator-unknown` for an artist without contents.
    """
    require(request, "read:admin")
    asked = Parameters(request, "trackId", "artistId", "timeRange", "from", "to", "asOf", "tz", "metric")
    metric = asked.metric(METRICS)
    wanted = METRICS if metric is None else (metric,)
    of = asked.time_range()
    track = asked.content("trackId")
    artist = asked.identity("artistId", "creator", code="artist")
    if track is not None and artist is not None:
        raise Problem(400, "artist", "trackId and artistId are both given; give one of them")
    as_of = asked.as_of()

    async def make(shards: Sequence[Shard]) -> Analytics:
        groups = await _groups(request.app, _Whose(track, artist), of, wanted, opened(shards))
        return Analytics(
            time_range=of.name,
            start=iso(of.start),
            end=iso(of.end),
            as_of=iso(as_of),
            track_id=track,
            artist_id=artist,
            **{name: groups[name] for name in wanted},
        )

    among = None if track is None else {request.app[INSTALLATION].shard_of(track)}
    return await kept_answer(request, Question(key_of(request), of.end, asked.is_now, among), make)


class _Whose(NamedTuple):
    content: str | None
    creator: str | None


async def _groups(
    app: web.Application, whose: _Whose, of: Range, wanted: Sequence[str], first_open: int
) -> dict[str, Any]:
    """Return the groups that are wanted, and perhaps others that are 0."""
    columns, sketches, maps = (
        set(chain.from_iterable(part)) for part in zip(*(_NEEDS[name] for name in wanted), strict=True)
    )
    made = plan_of_sums(of, first_open, {"starts", *columns}, sketches=sketches, maps=maps, **whose._asdict())
    before = previous(of) if "plays" in wanted else None
    now, earlier = await asyncio.gather(totals(app, made), _plays_before(app, whose, before, first_open))
    if not now.starts:
        await _known(app, whose)
    return {
        "plays": _plays(now, earlier),
        "likes": LikesGroup(total_likes=now.likes),
        "shares": SharesGroup(
            total_shares=now.shares, platform_breakdown=adding_up(now.shares_by_platform, now.shares)
        ),
        "downloads": DownloadsGroup(total_downloads=now.downloads),
        "saves": SavesGroup(total_saves=now.saves),
    }


def _plays(now: Totals, earlier: int | None) -> PlaysGroup:
    return PlaysGroup(
        total_plays=now.plays,
        unique_plays=now.sessions,
        unique_listeners=now.listeners,
        source_breakdown=adding_up(now.by_source, now.plays),
        avg_duration=now.ratio("avgDuration"),
        avg_completion_rate=now.ratio("completionRate"),
        skip_rate=now.ratio("skipRate"),
        replay_rate=now.ratio("replayRate"),
        previous_plays=earlier,
        growth=None if earlier is None else growth(now.plays, earlier),
    )


async def _plays_before(app: web.Application, whose: _Whose, of: Range | None, first_open: int) -> int | None:
    if of is None:
        return None
    return (await totals(app, plan_of_sums(of, first_open, ("plays",), **whose._asdict()))).plays


async def _known(app: web.Application, whose: _Whose) -> None:
    """Let pass what history or catalogue know.

    Raises:
        Problem: 404 `content-unknown` or `creator-unknown`.
    """
    if whose.content is not None:
        await about(app, whose.content)
    if whose.creator is not None:
        rows = await app[HISTORY].rows("history/contents_of_creator", creator=whose.creator)
        if not rows:
            raise Problem(404, "creator-unknown", f"history knows no content of {whose.creator[:200]!r}")


async def about(app: web.Application, content: str) -> dict[str, Any]:
    """Return what history and catalogue know of a content: `title`, `created` and `first`, empty where unknown.

    Raises:
        Problem: 404 if neither knows it.
    """
    [found] = await app[HISTORY].rows("history/content_about", **of_content(app, content))
    if not any(found.values()):
        raise Problem(404, "content-unknown", f"history knows no content {content[:200]!r}")
    return found


def of_content(app: web.Application, content: str) -> dict[str, Any]:
    """Return the parameters that name a content in a query: its id and the shard that counts it."""
    return {"content": content, "shard": app[INSTALLATION].shard_of(content)}
