"""What Instagram is asked."""

from __future__ import annotations

from streakline.platforms.connectors.instagram import asks
from streakline.platforms.connectors.oauth import ClientApp, Tokens
from streakline.platforms.names import METRICS

APP = ClientApp("id", "secret")


def test_the_end_of_an_address_is_no_part_of_a_code() -> None:
    assert dict(asks.exchange(APP, "abc#_", "https://us/back").form or ())["code"] == "abc"
    assert dict(asks.authorize(APP, "https://us/back", "s").query)["scope"] == ",".join(asks.SCOPES)


def test_a_token_is_in_an_address_only_where_no_other_way_is_described() -> None:
    assert "access_token" in dict(asks.refresh(Tokens("a", 0)).query)
    assert "access_token" in dict(asks.longer(APP, "a").query)
    ask = asks.insights("178", "m1", ("views", "reach"), ("period", "day"))
    assert dict(ask.query) == {"metric": "views,reach", "period": "day"}
    assert (ask.bucket, ask.path) == ("calls:178", f"/{asks.VERSION}/m1/insights")


def test_each_number_has_a_name_here_and_reels_are_asked_for_nothing_that_they_refuse() -> None:
    named = [name for names in asks.OF_KIND.values() for name, _ in names.values()]
    assert {*named, *asks.OF_DAYS.values(), *asks.TAPS.values()} <= METRICS.keys()
    assert "profile_visits" not in asks.OF_KIND["REELS"]
