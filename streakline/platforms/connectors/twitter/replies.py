"""What X answers. Names are in motion: a number comes by its older or newer name, and an unknown one is counted."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from streakline.platforms.connectors.exchange import Reply, Unreadable, read
from streakline.platforms.connectors.look import Look

OF_ACCOUNT: Final = {
    "followers_count": "followers",
    "following_count": "following",
    "tweet_count": "posts",
    "post_count": "posts",
}
OF_POST: Final = {
    "impression_count": "impressions",
    "like_count": "likes",
    "reply_count": "replies",
    "quote_count": "quotes",
    "retweet_count": "retweets",
    "repost_count": "retweets",
    "bookmark_count": "saves",
    "url_link_clicks": "linkClicks",
    "user_profile_clicks": "profileVisits",
}
_KNOWN: Final = {"listed_count", "media_count", "engagements"}
"""Numbers for which there is no name here."""


class _Attachments(msgspec.Struct):
    media_keys: list[str] = []


class Post(msgspec.Struct):
    """A post. What it has no value for is left out."""

    id: str
    text: str = ""
    created_at: str = ""
    public_metrics: dict[str, Any] = {}
    non_public_metrics: dict[str, Any] = {}
    attachments: _Attachments = msgspec.field(default_factory=_Attachments)


class User(msgspec.Struct):
    """An account."""

    id: str
    username: str = ""
    public_metrics: dict[str, Any] = {}


class Media(msgspec.Struct):
    """A picture or video of a post."""

    media_key: str = ""
    public_metrics: dict[str, Any] = {}


class _Includes(msgspec.Struct):
    media: list[Media] = []


class _Meta(msgspec.Struct):
    next_token: str = ""


class Posts(msgspec.Struct):
    """A page. `data` is left out where there is nothing; it ends where there is no `next_token`."""

    data: list[Post] = []
    includes: _Includes = msgspec.field(default_factory=_Includes)
    meta: _Meta = msgspec.field(default_factory=_Meta)


class _Me(msgspec.Struct):
    data: User


_POSTS: Final = msgspec.json.Decoder(Posts)
_ME: Final = msgspec.json.Decoder(_Me)


def posts_of(reply: Reply) -> Posts:
    """Return a page of posts.

    Raises:
        Unreadable: if it is none.
    """
    return read(reply, _POSTS)


def user_of(reply: Reply) -> User:
    """Return the account.

    Raises:
        Unreadable: if there is none.
    """
    return read(reply, _ME).data


def named(look: Look, told: dict[str, Any], names: dict[str, str]) -> dict[str, int | None]:
    """Return numbers by their names here; what nobody knows is counted.

    Raises:
        Unreadable: if one is no number.
    """
    found: dict[str, int | None] = {}
    for native, value in told.items():
        if native in names:
            number = whole(value)
            if number is not None:
                found[names[native]] = number
        elif native not in _KNOWN:
            look.strange(native[:60])
    return found


def whole(value: Any) -> int | None:
    """Return a number, which some answers have as a text; None where there is none.

    Raises:
        Unreadable: if it is something else.
    """
    if value is None:
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        msg = f"{str(value)[:40]!r} stands where a count should"
        raise Unreadable(msg)
    return value
