"""One platform by itself: every number of its accounts, and its posts."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from server.api.platforms.dashboard import TOP, by_day, compared_periods
from server.api.platforms.measured import Asked, Measured, Period, check_platform, measured
from server.api.platforms.posts import PostNumbers, posts_of, top
from server.door.answers import Answer
from streakline.history.freshness import Shard
from streakline.platforms.figures.series import Series, compared
from streakline.platforms.figures.summaries import Change, DayNumbers, Numbers, trend
from streakline.platforms.names import METRICS
from streakline.times import iso


class ToldNumber(Answer):
    """A number as the platform tells it: its unit, and whether it is a total, a state of its moment, or of one day."""

    name: str
    value: float
    unit: str
    currency: str | None
    kind: str
    observed_at: str
    means: str


class Account(Answer):
    """An account and every number that is of itself, as last observed."""

    account: str
    numbers: list[ToldNumber]


class OnePlatform(Answer):
    """What one platform tells of an owner."""

    user_id: str
    platform: str
    period: Period
    totals: Numbers
    previous: Numbers
    change: Change
    trend: list[DayNumbers]
    accounts: list[Account]
    top_content: list[PostNumbers]
    views_are: list[str]
    as_of: str


async def one_platform(request: web.Request) -> web.Response:
    """`GET /api/v1/analytics/platform/{platform}`: one platform by itself.

    Parameters: those of the dashboard but `platform`. Needs `read:self`. Answer: golden `one_platform`; 400 `platform`
    for another one, 403 `owner` for another's.
    """
    platform = check_platform(request.match_info["platform"])
    asked = Asked(request, platform=platform)

    async def make(_shards: Sequence[Shard]) -> OnePlatform:
        found = await measured(asked, names=())
        told = _accounts(found)
        found.series = compared(found.series)
        now, before, changed = compared_periods(found, platform)
        return OnePlatform(
            platform=platform,
            totals=now,
            previous=before,
            change=changed,
            trend=trend(found.series, by_day(found)),
            accounts=told,
            top_content=top(posts_of(found, found.series), TOP),
            **found.about,
        )

    return await asked.answer(make)


def _accounts(found: Measured) -> list[Account]:
    accounts: dict[str, list[ToldNumber]] = {}
    for one in found.series:
        told = accounts.setdefault(one.of.account, [])
        if not one.of.post:
            told.append(told_number(one))
    return [Account(account=account, numbers=told) for account, told in sorted(accounts.items())]


def told_number(one: Series) -> ToldNumber:
    """Return what was last observed of a series, as its platform tells it."""
    metric = METRICS[one.name]
    return ToldNumber(
        name=one.name,
        value=one.last,
        unit=metric.unit,
        currency=one.currency or None,
        kind=metric.kind,
        observed_at=iso(one.seen),
        means=metric.words,
    )
