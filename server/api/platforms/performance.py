"""How the posts of an owner do, page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from aiohttp import web

from server.api.platforms.measured import Asked, Measured, Period, measured
from server.api.platforms.posts import PostNumbers, posts_of
from server.door.answers import Answer
from streakline.history.freshness import Shard
from streakline.history.pages import Key
from streakline.times import enc

ORDERS: Final[dict[str, Callable[[PostNumbers], float | None]]] = {
    "views": lambda post: post.views,
    "viewsGained": lambda post: post.views_gained,
    "engagement": lambda post: post.engagement,
    "engagementRate": lambda post: post.engagement_rate,
    "performanceScore": lambda post: post.performance_score,
}
"""What posts are ordered by, most first; those without it come last."""
_NONE: Final = -1.0


class Performance(Answer):
    """Posts in an order. Every page says what was known when the first one was made, whatever comes meanwhile."""

    user_id: str
    period: Period
    order: str
    posts: list[PostNumbers]
    total: int
    next_cursor: str | None
    views_are: list[str]
    as_of: str


async def performance(request: web.Request) -> web.Response:
    """`GET /api/v1/analytics/performance`: posts by how they do.

    Parameters: `order` (`views`), `limit`, `cursor`, and those of the dashboard. Needs `read:self`. Answer: golden
    `performance`; 403 `owner` for another's.
    """
    asked = Asked(request, "order", "limit", "cursor")
    order = asked.parameters.choice("order", ORDERS, "views")
    page = asked.parameters.page()

    async def make(shards: Sequence[Shard]) -> Performance:
        known = _known(shards) if page.after is None else int(page.after[2] or 0)
        found = await measured(asked, known=known)
        return _page(found, order, page.limit, page.after, known)

    return await asked.answer(make)


def _known(shards: Sequence[Shard]) -> int:
    """Return a position up to which every shard is in history; 2**63 - 1 where it is not told."""
    told = [enc(shard.raw) for shard in shards if shard.raw]
    return min(told) if told else 2**63 - 1


def _page(found: Measured, order: str, limit: int, after: Key | None, known: int) -> Performance:
    def key(post: PostNumbers) -> tuple[float, str, str]:
        value = ORDERS[order](post)
        return (-(_NONE if value is None else value), post.content_id, post.account)

    posts = sorted(posts_of(found, found.series), key=key)
    total = len(posts)
    if after is not None:
        last: Any = (after[0], after[1], after[3])
        posts = [post for post in posts if key(post) > last]
    shown = posts[:limit]
    cursor = None
    if len(posts) > limit:
        value, content, account = key(shown[-1])
        cursor = found.asked.parameters.next_cursor((value, content, known, account))
    return Performance(order=order, posts=shown, total=total, next_cursor=cursor, **found.about)
