"""`GET /api/analytics/realtime`: the live numbers for who cannot hold a connection."""

from __future__ import annotations

import orjson
from aiohttp import web

from server.door.access import require_public_read
from server.live.feed import FEED
from server.problems import Problem
from streakline.live.state import OVERVIEW


async def realtime(request: web.Request) -> web.Response:
    """Answer active listeners, what plays now and the last hour, in the documents' own shape."""
    require_public_read(request)
    feed = request.app[FEED]
    if feed.stale is not None:
        raise Problem(503, "live-stale", f"live numbers are old: {feed.stale}", retry_after=2)
    data = feed.standing.topics()[OVERVIEW]
    body = {
        "activeUsers": data["activeUsers"],
        "playingNow": [
            {"mashupId": item["contentId"], "listeners": item["listeners"]} for item in data["playingNow"]
        ],
        "lastHour": {"plays": data["lastHour"]["plays"], "likes": data["lastHour"]["likes"]},
    }
    return web.Response(
        body=orjson.dumps(body), content_type="application/json", headers={"Cache-Control": "no-store"}
    )
