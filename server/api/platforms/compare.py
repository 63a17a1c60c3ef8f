"""Platforms side by side."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from server.api.platforms.dashboard import PlatformNumbers, by_day, side_by_side
from server.api.platforms.measured import Asked, Period, measured
from server.api.platforms.posts import PostNumbers, posts_of, top
from server.door.answers import Answer
from streakline.history.freshness import Shard
from streakline.history.totals import hundredths
from streakline.platforms.figures.summaries import DayNumbers, trend
from streakline.platforms.names import VIEWS


class ComparedPlatform(Answer):
    """One platform: its numbers, day by day, and the post with the most views."""

    numbers: PlatformNumbers
    trend: list[DayNumbers]
    views_per_post: float | None
    engagement_per_post: float | None
    best: PostNumbers | None
    view_is: str


class Compared(Answer):
    """Platforms side by side. What one calls a view another may not, which `viewIs` of each says."""

    user_id: str
    period: Period
    platforms: list[ComparedPlatform]
    views_are: list[str]
    as_of: str


async def compare(request: web.Request) -> web.Response:
    """`GET /api/v1/analytics/compare`: platforms side by side.

    Parameters: those of the dashboard. Needs `read:self`. Answer: golden `compared`; 403 `owner` for another's.
    """
    asked = Asked(request)

    async def make(_shards: Sequence[Shard]) -> Compared:
        found = await measured(asked)
        listed = []
        for one in side_by_side(found):
            own = found.of(one.platform)
            best = top(posts_of(found, own), 1)
            listed.append(
                ComparedPlatform(
                    numbers=one,
                    trend=trend(own, by_day(found)),
                    views_per_post=hundredths(one.totals.views or 0, one.totals.posts),
                    engagement_per_post=hundredths(one.totals.engagement or 0, one.totals.posts),
                    best=best[0] if best else None,
                    view_is=VIEWS[one.platform],
                )
            )
        return Compared(platforms=listed, **found.about)

    return await asked.answer(make)
