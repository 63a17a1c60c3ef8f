"""The demo's audience: the same for the same seed, and every event of it is one that the domain takes."""

from collections import Counter
from itertools import islice
from typing import Any

import msgspec
import pytest

from proofs.running.stamping import stamp
from stack.demo.catalogue import tracks
from stack.demo.crowd import Crowd
from stack.demo.history import DAY_MS, history
from streakline.ingest.events import decode_batch
from streakline.ingest.stamping import Sender, Stamper
from streakline.streams.dictionary import Dictionary

NOW = 1_795_250_000_000
MINUTE = 60_000


@pytest.fixture(scope="module")
def first_minutes() -> list[dict[str, Any]]:
    crowd = Crowd(7, NOW)
    return [*crowd.due(NOW), *crowd.due(NOW + 5 * MINUTE)]


def stamped(events: list[dict[str, Any]], accepted: int) -> int:
    batch = decode_batch(msgspec.json.encode(events[:1000]))
    assert not batch.rejected
    stamper = Stamper(seed=1, shards=4, dictionary=Dictionary())
    sender = Sender(trusted=True, admin=True)
    return len([stamp(stamper, event, sender, accepted) for _, event in batch.events])


def test_the_catalogue_has_three_hundred_different_tracks():
    catalogue = tracks(7)
    assert len({track.id for track in catalogue}) == len(catalogue) == 300
    assert all(len(track.id) <= 200 and 60 < track.seconds < 600 for track in catalogue)


def test_the_same_seed_gives_the_same_crowd(first_minutes: list[dict[str, Any]]):
    again = Crowd(7, NOW)
    assert [*again.due(NOW), *again.due(NOW + 5 * MINUTE)] == first_minutes
    assert Crowd(8, NOW).due(NOW) != Crowd(7, NOW).due(NOW)


def test_a_crowd_asked_in_small_steps_tells_the_same(first_minutes: list[dict[str, Any]]):
    crowd = Crowd(7, NOW)
    stepped = [event for at in range(NOW, NOW + 5 * MINUTE + 1, 250) for event in crowd.due(at)]
    assert stepped == first_minutes


def test_a_restarted_crowd_repeats_what_was_there_under_the_same_ids(first_minutes: list[dict[str, Any]]):
    before = {event["id"]: event for event in first_minutes}
    restarted = Crowd(7, NOW + 5 * MINUTE).due(NOW + 5 * MINUTE)
    reports = [event for event in restarted if event["type"] == "play"]
    assert len(reports) > 1_000
    known = [event for event in reports if event["id"] in before]
    assert len(known) > 0.9 * len(reports)
    assert all(before[event["id"]] == event for event in known)


def test_every_event_of_the_crowd_is_accepted(first_minutes: list[dict[str, Any]]):
    taken = 0
    for begin in range(0, len(first_minutes), 1000):
        taken += stamped(first_minutes[begin : begin + 1000], NOW + 5 * MINUTE)
    assert taken == len(first_minutes)
    assert len({event["id"] for event in first_minutes}) == len(first_minutes)
    assert all(event["properties"]["generated"] for event in first_minutes)


def test_a_crowd_is_under_way_at_once_and_sends_every_kind(first_minutes: list[dict[str, Any]]):
    first = Crowd(7, NOW).due(NOW)
    minutes = Counter((NOW - event["timestamp"]) // MINUTE for event in first if event["type"] == "play")
    assert all(minutes[minute] for minute in range(1, 60))
    kinds = Counter(event["type"] for event in first_minutes)
    assert set(kinds) == {
        "play_start", "heartbeat", "play", "like", "save", "share", "download", "comment",
    }  # fmt: skip
    assert len({event["country"] for event in first_minutes}) > 10
    assert len({event["userAgent"] for event in first_minutes}) > 8


def test_no_event_is_from_the_future_of_its_sender():
    crowd = Crowd(7, NOW)
    for at in range(NOW, NOW + 2 * MINUTE, 1000):
        assert all(event["timestamp"] <= at for event in crowd.due(at))


def test_a_day_of_history_is_the_same_whenever_it_is_asked_for():
    day = (NOW // DAY_MS - 2) * DAY_MS

    def on_that_day(until: int, days: int) -> dict[str, Any]:
        events = history(7, until, days)
        return {event["id"]: event for event in events if day <= event["timestamp"] < day + DAY_MS}

    assert on_that_day(NOW, 3) == on_that_day(NOW + DAY_MS, 5)
    assert len(on_that_day(NOW, 3)) > 50


def test_history_is_accepted_and_ends_before_now():
    events = list(islice(history(7, NOW, 10), 5_000))
    assert all(NOW - 11 * DAY_MS < event["timestamp"] <= NOW for event in events)
    assert len({event["id"] for event in events}) == len(events)
    assert stamped(events, NOW) == min(1000, len(events))


def test_apps_are_shared_so_that_the_page_of_shares_has_something_to_show():
    shares = [event for event in history(7, NOW, days=30) if event.get("contentType") == "app"]
    assert {event["type"] for event in shares} == {"share"}
    assert len({event["contentId"] for event in shares}) > 1
    assert stamped(shares[:1000], NOW) == len(shares[:1000]) > 50
