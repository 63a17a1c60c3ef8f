"""Posts as answers show them: what each was last observed with, what it gained, how it did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from server.api.platforms.measured import Measured
from server.door.answers import Answer
from streakline.platforms.figures.growth import growth_by_day, together
from streakline.platforms.figures.rates import engagement_of, rate_of
from streakline.platforms.figures.series import Number, Series, Subject
from streakline.platforms.figures.summaries import standing
from streakline.times import iso


class PostNumbers(Answer):
    """A post. What its platform does not tell is null; a title that nobody stated is its id.

    Attributes:
        views_gained: in the period; null where it was not observed twice.
        performance_score: from 0 to 100, among its account's own posts at the same age; null under ten others.
        last_updated_at: when it was last observed.
    """

    content_id: str
    platform: str
    account: str
    platform_post_id: str
    title: str
    content_type: str | None
    published_at: str | None
    views: int | None
    likes: int | None
    shares: int | None
    comments: int | None
    saves: int | None
    clicks: int | None
    reach: int | None
    impressions: int | None
    engagement: int | None
    engagement_rate: float | None
    performance_score: float | None
    views_gained: int | None
    last_updated_at: str


def posts_of(found: Measured, of: Iterable[Series]) -> list[PostNumbers]:
    """Return the posts of some series, in no order."""
    listed = [one for one in of if one.of.post]
    stands = standing(listed, found.length - 1)
    by_subject: defaultdict[Subject, list[Series]] = defaultdict(list)
    for one in listed:
        by_subject[one.of].append(one)
    return [
        _post(found, subject, stands[subject], own)
        for subject, own in by_subject.items()
        if subject in stands
    ]


def _post(found: Measured, of: Subject, values: dict[str, Number], own: list[Series]) -> PostNumbers:
    facts = found.catalogue.get(of.content, {})
    views = together(growth_by_day([one for one in own if one.name == "views"], found.length))

    def told(name: str) -> int | None:
        return int(values[name]) if name in values else None

    return PostNumbers(
        content_id=of.content,
        platform=of.platform,
        account=of.account,
        platform_post_id=of.post,
        title=facts.get("title") or of.content,
        content_type=facts.get("type") or None,
        published_at=facts.get("created") or None,
        views=told("views"),
        likes=told("likes"),
        shares=told("shares"),
        comments=told("comments"),
        saves=told("saves"),
        clicks=told("clicks"),
        reach=told("reach"),
        impressions=told("impressions"),
        engagement=engagement_of(values),
        engagement_rate=rate_of(values),
        performance_score=found.scored.get(of),
        views_gained=None if views is None else int(views.gained),
        last_updated_at=iso(max(one.seen for one in own)),
    )


def top(posts: Iterable[PostNumbers], number: int) -> list[PostNumbers]:
    """Return the posts with the most views, equal ones by id."""
    return sorted(posts, key=lambda post: (-(post.views or 0), post.content_id))[:number]
