"""One content by itself: its posts on every platform, with all that is told of them."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from server.api.platforms.measured import Asked, Measured, Period, measured
from server.api.platforms.one_platform import ToldNumber, told_number
from server.api.platforms.posts import PostNumbers, posts_of
from server.door.answers import Answer
from server.door.parameters import identity
from server.problems import Problem
from server.resources.history import HISTORY
from streakline.history.freshness import Shard
from streakline.platforms.figures.series import Subject, compared
from streakline.platforms.figures.summaries import DayNumbers, Numbers, numbers, trend


class PostHistory(Answer):
    """A post, every number that is told of it, and how it went day by day."""

    post: PostNumbers
    numbers: list[ToldNumber]
    trend: list[DayNumbers]


class OneContent(Answer):
    """A content. `posts` is itself where it is a post, and every post that names it as its parent."""

    user_id: str
    content_id: str
    title: str
    period: Period
    totals: Numbers
    posts: list[PostHistory]
    views_are: list[str]
    as_of: str


async def one_content(request: web.Request) -> web.Response:
    """`GET /api/v1/analytics/content/{id}`: one content on every platform.

    Parameters: those of the dashboard. Needs `read:self`. Answer: golden `one_content`; 404 `content-unknown` where
    nothing of it was observed of the owner, 403 `owner` for another's.
    """
    asked = Asked(request)
    try:
        content = identity(request.match_info["id"], "content")
    except ValueError as error:
        raise Problem(400, "content", f"content {error}") from error

    async def make(_shards: Sequence[Shard]) -> OneContent:
        facts = await asked.app[HISTORY].rows("platforms/posts", owner=asked.owner)
        posts = [row["content"] for row in facts if row["fact"] == "parent" and row["value"] == content]
        found = await measured(asked, names=(), contents=[content, *posts])
        if not found.series:
            detail = f"content {content[:200]!r} was observed on no platform; its id is like youtube:POST"
            raise Problem(404, "content-unknown", detail)
        return _content(found, content)

    return await asked.answer(make)


def _content(found: Measured, content: str) -> OneContent:
    told: dict[Subject, list[ToldNumber]] = {}
    for one in found.series:
        told.setdefault(one.of, []).append(told_number(one))
    found.series = compared(found.series)
    buckets = [(day.date.isoformat(), number, number + 1) for number, day in enumerate(found.days)]
    posts = [
        PostHistory(post=post, numbers=numbers_of, trend=trend(own, buckets))
        for subject, numbers_of in told.items()
        for own in [[one for one in found.series if one.of == subject]]
        for post in posts_of(found, own)
    ]
    return OneContent(
        content_id=content,
        title=found.catalogue.get(content, {}).get("title") or content,
        totals=numbers(found.series, found.length, found.scored),
        posts=posts,
        **found.about,
    )
