"""Observations: the event of each fetch has an id of its own, and the same fetch always the same one."""

import msgspec
import pytest

from stamped_events import TRUSTED, stamper
from streakline.ingest.events import decode_batch
from streakline.ingest.senders import Senders
from streakline.platforms.observations import Observation, Post, content_of, event_of, post_event_of

AT, FETCHED = 1_763_700_000_000, 1_763_700_900_000
ONE = Observation("ann", "youtube", "UC1", "v1", "views", 10, AT, FETCHED, "videos.list", "v3")
POST = Post("ann", "youtube", "UC1", "v1", "video", "A video", AT - 86_400_000, FETCHED)


def test_an_observation_is_an_event_of_the_moment_that_it_is_of():
    event = event_of(ONE)
    assert event | {"id": ""} == {
        "id": "",
        "type": "metric",
        "timestamp": AT,
        "userId": "ann",
        "platform": "youtube",
        "account": "UC1",
        "post": "v1",
        "name": "views",
        "value": 10,
        "properties": {"fetchedAt": FETCHED, "surface": "videos.list", "version": "v3"},
    }
    assert "post" not in event_of(ONE._replace(post=""))
    assert event_of(ONE._replace(name="revenue", currency="EUR"))["properties"]["currency"] == "EUR"


def test_a_fetch_has_one_id_and_every_other_one_another():
    others = [
        ONE._replace(owner="bob"),
        ONE._replace(platform="tiktok"),
        ONE._replace(account="UC2"),
        ONE._replace(post="v2"),
        ONE._replace(post=""),
        ONE._replace(account="UC1v", post="1"),
        ONE._replace(name="likes"),
        ONE._replace(fetched_at=FETCHED + 1),
        ONE._replace(currency="EUR"),
    ]
    ids = {event_of(observation)["id"] for observation in [ONE, *others]}
    assert len(ids) == len(others) + 1
    assert event_of(ONE._replace(value=12))["id"] == event_of(ONE)["id"]


def test_a_post_is_stated_to_the_catalogue():
    event = post_event_of(POST)
    assert (event["contentId"], event["creatorId"], event["title"]) == (
        "youtube:v1",
        "youtube:UC1",
        "A video",
    )
    assert event["contentId"] == content_of("youtube", "v1")
    assert event["createdAt"] == "2025-11-20T04:40:00.000Z"


@pytest.mark.parametrize("event", [event_of(ONE), post_event_of(POST)])
def test_the_server_takes_what_is_sent(event: dict[str, object]):
    batch = decode_batch(msgspec.json.encode([event]))
    assert not batch.rejected
    sheaves = stamper().stamp_all(batch.events, Senders(TRUSTED, lambda _: TRUSTED), FETCHED)
    assert not sheaves.rejected
    assert sheaves.accepted() == 1
