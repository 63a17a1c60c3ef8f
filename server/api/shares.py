"""Shares of apps: how often each was shared, and where to."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Final

from aiohttp import hdrs, web

from server.api.questions import titles
from server.door.access import header_text, require, require_public_read
from server.door.answers import Answer, answer, cached_answer
from server.door.kept import kept_answer, key_of
from server.door.parameters import Parameters
from server.door.rates import ALLOWANCES, rate_headers
from server.ingest.admission import admit, charge
from server.ingest.one_event import write_one
from server.problems import Problem
from server.resources.clock import CLOCK
from server.resources.history import HISTORY
from server.resources.kept import Question, opened
from streakline.history.cover import cover, moments
from streakline.history.days import utc_dates
from streakline.history.freshness import Shard
from streakline.history.ranges import Range, between
from streakline.history.totals import adding_up
from streakline.ingest.shares import BadShare, share_event
from streakline.times import DAY_MS, iso

CACHED_SECONDS: Final = 600
"""For how long the documents let a count stand."""
WHOLE, BY_APP, BY_DATE = 3, 2, 1
"""What a row of `history/site_shares` sums up: ClickHouse's `grouping` of date and app."""
PERIODS: Final = (7, 30, 90)
"""Days that the statistics may be asked for."""
SHOWN_APPS: Final = 10


class ShareCount(Answer):
    """Shares of one app over all time, without robots.

    Attributes:
        app_id: the app.
        total_shares: all of them.
        by_platform: platform -> shares, most first; together they are the total.
    """

    app_id: str
    total_shares: int
    by_platform: dict[str, int]


async def share_count(request: web.Request) -> web.Response:
    """`GET /api/apps/{id}/share-count`: shares of an app by platform, right as soon as `settled` says so.

    Parameters: `fresh` (`1`: no cache on the way may give the answer again). Answer: golden `share_count`; 404
    `no-shares` where there are none.
    """
    require_public_read(request)
    fresh = bool(Parameters(request, "fresh").choice("fresh", ["1"], "", code="parameter"))
    app_id = request.match_info["id"]
    [found] = await request.app[HISTORY].rows("history/shares_of_content", content=app_id)
    if not found["total"]:
        raise Problem(404, "no-shares", f"app {app_id[:200]!r} has no shares")
    body = ShareCount(
        app_id=app_id,
        total_shares=found["total"],
        by_platform=adding_up(found["by_platform"], found["total"]),
    )
    return cached_answer(request, body, seconds=0 if fresh else CACHED_SECONDS)


class Accepted(Answer):
    """What a sender may wait for, with `GET /api/v1/settled`."""

    position: str


class SharedApp(Answer):
    """An app and how often it was shared. A title that nobody stated is its id."""

    app_id: str
    app_name: str
    share_count: int


class DailyShares(Answer):
    """Shares of a UTC day."""

    date: str
    count: int


class ShareStats(Answer):
    """Shares of all apps over some days."""

    total_shares: int
    most_shared_apps: list[SharedApp]
    platform_stats: dict[str, int]
    daily_shares: list[DailyShares]
    period: str
    as_of: str


async def post_share(request: web.Request) -> web.Response:
    """`POST /api/shares`: one share of an app; 202 once Redis has it.

    Answer: golden `share_accepted`; 400 `not-a-share`, and every refusal of `POST /api/stats/events`.
    """
    admitted = await admit(request)
    charge(request, admitted, 1)
    try:
        event = share_event(
            admitted.body,
            at_ms=request.app[CLOCK].now_ms(),
            new_id=str(uuid.uuid4()),
            user=admitted.grant.sub,
            referrer=header_text(request, hdrs.REFERER),
        )
    except BadShare as error:
        raise Problem(400, "not-a-share", str(error)) from error
    receipt = await write_one(request, admitted, event, "not-a-share")
    response = answer(Accepted(position=receipt.position), status=202)
    response.headers.update(rate_headers(request.app[ALLOWANCES], admitted.charged))
    return response


async def share_stats(request: web.Request) -> web.Response:
    """`GET /api/admin/shares/stats`: shares of all apps in the last 7, 30 or 90 days.

    Parameters: `days` (30), `asOf`. Needs the scope `read:admin`. Answer: golden `share_stats`.
    """
    require(request, "read:admin")
    asked = Parameters(request, "days", "asOf")
    days = int(asked.choice("days", [str(days) for days in PERIODS], "30"))
    end = asked.as_of()
    of = between(max(0, end - days * DAY_MS), end)

    async def make(shards: Sequence[Shard]) -> ShareStats:
        return await _share_stats(request.app, of, days, opened(shards))

    return await kept_answer(request, Question(key_of(request), of.end, asked.is_now), make)


async def _share_stats(app: web.Application, of: Range, days: int, first_open: int) -> ShareStats:
    rows = await app[HISTORY].rows("history/site_shares", **moments(cover(of, first_open)))
    nothing: dict[str, Any] = {"count": 0, "platforms": {}}
    whole = next((row for row in rows if row["by"] == WHOLE), nothing)
    total = whole["count"]
    apps = [row for row in rows if row["by"] == BY_APP][:SHOWN_APPS]
    names = await titles(app, [row["contentId"] for row in apps])
    counts = {row["date"]: row["count"] for row in rows if row["by"] == BY_DATE}
    return ShareStats(
        total_shares=total,
        most_shared_apps=[
            SharedApp(
                app_id=row["contentId"],
                app_name=names.get(row["contentId"]) or row["contentId"],
                share_count=row["count"],
            )
            for row in apps
        ],
        platform_stats=adding_up(whole["platforms"], total),
        daily_shares=[DailyShares(date=str(day), count=counts.get(day, 0)) for day in utc_dates(of)],
        period=f"Last {days} days",
        as_of=iso(of.end),
    )
