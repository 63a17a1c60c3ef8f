"""`GET /api/analytics/realtime`: the live numbers for who cannot hold a connection."""

from __future__ import annotations

from aiohttp import web

from server.door.access import require_public_read
from server.door.answers import Answer, answer
from server.door.parameters import Parameters
from server.live.feed import FEED
from server.problems import Problem
from streakline.live.state import OVERVIEW


class Playing(Answer):
    """A content that plays now, and to how many."""

    mashup_id: str
    listeners: int


class LastHour(Answer):
    """What began, and what was liked, in the last 60 whole minutes and the running one."""

    plays: int
    likes: int


class Realtime(Answer):
    """The live numbers."""

    active_users: int
    playing_now: list[Playing]
    last_hour: LastHour


async def realtime(request: web.Request) -> web.Response:
    """Answer active listeners, what plays now and the last hour, in the documents' own shape."""
    require_public_read(request)
    Parameters(request)
    feed = request.app[FEED]
    if feed.stale is not None:
        raise Problem(503, "live-stale", f"live numbers are old: {feed.stale}", retry_after=2)
    data = feed.standing.topics()[OVERVIEW]
    playing = [
        Playing(mashup_id=item["contentId"], listeners=item["listeners"]) for item in data["playingNow"]
    ]
    hour = LastHour(plays=data["lastHour"]["plays"], likes=data["lastHour"]["likes"])
    return answer(Realtime(active_users=data["activeUsers"], playing_now=playing, last_hour=hour))
