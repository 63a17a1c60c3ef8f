"""Plain events: what is one, and what is left to the decoder that knows every field."""

import json

import pytest

from streakline.ingest.events import MAX_EVENTS, Event
from streakline.ingest.plain import Plain, decode_plain


def sent(**fields: object) -> dict[str, object]:
    return {"id": "e1", "type": "play", "contentId": "c1", "userId": "u1", "timestamp": 1, **fields}


def body(*events: dict[str, object]) -> bytes:
    return json.dumps(events).encode()


@pytest.mark.parametrize(
    "fields",
    [
        {"tz": "Europe/Berlin"}, {"contentId": None}, {"trackId": "t"}, {"userAgent": "curl"}, {"bot": True},
        {"properties": {}}, {"timestamp": "2025-11-21T04:40:00Z"}, {"completionRate": 9}, {"unheard": 1},
        {"id": ""}, {"id": "x" * 201}, {"userId": 7}, {"type": ""},
    ],
)  # fmt: skip
def test_whatever_else_an_event_says_makes_it_no_plain_one(fields):
    assert decode_plain(body(sent(), sent(**fields))) is None


def test_an_envelope_of_plain_events_tells_when_it_was_sent():
    batch = decode_plain(json.dumps({"sentAt": 5, "events": [sent()]}).encode())
    assert batch is not None
    assert (batch.sent_at, [event.id for event in batch.events]) == (5, ["e1"])


@pytest.mark.parametrize(
    "data", [b"", b"[", b"{}", b"7", b"\xff", b'["' + b"\\ud800" + b'"]', b"[" * 100_000]
)
def test_what_is_no_request_is_not_plain(data):
    assert decode_plain(data) is None


def test_too_many_events_are_not_plain():
    assert decode_plain(body(*[sent()] * MAX_EVENTS)) is not None
    assert decode_plain(body(*[sent()] * (MAX_EVENTS + 1))) is None


def test_every_field_of_a_plain_event_is_one_of_an_event():
    assert set(Plain.__struct_fields__) <= set(Event.__struct_fields__)
