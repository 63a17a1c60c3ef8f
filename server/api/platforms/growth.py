"""How an owner's audience and views grow, by day, week or month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from aiohttp import web

from server.api.platforms.dashboard import compared_periods
from server.api.platforms.measured import Asked, Measured, Period, measured
from server.door.answers import Answer
from streakline.history.freshness import Shard
from streakline.platforms.figures.summaries import Change, DayNumbers, Numbers, trend
from streakline.platforms.names import PLATFORMS

INTERVALS: Final = ("day", "week", "month")


class PlatformGrowth(Answer):
    """How one platform grows."""

    platform: str
    totals: Numbers
    series: list[DayNumbers]


class AudienceGrowth(Answer):
    """Growth of all platforms together and of each. Weeks begin on Monday; the first and the last bucket may be cut."""

    user_id: str
    period: Period
    interval: str
    totals: Numbers
    previous: Numbers
    change: Change
    series: list[DayNumbers]
    platforms: list[PlatformGrowth]
    views_are: list[str]
    as_of: str


async def growth(request: web.Request) -> web.Response:
    """`GET /api/v1/analytics/growth`: followers, views and engagement, what they gained and what was corrected.

    Parameters: `interval` (`day`, `week`, `month`), and those of the dashboard. Needs `read:self`. Answer: golden
    `audience_growth`; 403 `owner` for another's.
    """
    asked = Asked(request, "interval")
    interval = asked.parameters.choice("interval", INTERVALS, "day")

    async def make(_shards: Sequence[Shard]) -> AudienceGrowth:
        found = await measured(asked, scored=False)
        buckets = _buckets(found, interval)
        now, before, changed = compared_periods(found)
        return AudienceGrowth(
            interval=interval,
            totals=now,
            previous=before,
            change=changed,
            series=trend(found.series, buckets),
            platforms=[
                PlatformGrowth(
                    platform=platform,
                    totals=compared_periods(found, platform)[0],
                    series=trend(found.of(platform), buckets),
                )
                for platform in PLATFORMS
                if found.of(platform)
            ],
            **found.about,
        )

    return await asked.answer(make)


def _buckets(found: Measured, interval: str) -> list[tuple[str, int, int]]:
    firsts = [
        number
        for number, day in enumerate(found.days)
        if number == 0
        or interval == "day"
        or (day.date.weekday() == 0 if interval == "week" else day.date.day == 1)
    ]
    dates = [(found.days[0].date + timedelta(days=first)).isoformat() for first in firsts]
    return list(zip(dates, firsts, [*firsts[1:], found.length], strict=True))
