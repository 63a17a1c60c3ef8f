"""Shares of apps: how often each was shared, and where to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from server.door.access import require_public_read
from server.door.answers import Answer, cached_answer
from server.door.parameters import Parameters
from server.problems import Problem
from server.resources.history import HISTORY

CACHED_SECONDS: Final = 600
"""For how long the documents let a count stand."""
UNKNOWN: Final = "unknown"
"""The platform of a share that names none."""


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

    Answer: golden `share_count`; 404 `no-shares` where there are none.
    """
    require_public_read(request)
    Parameters(request)
    app_id = request.match_info["id"]
    [found] = await request.app[HISTORY].rows("history/shares_of_content", content=app_id)
    if not found["total"]:
        raise Problem(404, "no-shares", f"app {app_id[:200]!r} has no shares")
    body = ShareCount(
        app_id=app_id,
        total_shares=found["total"],
        by_platform=by_platform(found["by_platform"], found["total"]),
    )
    return cached_answer(request, body, seconds=CACHED_SECONDS)


def by_platform(named: Mapping[str, int], total: int) -> dict[str, int]:
    """Return shares by platform, most first and then by name, those that name none among them as unknown."""
    shares = {platform: count for platform, count in named.items() if count}
    if nameless := total - sum(shares.values()):
        shares[UNKNOWN] = shares.get(UNKNOWN, 0) + nameless
    return dict(sorted(shares.items(), key=lambda pair: (-pair[1], pair[0])))
