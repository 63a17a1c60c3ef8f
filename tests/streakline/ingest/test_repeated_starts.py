"""A playId that begins twice in one request is named, and nothing else is."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streakline.ingest.events import Event, decode_batch
from streakline.ingest.plain import decode_plain
from streakline.ingest.repeated_starts import may_begin_twice, second_starts

PLAYS = ("play", "play_start", "heartbeat", "mashup_played")
events = st.builds(
    lambda kind, content, play, at, begun: {
        "type": kind, "contentId": content, "timestamp": at, "startedAt": begun, "sessionId": "s",
        **({"playId": play} if play else {}),
    },
    st.sampled_from([*PLAYS, "like"]),
    st.sampled_from(["a", "b"]),
    st.sampled_from(["p", "q", None]),
    st.integers(1_795_000_000_000, 1_795_000_000_002),
    st.integers(1_795_000_000_000, 1_795_000_000_002) | st.none(),
)  # fmt: skip


def sent(told: list[dict[str, Any]]) -> bytes:
    return msgspec.json.encode([{"id": f"e{place}", **event} for place, event in enumerate(told)])


def slow(told: list[dict[str, Any]], refused: set[int]) -> list[int]:
    """Return the places of events of a play that began otherwise in the first event of the same play."""
    places = []
    for place, event in enumerate(told):
        same = [
            (other["startedAt"] or other["timestamp"])
            for number, other in enumerate(told[: place + 1])
            if number not in refused and other["type"] in PLAYS and "playId" in other
            and "playId" in event
            and (other["contentId"], other["playId"]) == (event["contentId"], event["playId"])
        ]  # fmt: skip
        if place not in refused and event["type"] in PLAYS and same and same[0] != same[-1]:
            places.append(place)
    return places


@given(st.lists(events, max_size=8), st.sets(st.integers(0, 7), max_size=3))
def test_every_second_start_is_named_by_both_kinds_of_decoders(
    told: list[dict[str, Any]], refused: set[int]
) -> None:
    body = sent(told)
    batch = decode_batch(body)
    expected = slow(told, refused)
    assert [item.index for item in second_starts(batch.events, refused)] == expected
    if expected:
        assert may_begin_twice(event for _, event in batch.events)
    plain = decode_plain(body)
    assert plain is not None
    assert [item.index for item in second_starts(enumerate(plain.events), refused)] == expected
    assert may_begin_twice(plain.events) == may_begin_twice(event for _, event in batch.events)


def test_the_same_start_in_two_spellings_is_one() -> None:
    one = Event(id="a", type="play", contentId="c", playId="p", timestamp="2026-11-20T12:05:10Z")
    other = Event(id="b", type="play", contentId="c", playId="p", timestamp="2026-11-20T13:05:10+01:00")
    assert second_starts([(0, one), (1, other)]) == []


def test_a_warning_names_play_and_both_starts() -> None:
    one = Event(id="a", type="play", contentId="c", playId="p", timestamp="2026-11-20T12:05:10Z")
    other = Event(id="b", type="play", contentId="c", playId="p", timestamp="2026-11-20T12:05:11Z")
    [warned] = second_starts([(4, one), (7, other)])
    assert (warned.index, warned.id) == (7, "b")
    assert warned.warning == (
        "playId 'p' begins at 2026-11-20T12:05:11.000Z here and at 2026-11-20T12:05:10.000Z before in this "
        "request: that makes two plays; send the same startedAt with every event of a play"
    )
