"""Questions put to history: a plan with its parameters, and what several endpoints ask alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from server.resources.history import HISTORY, Rows, in_parts
from server.resources.redis_client import INSTALLATION
from sql.composed import sums
from streakline.history.plan import Plan, parameters
from streakline.history.ranges import ALL, Range
from streakline.history.totals import Totals


async def planned(
    app: web.Application, name: str, text: str, made: Plan, zone: ZoneInfo | None = None, **more: Any
) -> Rows:
    """Return what the statement of a plan answers.

    Args:
        app: the application.
        name: under which it is measured.
        text: the statement.
        made: the plan.
        zone: whose days it counts, where a cycle divides it.
        more: parameters of the page.

    Raises:
        HistoryAway, HistoryBusy, TooCostly: as `History.composed` does.
    """
    given = parameters(made, zone)
    if made.by_content:
        given["shards"] = sorted({app[INSTALLATION].shard_of(content) for content in made.contents})
    return await app[HISTORY].composed(name, text, **given, **more)


async def totals(app: web.Application, made: Plan) -> Totals:
    """Return the sums that a plan reads; what it does not read is 0."""
    [row] = await planned(app, "history/totals", sums(made), made)
    return msgspec.convert(row, Totals)


async def from_first(app: web.Application, of: Range) -> Range:
    """Return a range; of `all` what lies from the first quarter hour of history on: before it is nothing to divide."""
    if of.name != ALL:
        return of
    rows = await app[HISTORY].rows("history/first_quarter")
    start = min([*(row["first"] for row in rows), of.end - 1])
    return Range(ALL, max(of.start, start), of.end)


async def titles(app: web.Application, contents: Iterable[str]) -> dict[str, str]:
    """Return content -> title of those that have one."""
    return {
        row["contentId"]: row["title"]
        for part in in_parts(sorted(set(contents)), lambda content: [content])
        for row in await app[HISTORY].rows("history/titles", contents=part)
    }
