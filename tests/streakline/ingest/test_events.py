"""Events as they come over the wire."""

import contextlib
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.ingest.events import (
    MAX_EVENTS,
    Batch,
    Event,
    NotEvents,
    Rejected,
    TooManyEvents,
    decode_batch,
    raw_events,
    resolved,
)

GOOD = {"id": "e1", "type": "play", "timestamp": 1_763_700_000_000}


def decoded(*events: object):
    return decode_batch(json.dumps(events).encode())


def one(**more: object) -> Event:
    [(_, event)] = decoded({**GOOD, **more}).events
    return event


def test_a_list_and_an_envelope_hold_the_same_events():
    plain = decoded(GOOD, GOOD)
    enveloped = decode_batch(json.dumps({"events": [GOOD, GOOD], "sentAt": 5}).encode())
    assert plain.events == enveloped.events
    assert (plain.sent_at, enveloped.sent_at) == (None, 5)
    assert [index for index, _ in plain.events] == [0, 1]
    assert decode_batch(b"[]").events == []
    assert decode_batch(b'{"events":[]}').sent_at is None


def test_fields_that_nobody_knows_are_left_aside():
    assert one(favouriteColour="blue") == one()


@pytest.mark.parametrize(
    "body", [b"", b"no", b"5", b"null", b'"x"', b"{}", b'{"events":5}', b"[1", b"\xff", b'["\xff"]x']
)
def test_a_body_that_is_no_list_of_events_is_refused(body):
    with pytest.raises(NotEvents, match="neither a JSON list of events nor"):
        decode_batch(body)


@pytest.mark.parametrize("shape", ["[{}]", '{{"events":[{}]}}'])
def test_more_events_than_the_limit_are_refused_with_both_numbers(shape):
    for event in (json.dumps(GOOD), "{}"):
        body = shape.format(",".join([event] * (MAX_EVENTS + 1))).encode()
        with pytest.raises(TooManyEvents, match="1001 events in one request; send at most 1000"):
            decode_batch(body)
    assert len(decode_batch(shape.format(",".join([json.dumps(GOOD)] * MAX_EVENTS)).encode()).events) == 1_000


def test_a_bad_event_spoils_no_other_and_is_named():
    batch = decoded(GOOD, {"id": "bad", "type": "play"}, 5, {**GOOD, "id": "e2"})
    assert [(index, event.id) for index, event in batch.events] == [(0, "e1"), (3, "e2")]
    assert batch.rejected == [
        Rejected(1, "bad", "object missing required field timestamp"),
        Rejected(2, None, "expected object, got int"),
    ]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({**GOOD, "duration": "20"}, "duration: expected"),
        ({**GOOD, "id": ""}, "id: expected str of length >= 1"),
        ({**GOOD, "id": "x" * 201}, "id: expected str of length <= 200"),
        ({**GOOD, "contentId": "x" * 201}, "contentId: expected str of length <= 200"),
        ({**GOOD, "playId": ""}, "playId: expected str of length >= 1"),
        ({**GOOD, "tz": "x" * 65}, "tz: expected str of length <= 64"),
        ({**GOOD, "type": "x" * 41}, "type: expected str of length <= 40"),
        ({**GOOD, "properties": {"a": [1]}}, "properties"),
        ({**GOOD, "properties": {"a": {"b": 1}}}, "properties"),
        ({**GOOD, "skipped": "yes"}, "skipped: expected"),
        ({**GOOD, "id": 7}, "id: expected str, got int"),
    ],
)
def test_a_refusal_names_the_field_and_what_it_takes(event, told):
    [rejected] = decoded(GOOD, event).rejected
    assert told in rejected.error
    assert rejected.index == 1


