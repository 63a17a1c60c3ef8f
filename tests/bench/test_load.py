"""The sender's own count: it must be what its requests say, read one event at a time."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
import pytest

from bench.load.requests import TWICE_EVERY, Template, filled, numbered, templates

SECOND = 1_763_700_000


@pytest.fixture(scope="module")
def made() -> list[Template]:
    return templates(b"POST / HTTP/1.1\r\n", 50, number=40)


def body(request: bytes) -> list[dict[str, Any]]:
    head, _, body = request.partition(b"\r\n\r\n")
    assert int(head.rpartition(b"Content-Length: ")[2]) == len(body)
    events: list[dict[str, Any]] = msgspec.json.decode(body)
    return events


def identity(event: dict[str, Any]) -> tuple[str, int, str]:
    return event["contentId"], event.get("startedAt", event["timestamp"]), event.get("playId", event["id"])


def test_a_request_adds_what_its_identities_count_to(made: list[Template]) -> None:
    for number, template in enumerate(made):
        events = body(filled(template, number, SECOND))
        longest: dict[tuple[str, int, str], dict[str, Any]] = {}
        for event in events:
            standing = longest.setdefault(identity(event), event)
            if event.get("duration", 0) > standing.get("duration", 0):
                longest[identity(event)] = event
        plays = [event for event in longest.values() if "playId" in event]
        expected = Counter(f"{event['type']}s" for event in longest.values() if "playId" not in event)
        expected |= {"events": len(longest), "starts": len(plays)}
        expected["plays"] = sum(event["duration"] >= 20 for event in plays)
        assert len(events) == 50
        assert template.adds == expected


def test_no_two_requests_share_an_identity(made: list[Template]) -> None:
    some = [filled(made[n % len(made)], n, SECOND) for n in range(3 * len(made))]
    identities = [{identity(event) for event in body(request)} for request in some]
    assert len(set().union(*identities)) == sum(map(len, identities))


def test_a_request_sent_again_is_the_same_to_the_byte(made: list[Template]) -> None:
    assert filled(made[3], 17, SECOND) == filled(made[3], 17, SECOND)
    numbers = list(numbered(0, 3 * TWICE_EVERY))
    assert len(numbers) - len(set(numbers)) == 3
    assert list(numbered(0, 70)) + list(numbered(70, 80)) == numbers[:150]


def test_contents_listeners_and_kinds_are_many(made: list[Template]) -> None:
    events = [event for number, one in enumerate(made) for event in body(filled(one, number, SECOND))]
    kinds = Counter(event["type"] for event in events)
    assert kinds.keys() == {"play", "play_start", "heartbeat", "like", "save", "share"}
    assert len({event["contentId"] for event in events}) > 500
    assert len({event["userId"] for event in events}) > 1_000
