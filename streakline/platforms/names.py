"""The names of measured numbers: unit, how values of a name follow each other, and words.

A `total` is counted from the beginning: the difference of two values is what was gained between them, and one that
is lower than before is a correction. A `gauge` is a state of its moment. A `daily` number is of the day of its moment.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final, Literal, NamedTuple

Unit = Literal["count", "seconds", "percent", "money"]
Kind = Literal["total", "gauge", "daily"]

PLATFORMS: Final = ("youtube", "tiktok", "instagram", "twitter")
LARGEST: Final = 2**53 - 1
"""The greatest whole number that every JSON reader has exactly."""


class Metric(NamedTuple):
    """What a name stands for."""

    name: str
    unit: Unit
    kind: Kind
    words: str
    signed: bool = False
    """Whether a value may be below zero."""


def _total(name: str, words: str) -> Metric:
    return Metric(name, "count", "total", words)


def _gauge(name: str, words: str, unit: Unit = "count") -> Metric:
    return Metric(name, unit, "gauge", words)


def _daily(name: str, words: str, unit: Unit = "count") -> Metric:
    return Metric(name, unit, "daily", words, signed=True)


METRICS: Final[dict[str, Metric]] = {
    metric.name: metric
    for metric in (
        _total("views", "how often it was viewed, by the platform's own rule of what a view is"),
        _total("engagedViews", "views that went on beyond the first moment"),
        _total("likes", "likes"),
        _total("dislikes", "dislikes"),
        _total("comments", "comments"),
        _total("shares", "how often it was shared"),
        _total("saves", "how often it was saved, bookmarked or made a favourite"),
        _total("clicks", "clicks on what it links to"),
        _total("linkClicks", "clicks on links in the post"),
        _total("retweets", "posts that repeat it unchanged"),
        _total("quotes", "posts that quote it"),
        _total("replies", "answers to it"),
        _total("impressions", "how often it was shown"),
        _total("profileVisits", "visits of the profile that came from it, or of the profile at all"),
        _total("storyExits", "how often a story was left for good"),
        _total("storyForward", "taps forward out of a story"),
        _total("storyBack", "taps back out of a story"),
        _total("storyNext", "swipes to the next account's story"),
        Metric("watchTime", "seconds", "total", "seconds watched by everybody together"),
        Metric("revenue", "money", "total", "what it earned, in the currency of the number", signed=True),
        _gauge("reach", "different accounts that saw it, as the platform estimates"),
        _gauge("followers", "followers or subscribers"),
        _gauge("following", "accounts that it follows"),
        _gauge("posts", "posts of the account"),
        _gauge("avgWatchTime", "seconds watched a view", "seconds"),
        _gauge("retention", "per cent of it that a view watches; above 100 where parts are watched again", "percent"),
        _gauge("completion", "per cent of views that came to the end", "percent"),
        _gauge("skipRate", "per cent of views that skipped on in the first seconds", "percent"),
        _gauge("clickThrough", "per cent of impressions that were clicked", "percent"),
        _gauge("engagementRate", "per cent of those who saw it that engaged, as the platform computes it", "percent"),
        _daily("followersGained", "followers that were won on this day"),
        _daily("followersLost", "followers that left on this day"),
        _daily("viewsOfDay", "views on this day"),
        _daily("likesOfDay", "likes on this day, less those that were taken back where the platform does so"),
        _daily("dislikesOfDay", "dislikes on this day"),
        _daily("commentsOfDay", "comments on this day"),
        _daily("sharesOfDay", "shares on this day"),
        _daily("savesOfDay", "saves on this day"),
        _daily("clicksOfDay", "clicks on this day"),
        _daily("reachOfDay", "different accounts that saw anything of it on this day"),
        _daily("impressionsOfDay", "impressions on this day"),
        _daily("profileVisitsOfDay", "visits of the profile on this day"),
        _daily("watchTimeOfDay", "seconds watched on this day", "seconds"),
        _daily("revenueOfDay", "what was earned on this day, in the currency of the number", "money"),
    )
}  # fmt: skip
"""Name -> what it stands for."""

VIEWS: Final = {
    "youtube": "a view on YouTube is a playback that began, of Shorts every start since 31 March 2025",
    "tiktok": "a view on TikTok is every start of a video",
    "instagram": "a view on Instagram is every time a post was played or shown",
    "twitter": "a view on Twitter is a start of a video; how often a post was shown are its impressions",
}
"""Platform -> what it calls a view: sums over platforms add up different things."""

STANDS_FOR: Final[dict[tuple[str, str], str]] = {
    ("twitter", "retweets"): "shares",
    ("twitter", "replies"): "comments",
    ("twitter", "linkClicks"): "clicks",
    ("instagram", "linkClicks"): "clicks",
}
"""(platform, its own name) -> the name under which it is compared with other platforms."""


def unknown(name: str) -> str:
    """Return in words that a name is none of `METRICS`, and which may be meant."""
    near = get_close_matches(name, METRICS, 1)
    hint = f"did you mean {near[0]}?" if near else f"the names are {', '.join(METRICS)}"
    return f"name {name[:40]!r} of a metric is not known; {hint}"