@pytest.mark.parametrize(("sent", "named"), [(7, "7"), (None, None), ([1], None), ("x" * 300, "x" * 200)])
def test_a_rejected_event_is_named_by_its_id_where_it_has_one(sent, named):
    [rejected] = decoded({"id": sent}).rejected
    assert rejected.id == named


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (r"\ud83d", "\ufffd"),
        (r"\uDE00 end", "\ufffd end"),
        (r"\ud83d\ude00", "😀"),
        (r"\ud83d\ud83d\ude00", "\ufffd😀"),
        (r"\\ud83d", r"\ud83d"),
        (r"\ud83d\\n", "\ufffd\\n"),
    ],
)
def test_a_text_cut_inside_an_emoji_spoils_nothing(text, read):
    """JavaScript's `slice` leaves half a surrogate pair, and `JSON.stringify` escapes it."""
    good = '{"id":"b","type":"play","timestamp":1}'
    batch = decode_batch(f'[{{"title":"{text}",{good[1:]},{good}]'.encode())
    assert [event.title for _, event in batch.events] == [read, None]


@pytest.mark.parametrize(
    ("alias", "content_type"),
    [("trackId", "track"), ("mashupId", "mashup"), ("appId", "app"), ("mashup_id", "mashup")],
)
def test_other_names_of_the_content_are_moved_to_their_place(alias, content_type):
    event = one(**{alias: "c1"})
    assert (event.contentId, event.contentType) == ("c1", content_type)
    assert one(**{alias: "c1"}, contentType="video").contentType == "video"
    assert one(**{alias: "c1"}, contentId="c0").contentId == "c0"


@pytest.mark.parametrize("alias", ["creator_id", "artistId"])
def test_other_names_of_the_creator_are_moved_to_their_place(alias):
    assert one(**{alias: "m1"}).creatorId == "m1"
    assert one(**{alias: "m1"}, creatorId="m0").creatorId == "m0"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("mashup_played", "play"), ("mashup_created", "create"), ("mashup_exported", "export"),
        ("mashup_liked", "like"), ("mashup_shared", "share"), ("ai_reaction", "reaction"),
        ("user_followed", "follow"), ("comment_posted", "comment"), ("subscription_upgraded", "upgrade"),
        ("play", "play"), ("unheard_of", "unheard_of"),
    ],
)  # fmt: skip
def test_other_names_of_types_are_understood(name, kind):
    assert one(type=name).type == kind


def test_content_creator_and_source_may_stand_in_the_properties():
    event = one(properties={"mashup_id": "m" * 300, "creator_id": "a1", "source": "feed"})
    assert (event.contentId, event.contentType, event.creatorId, event.source) == (
        "m" * 200,
        "mashup",
        "a1",
        "feed",
    )
    assert one(properties={"mashupId": "m2"}).contentId == "m2"
    assert one(properties={"mashupId": "m2"}, contentType="video").contentType == "video"


def test_properties_do_not_overrule_what_the_event_says():
    said = one(contentId="c", creatorId="a", source="s", properties={"mashup_id": "m"})
    assert (said.contentId, said.creatorId, said.source) == ("c", "a", "s")
    said = one(creatorId="a", source="s", properties={"creator_id": "b", "source": "t"})
    assert (said.contentId, said.creatorId, said.source) == (None, "a", "s")


def test_properties_that_are_no_text_name_nothing():
    event = one(properties={"mashup_id": 5, "creator_id": "", "source": True})
    assert (event.contentId, event.creatorId, event.source) == (None, None, None)


@given(st.sampled_from(["trackId", "mashup_id", "contentId"]), st.sampled_from(["mashup_played", "like"]))
def test_resolving_twice_changes_nothing(alias, kind):
    event = one(**{alias: "c"}, type=kind, artistId="m")
    assert resolved(msgspec.convert(msgspec.to_builtins(event), Event)) == event


