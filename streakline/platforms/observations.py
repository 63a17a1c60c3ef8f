"""Observations: one number that a platform told of an account or a post, as it was fetched once.

Of several for one moment the newest that was accepted stands; all are kept. The id of an event tells one fetch from
the next: a value that goes from 10 to 12 and back to 10 ends at 10, and the same fetch sent twice is one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from xxhash import xxh3_128_hexdigest

from streakline.times import iso


class Observation(NamedTuple):
    """A number of an account or a post, as a platform told it once."""

    owner: str
    """The person whose account it is: a `userId`."""
    platform: str
    """One of `streakline.platforms.names.PLATFORMS`."""
    account: str
    """The platform's own id of the account."""
    post: str
    """The platform's own id of the post; "" for a number of the account itself."""
    name: str
    """One of `streakline.platforms.names.METRICS`."""
    value: int | float
    observed_at: int
    """The moment that the number is of, ms UTC; of a number of one day a moment of that day."""
    fetched_at: int
    """When it was fetched, ms UTC."""
    surface: str
    """The interface that told it, like `videos.list`."""
    version: str
    """The version of that interface, like `v3`."""
    currency: str = ""
    """Of money its ISO 4217 code; "" for every other number."""


class Post(NamedTuple):
    """What a platform tells of a post beside numbers."""

    owner: str
    platform: str
    account: str
    post: str
    type: str
    """A content type, like `video` or `post`."""
    title: str
    """Its title, or the beginning of its text."""
    published_at: int
    """When it was published, ms UTC."""
    fetched_at: int
    """When that was fetched, ms UTC."""


def content_of(platform: str, post: str) -> str:
    """Return the `contentId` under which the catalogue has a post of a platform."""
    return f"{platform}:{post}"


def creator_of(platform: str, account: str) -> str:
    """Return the `creatorId` under which the catalogue has an account of a platform."""
    return f"{platform}:{account}"


def event_of(observation: Observation) -> dict[str, Any]:
    """Return an observation as `POST /api/stats/events` takes it from a sender with the scope `write`."""
    o = observation
    properties: dict[str, Any] = {"fetchedAt": o.fetched_at, "surface": o.surface, "version": o.version}
    if o.currency:
        properties["currency"] = o.currency
    which = {"account": o.account, "post": o.post}
    return {
        "id": f"{o.name}:{o.fetched_at}:{_digest(o.owner, o.platform, o.account, o.post, o.currency)}",
        "type": "metric",
        "timestamp": o.observed_at,
        "userId": o.owner,
        "platform": o.platform,
        **{name: value for name, value in which.items() if value},
        "name": o.name,
        "value": o.value,
        "properties": properties,
    }


def post_event_of(post: Post) -> dict[str, Any]:
    """Return what the catalogue is told of a post, as `POST /api/stats/events` takes it."""
    return {
        "id": f"post:{post.fetched_at}:{_digest(post.owner, post.platform, post.account, post.post)}",
        "type": "content",
        "timestamp": post.fetched_at,
        "userId": post.owner,
        "contentId": content_of(post.platform, post.post),
        "contentType": post.type,
        "creatorId": creator_of(post.platform, post.account),
        "title": post.title,
        "createdAt": iso(post.published_at),
    }


def _digest(*texts: str) -> str:
    return xxh3_128_hexdigest("\0".join(texts).encode())
