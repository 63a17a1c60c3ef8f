"""Summaries: the numbers of some posts and accounts together, day by day and over a period.

Totals add up what was observed last of each post, gains what lies between observations. Followers are those of the
accounts. Nothing is filled in: what nobody told is null.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from streakline.history.totals import growth, hundredths
from streakline.platforms.figures.growth import Growth, change_of, growth_by_day, rate_between, together
from streakline.platforms.figures.rates import engagement_of, engagement_rate, rate_of
from streakline.platforms.figures.series import OF_ENGAGEMENT, Number, Series, Subject, sums_by_day, value_at

ADDED_UP = ("views", "likes", "comments", "shares", "saves", "clicks", "impressions")
"""Totals of posts that are added up."""
STATES = ("followers", "following")
"""States of accounts that are added up."""
READ = (*ADDED_UP, *STATES, "reach", "retweets", "replies", "linkClicks")
"""What summaries read, by the platforms' own names too."""


class Numbers(msgspec.Struct, frozen=True, rename="camel"):
    """What stands at the end of a period, and what was gained in it.

    Attributes:
        posts: that were observed.
        views: and other totals: the sum of what each post was last observed with.
        engagement: likes, comments and shares together.
        engagement_rate: engagement to a hundred views, over the posts that tell both.
        followers: of the accounts at the end.
        growth_rate: per cent by which followers of accounts that were observed twice grew from the first day that is
            known of the period to the last one.
        followers_gained: the difference of those two.
        views_gained: what views grew by; what was taken back is not in it.
        views_corrected: what was taken back, 0 or below.
        engagement_gained: as `views_gained`.
        engagement_corrected: as `views_corrected`.
        gaps: pairs of observations of views with days between them that nobody observed.
        performance_score: mean of the posts' scores.
    """

    posts: int
    views: int | None
    likes: int | None
    comments: int | None
    shares: int | None
    saves: int | None
    clicks: int | None
    impressions: int | None
    engagement: int | None
    engagement_rate: float | None
    followers: int | None
    following: int | None
    growth_rate: float | None
    followers_gained: int | None
    views_gained: int | None
    views_corrected: int
    engagement_gained: int | None
    engagement_corrected: int
    gaps: int
    performance_score: float | None


class DayNumbers(msgspec.Struct, frozen=True, rename="camel"):
    """A day, or several that a bucket holds together.

    Attributes:
        date: of its first day.
        views: gained on it; null where no post has two observations that end here.
        engagement: gained on it.
        engagement_rate: engagement gained to a hundred views gained.
        views_corrected: what was taken back.
        gaps: pairs that end here and have days between them that nobody observed.
        total_views: what every post was last observed with.
        followers: of the accounts, as last observed; null before the first observation.
    """

    date: str
    views: int | None
    engagement: int | None
    engagement_rate: float | None
    views_corrected: int
    gaps: int
    total_views: int | None
    followers: int | None


class Change(msgspec.Struct, frozen=True, rename="camel"):
    """Per cent by which a period differs from the one before; null from nothing."""

    views_gained: float | None
    engagement_gained: float | None
    followers: float | None


def standing(series: Iterable[Series], day: int) -> dict[Subject, dict[str, Number]]:
    """Return of each subject what was observed last up to the end of a day, by name."""
    found: defaultdict[Subject, dict[str, Number]] = defaultdict(dict)
    for one in series:
        value = value_at(one, day)
        if value is not None:
            found[one.of][one.name] = value
    return dict(found)


def numbers(series: Sequence[Series], length: int, scored: Mapping[Subject, float]) -> Numbers:
    """Return the numbers of subjects over so many days.

    Args:
        series: theirs, under compared names.
        length: how many days there are.
        scored: the scores of posts.
    """
    stands = standing(series, length - 1)
    posts = {of: values for of, values in stands.items() if of.post}
    sums = {name: _sum(values.get(name) for values in posts.values()) for name in ADDED_UP}
    states = {name: _sum(v.get(name) for of, v in stands.items() if not of.post) for name in STATES}
    views, engaged = (_gained(series, names, length) for names in (("views",), OF_ENGAGEMENT))
    followers = change_of([one for one in series if not one.of.post and one.name == "followers"], length)
    own = [scored[of] for of in posts if of in scored]
    return Numbers(
        posts=len(posts),
        **sums,
        engagement=engagement_of({name: sums[name] for name in OF_ENGAGEMENT if sums[name] is not None}),  # type: ignore[misc]
        engagement_rate=_rate(posts.values()),
        **states,
        growth_rate=None if followers is None else rate_between(*followers),
        followers_gained=None if followers is None else int(followers[1] - followers[0]),
        views_gained=None if views is None else int(views.gained),
        views_corrected=0 if views is None else int(views.corrections),
        engagement_gained=None if engaged is None else int(engaged.gained),
        engagement_corrected=0 if engaged is None else int(engaged.corrections),
        gaps=0 if views is None else views.gaps,
        performance_score=hundredths(sum(round(score * 100) for score in own), len(own) * 100),
    )


def trend(series: Sequence[Series], buckets: Sequence[tuple[str, int, int]]) -> list[DayNumbers]:
    """Return the numbers of subjects by day, week or month.

    Args:
        series: theirs, under compared names.
        buckets: one after the other from day 0 on, at least one: the date, the first day, and the day after the last.
    """
    length = buckets[-1][2]
    posts = [one for one in series if one.of.post]
    views = growth_by_day([one for one in posts if one.name == "views"], length)
    engaged = growth_by_day([one for one in posts if one.name in OF_ENGAGEMENT], length)
    totals = sums_by_day([one for one in posts if one.name == "views"], length)
    followers = _followers(series, length)
    found = []
    for date, first, end in buckets:
        by_views, by_engagement = together(views[first:end]), together(engaged[first:end])
        gained = None if by_views is None else int(by_views.gained)
        engagement = None if by_engagement is None else int(by_engagement.gained)
        found.append(
            DayNumbers(
                date=date,
                views=gained,
                engagement=engagement,
                engagement_rate=engagement_rate(engagement, gained),
                views_corrected=0 if by_views is None else int(by_views.corrections),
                gaps=0 if by_views is None else by_views.gaps,
                total_views=_whole(totals[end - 1]),
                followers=_whole(followers[end - 1]),
            )
        )
    return found


def change(now: Numbers, before: Numbers) -> Change:
    """Return by how many per cent a period differs from the one before."""
    return Change(
        views_gained=_growth(now.views_gained, before.views_gained),
        engagement_gained=_growth(now.engagement_gained, before.engagement_gained),
        followers=_growth(now.followers, before.followers),
    )


def _growth(now: int | None, before: int | None) -> float | None:
    return None if now is None or before is None else growth(now, before)


def _gained(series: Iterable[Series], names: Sequence[str], length: int) -> Growth | None:
    return together(growth_by_day([one for one in series if one.of.post and one.name in names], length))


def _followers(series: Iterable[Series], length: int) -> list[Number | None]:
    return sums_by_day([one for one in series if not one.of.post and one.name == "followers"], length)


def _rate(posts: Iterable[Mapping[str, Number]]) -> float | None:
    told = [values for values in posts if rate_of(values) is not None and "views" in values]
    if not told:
        return None
    engagement = sum(engagement_of(values) or 0 for values in told)
    return engagement_rate(engagement, sum(values["views"] for values in told))


def _sum(values: Iterable[Number | None]) -> int | None:
    known = [int(value) for value in values if value is not None]
    return sum(known) if known else None


def _whole(value: Number | None) -> int | None:
    return None if value is None else int(value)
