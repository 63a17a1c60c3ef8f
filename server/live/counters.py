"""Counters of contents: what was ever counted, by one read of Redis."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.door.access import require_public_read
from server.door.answers import Answer, answer
from server.door.parameters import LONGEST_ID, Parameters
from server.live.feed import FEED
from server.live.lifetimes import Lifetimes
from server.problems import Problem
from server.resources.clock import CLOCK
from server.resources.redis_client import INSTALLATION, REDIS
from streakline.times import QUARTER_MS, bucket_of

MOST: Final = 100
"""Contents of one question."""
BACK: Final = 5
"""Quarter hours before the running one that may be open."""
NAME: Final = "content"


class Counters(Answer):
    """Counts of one content over all time, 0 before anything; likes are less those that were taken back."""

    content_id: str
    play_count: int
    like_count: int
    share_count: int
    download_count: int


class AllCounters(Answer):
    """The counters of the contents that were asked for, in that order."""

    contents: list[Counters]


async def counters(request: web.Request) -> web.Response:
    """`GET /api/v1/counters`: how often contents were ever played, liked, shared and downloaded, up to this moment.

    Parameters: `content`, up to 100 times. Answer: golden `counters`; 503 `live-stale` while a flow is behind,
    `store-away` while Redis does not answer.
    """
    require_public_read(request)
    wanted = list(dict.fromkeys(Parameters(request, NAME, repeated=(NAME,)).all(NAME)))
    if not 1 <= len(wanted) <= MOST:
        raise Problem(400, NAME, f"{NAME} is given {len(wanted)} times; give it once to {MOST} times")
    for content in wanted:
        if not 1 <= len(content) <= LONGEST_ID:
            detail = f"{NAME} {content[:40]!r} is no id of a content: it has 1 to {LONGEST_ID} characters"
            raise Problem(400, NAME, detail)
    feed = request.app[FEED]
    if feed.stale is not None:
        raise Problem(503, "live-stale", f"live numbers are old: {feed.stale}", retry_after=2)
    lifetimes = Lifetimes(request.app[REDIS], request.app[INSTALLATION])
    now = bucket_of(request.app[CLOCK].now_ms())
    open_now = range(now - BACK * QUARTER_MS, now + 2 * QUARTER_MS, QUARTER_MS)
    await lifetimes.read(wanted, feed.standing, open_now)
    if len(lifetimes.totals) < len(wanted):
        raise Problem(503, "store-away", "Redis did not answer; ask again", retry_after=2)
    return answer(AllCounters([_counters(content, lifetimes.totals[content]) for content in wanted]))


def _counters(content: str, totals: dict[str, int]) -> Counters:
    return Counters(
        content_id=content,
        play_count=totals["plays"],
        like_count=totals["likes"] - totals["unlikes"],
        share_count=totals["shares"],
        download_count=totals["downloads"],
    )
