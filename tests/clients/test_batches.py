"""Requests: how events are cut, and when trying again ends."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline_client import Patience, Receipt, Rejected, uuid7
from streakline_client.batches import MAX_BYTES, MAX_EVENTS, batches
from streakline_client.retries import Tries, retry_after_seconds


@given(sizes=st.lists(st.integers(0, 300_000), max_size=12), most=st.integers(1, 5))
def test_requests_hold_every_event_once_in_order_within_both_limits(sizes: list[int], most: int):
    events = [{"id": str(n), "title": "ü" * (size // 2)} for n, size in enumerate(sizes)]
    cut = list(batches(events, most))
    bodies = [json.loads(batch.body(5)) for batch in cut]
    assert [event for body in bodies for event in body["events"]] == events
    assert all(len(batch.body(10**15)) <= MAX_BYTES for batch in cut)
    assert all(0 < batch.number <= most for batch in cut)
    assert [batch.offset for batch in cut] == [sum(b.number for b in cut[:n]) for n in range(len(cut))]


def test_a_thousand_and_one_events_are_two_requests():
    cut = list(batches({"id": str(n)} for n in range(MAX_EVENTS + 1)))
    assert [batch.number for batch in cut] == [MAX_EVENTS, 1]


@pytest.mark.parametrize(
    "event", [{"id": "x", "duration": float("nan")}, {"id": "x", "title": "y" * MAX_BYTES}]
)
def test_an_event_that_cannot_be_sent_is_named(event: dict[str, object]):
    with pytest.raises(ValueError, match=r"event 1 .id 'x'."):
        list(batches([{"id": "fine"}, event]))


def test_receipts_add_up_and_keep_places_and_positions():
    answer = {"accepted": 2, "duplicates": 1, "rejected": [{"index": 1, "id": None, "error": "no"}]}
    merged = Receipt.merged([
        Receipt.of({**answer, "position": "0:7-1,1:9-2"}), Receipt.of({**answer, "position": "1:10-0,3:4-4"}, offset=10)
    ])  # fmt: skip
    assert (merged.accepted, merged.duplicates, merged.position) == (4, 2, "0:7-1,1:10-0,3:4-4")
    assert merged.rejected == (Rejected(1, None, "no"), Rejected(11, None, "no"))
    assert Receipt.merged([]) == Receipt()


def test_pauses_grow_under_jitter_and_end_with_patience():
    now = [0.0]
    tries = Tries(Patience(total=30, first=1, longest=8), clock=lambda: now[0], draw=lambda: 1.0)
    pauses = []
    while (pause := tries.pause()) is not None:
        pauses.append(pause)
        now[0] += pause
    assert pauses == [1, 2, 4, 8, 8]


def test_a_server_may_ask_for_a_longer_pause():
    tries = Tries(Patience(first=1), draw=lambda: 0.5)
    assert tries.pause(retry_after=7) == 7.5
    assert retry_after_seconds("7", 0) == 7
    assert retry_after_seconds("Thu, 01 Jan 1970 00:01:40 GMT", 40) == 60
    assert retry_after_seconds("soon", 0) is None


def test_ids_rise_and_carry_their_time():
    ids = [uuid7() for _ in range(10_000)]
    assert ids == sorted(set(ids))
    assert {text[14] for text in ids} == {"7"}
    assert abs(int(ids[0].replace("-", "")[:12], 16) - time.time() * 1000) < 60_000
