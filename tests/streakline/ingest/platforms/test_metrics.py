"""Metrics: each says whose it is, of what, by a known name, a number; whatever lacks is refused by its name."""

import json
from typing import Any

import pytest

from stamped_events import NOW, TRUSTED, stamped
from streakline.ingest.stamping import Refused

GOOD: dict[str, Any] = {
    "type": "metric", "contentId": None, "platform": "youtube", "account": "UC1", "post": "v1", "name": "views",
    "value": 7,
}  # fmt: skip


def properties(**fields: Any) -> dict[str, Any]:
    text = stamped(TRUSTED, **{**GOOD, **fields}).cold.properties
    found: dict[str, Any] = json.loads(text)
    return found


def test_its_fields_are_its_properties():
    assert properties() == {
        "platform": "youtube", "account": "UC1", "post": "v1", "name": "views", "value": 7,
    }  # fmt: skip
    assert properties(properties={"fetchedAt": "2025-11-21T04:40:00Z", "surface": "videos.list", "note": True}) == {
        "platform": "youtube", "account": "UC1", "post": "v1", "surface": "videos.list", "name": "views", "value": 7,
        "fetchedAt": NOW, "note": True,
    }  # fmt: skip


def test_an_exported_metric_is_the_same_again():
    once = properties(name="revenue", value=1.5, properties={"currency": "EUR", "fetchedAt": NOW})
    again = dict.fromkeys(("platform", "account", "post", "name", "value"))
    assert properties(**again, properties=once) == once


def test_a_content_stands_for_a_post_and_a_whole_number_may_be_written_as_a_fraction():
    assert properties(account=None, post=None, contentId="c1", value=7.0) == {
        "platform": "youtube", "post": "c1", "name": "views", "value": 7,
    }  # fmt: skip
    assert properties(post=None, name="followers")["account"] == "UC1"
    assert properties(name="retention", value=120.5)["value"] == 120.5
    assert properties(name="likesOfDay", value=-3)["value"] == -3


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"userId": None, "sessionId": "s"}, "userId is missing; a metric is of an account of a person"),
        ({"action": "undo"}, "action 'undo' of a metric is not known"),
        (
            {"platform": None},
            "platform is missing; a metric is of one of youtube, tiktok, instagram, twitter",
        ),
        ({"platform": "vine"}, "platform 'vine' of a metric is not known; the platforms are youtube"),
        ({"account": None, "post": None}, "account, post and contentId are all missing"),
        ({"account": None, "properties": {"account": 7}}, "account '7' of a metric is no text"),
        ({"properties": {"surface": "x" * 201}}, "surface 'xxx"),
        ({"name": None}, "name is missing; a metric has one of views"),
        ({"name": "vews"}, "name 'vews' of a metric is not known; did you mean views?"),
        ({"name": None, "properties": {"name": True}}, "name 'True' of a metric is not known"),
        ({"value": None}, "value of views is missing; leave out the whole event"),
        ({"value": None, "properties": {"value": "7"}}, "value '7' of views is no number"),
        ({"value": None, "properties": {"value": True}}, "value 'True' of views is no number"),
        ({"value": 1.5}, "value 1.5 of views is no whole number"),
        ({"value": -1}, "value -1 of views is below 0"),
        ({"value": 2**53}, "value 9007199254740992 of views is beyond 9007199254740991"),
        ({"value": 1e300}, "value 1e+300 of views is beyond"),
        ({"properties": {"currency": "EUR"}}, "currency 'EUR' is given, and views is no money"),
        ({"name": "revenue"}, "currency 'None' of revenue is none"),
        ({"name": "revenue", "properties": {"currency": "eur"}}, "currency 'eur' of revenue is none"),
        ({"properties": {"fetchedAt": "soon"}}, "fetchedAt 'soon'"),
        ({"properties": {"fetchedAt": 7}}, "fetchedAt '7' of a metric is no time of this century"),
        ({"properties": {"fetchedAt": False}}, "fetchedAt 'False' of a metric is no time"),
    ],
)
def test_what_lacks_or_cannot_be_is_refused_by_its_name(fields: dict[str, Any], told: str):
    with pytest.raises(Refused) as refused:
        properties(**fields)
    assert told in str(refused.value)


def test_a_metric_without_name_and_value_is_no_plain_event():
    with pytest.raises(Refused, match="name is missing"):
        stamped(TRUSTED, type="metric", platform="youtube")