NO_JSON = [
    '{"id":"bad","type":"play","timestamp":1,"duration":NaN}',
    '{"id":"bad","type":"play","timestamp":-Infinity}',
    '{"timestamp":1,"properties":{"a":Infinity,"b":"},{\\""},"id" : "bad"}',
    '{"id":"bad","type":"play","timestamp":01}',
    '{"id":"bad","type":"play","timestamp":1,}',
    '{"id":"bad","type":"pl\\x41y"}',
    '{"id":"bad","type":"two\nlines"}',
    "{\"id\":\"bad\",'type':'play'}",
    '{"id":"bad","type":undefined}',
]
"""Events that senders write and that are no JSON."""


@pytest.mark.parametrize("bad", NO_JSON)
@pytest.mark.parametrize("shape", ["[{}]", '{{"sentAt": 5, "events": [{}], "more": NaN}}', " [ {} ] \n"])
def test_an_event_that_is_no_json_spoils_no_other(bad, shape):
    good = json.dumps(GOOD)
    batch = decode_batch(shape.format(f"{good}, {bad} ,{good}").encode())
    assert [(place, event.id) for place, event in batch.events] == [(0, GOOD["id"]), (2, GOOD["id"])]
    [rejected] = batch.rejected
    assert (rejected.index, rejected.id) == (1, "bad")
    assert rejected.error.startswith("no JSON: ")
    assert batch.sent_at == (5 if "sentAt" in shape else None)


def test_an_event_that_is_nested_without_end_spoils_no_other():
    deep = '{"id":"deep","more":' + "[" * 5_000 + "]" * 5_000 + "}"
    batch = decode_batch(f"[{json.dumps(GOOD)},{deep},{json.dumps(GOOD)}]".encode())
    assert [place for place, _ in batch.events] == [0, 2]
    assert [(item.id, item.error) for item in batch.rejected] == [
        ("deep", "nested too deeply; events are flat")
    ]


def test_what_is_no_number_is_named_with_the_way_out():
    [rejected] = decode_batch(f"[{NO_JSON[0]}]".encode()).rejected
    assert "'NaN}'" in rejected.error
    assert "send null or leave it out" in rejected.error


@pytest.mark.parametrize(
    "body",
    [
        "[{}, NaN",
        "[NaN",
        '[{"id":"a},NaN]',
        "[NaN]]",
        "[NaN] x",
        "NaN",
        '{"events":NaN}',
        '{"events":[NaN]',
        "{NaN}",
    ],
)
def test_a_body_without_an_end_is_no_batch_whatever_is_in_it(body):
    with pytest.raises(NotEvents):
        decode_batch(body.encode())


@given(st.lists(st.sampled_from([*NO_JSON, json.dumps(GOOD)]), max_size=8), st.integers(0, 40))
def test_a_body_that_breaks_off_is_never_taken_in_part(events, missing):
    whole = f"[{','.join(events)}]".encode()
    with pytest.raises(NotEvents):
        decode_batch(whole[: len(whole) - 1 - missing])


@given(st.lists(st.sampled_from([*NO_JSON, json.dumps(GOOD)]), max_size=8))
def test_the_events_of_a_request_stand_as_they_were_sent(events):
    assert raw_events(f"[{', '.join(events)}]".encode()) == [event.encode() for event in events]


def test_too_many_events_that_are_no_json_are_too_many():
    with pytest.raises(TooManyEvents):
        decode_batch(b"[" + b",".join([b"NaN"] * (MAX_EVENTS + 1)) + b"]")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
odd_events = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("id", "type", "timestamp", "properties", "duration"), json_values)
)


@given(st.lists(odd_events | json_values | st.just(GOOD), max_size=6))
def test_every_place_of_a_request_is_either_read_or_rejected(events):
    batch = decoded(*events)
    assert sorted([i for i, _ in batch.events] + [r.index for r in batch.rejected]) == list(
        range(len(events))
    )


@given(st.binary(max_size=40) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_a_batch_or_refused(body):
    with contextlib.suppress(NotEvents):
        assert isinstance(decode_batch(body), Batch)
