"""Series: the last value of a day, sums of what was last known, names that stand for others."""

from __future__ import annotations

from hypothesis import given

from measured import LENGTH, Days, all_series, observed, series, subject
from streakline.platforms.figures.series import compared, sums_by_day, value_at


@given(observed)
def test_the_sum_of_a_day_is_that_of_what_each_post_was_last_seen_with(posts: list[Days]):
    expected = []
    for day in range(LENGTH):
        known = [days[max(at for at in days if at <= day)] for days in posts if any(at <= day for at in days)]
        expected.append(sum(known) if known else None)
    assert sums_by_day(all_series(posts), LENGTH) == expected
    for number, days in enumerate(posts):
        for day in range(LENGTH):
            known = [at for at in days if at <= day]
            assert value_at(series(days, number), day) == (days[max(known)] if known else None)


def test_a_retweet_is_a_share_unless_the_platform_tells_shares_too():
    tweet = subject(platform="twitter")
    retweets, shares, replies = (
        series({0: 7}, name=name)._replace(of=tweet) for name in ("retweets", "shares", "replies")
    )
    assert [one.name for one in compared([retweets, replies])] == ["shares", "comments"]
    assert [one.name for one in compared([retweets, shares])] == ["retweets", "shares"]
    assert compared([retweets._replace(of=subject())])[0].name == "retweets"


def test_what_counts_is_whole():
    views = series({0: 7, 1: 9})
    assert (views.last, type(views.last)) == (9, int)
    assert type(series({0: 7}, name="retention").last) is float
