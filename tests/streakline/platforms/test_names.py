"""Names of measured numbers: each has a unit and a kind, and a wrong one is told which is meant."""

import pytest

from streakline.platforms.names import METRICS, PLATFORMS, STANDS_FOR, unknown


def test_every_name_that_the_networks_list_is_there():
    asked = (
        "views likes dislikes comments watchTime retention followers clickThrough revenue shares profileVisits "
        "completion saves reach impressions storyExits retweets replies linkClicks engagementRate following posts"
    )
    assert set(asked.split()) <= set(METRICS)


def test_money_shares_of_a_hundred_and_averages_are_no_counts():
    kinds = {name: (metric.unit, metric.kind) for name, metric in METRICS.items()}
    assert kinds["revenue"] == ("money", "total")
    assert kinds["retention"] == ("percent", "gauge")
    assert kinds["followers"] == ("count", "gauge")
    assert kinds["viewsOfDay"] == ("count", "daily")
    assert all(metric.kind != "total" for metric in METRICS.values() if metric.unit == "percent")


def test_what_stands_for_another_name_is_known_and_of_its_kind():
    for (platform, name), other in STANDS_FOR.items():
        assert platform in PLATFORMS
        assert METRICS[name].kind == METRICS[other].kind


@pytest.mark.parametrize(
    ("name", "hint"),
    [("view", "did you mean views?"), ("Likes", "did you mean likes?"), ("x", "the names are views")],
)
def test_an_unknown_name_is_told_what_is_known(name: str, hint: str):
    assert unknown(name).startswith(f"name {name!r} of a metric is not known; {hint}")
