"""The dashboard over all platforms: what stands, what the period gained, day by day and platform by platform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from server.api.platforms.measured import Asked, Measured, Period, measured
from server.api.platforms.posts import PostNumbers, posts_of, top
from server.door.answers import Answer
from streakline.history.freshness import Shard
from streakline.platforms.figures.summaries import Change, DayNumbers, Numbers, change, numbers, trend
from streakline.platforms.names import PLATFORMS

TOP: Final = 10


class PlatformNumbers(Answer):
    """One platform beside the others."""

    platform: str
    totals: Numbers
    previous: Numbers
    change: Change


class PlatformsDashboard(Answer):
    """Every platform together, and side by side. `viewsAre` says what a view is to each of them."""

    user_id: str
    period: Period
    totals: Numbers
    previous: Numbers
    change: Change
    trend: list[DayNumbers]
    platforms: list[PlatformNumbers]
    top_content: list[PostNumbers]
    views_are: list[str]
    as_of: str


async def platforms_dashboard(request: web.Request) -> web.Response:
    """`GET /api/v1/analytics/dashboard`: what all platforms tell of an owner, the last 30 days if none are named.

    Parameters: `user`, `platform` (several), `timeRange` or `from` and `to`, `tz`, `asOf`. Needs `read:self`. Answer:
    golden `platforms_dashboard`; 403 `owner` for another's.
    """
    asked = Asked(request)

    async def make(_shards: Sequence[Shard]) -> PlatformsDashboard:
        return _dashboard(await measured(asked))

    return await asked.answer(make)


def _dashboard(found: Measured) -> PlatformsDashboard:
    now, before, changed = compared_periods(found)
    return PlatformsDashboard(
        totals=now,
        previous=before,
        change=changed,
        trend=trend(found.series, by_day(found)),
        platforms=side_by_side(found),
        top_content=top(posts_of(found, found.series), TOP),
        **found.about,
    )


def by_day(found: Measured) -> list[tuple[str, int, int]]:
    """Return the buckets of `trend`: every day by itself."""
    return [(day.date.isoformat(), number, number + 1) for number, day in enumerate(found.days)]


def compared_periods(found: Measured, *platforms: str) -> tuple[Numbers, Numbers, Change]:
    """Return the numbers of a period, of the one before, and how they differ.

    Args:
        found: what history has.
        platforms: that are added up; none for all.
    """
    chosen = platforms or PLATFORMS
    now = numbers(found.of(*chosen), found.length, found.scored)
    earlier = [one for one in found.earlier if one.of.platform in chosen]
    before = numbers(earlier, found.length, {})
    return now, before, change(now, before)


def side_by_side(found: Measured) -> list[PlatformNumbers]:
    """Return the platforms that tell anything, each by itself."""
    told = [platform for platform in PLATFORMS if found.of(platform)]
    return [
        PlatformNumbers(platform=platform, totals=now, previous=before, change=changed)
        for platform in told
        for now, before, changed in [compared_periods(found, platform)]
    ]
