"""Dead letters: JSON of one form whoever writes them, of bounded size whatever they hold."""

import base64
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streakline.streams.dead_letters import (
    MAX_BODY,
    MAX_ERROR,
    Body,
    control_entry,
    dead_letter,
    known_event,
    sent_event,
    stream_entry,
)


@pytest.mark.parametrize(
    "body",
    [
        stream_entry({b"v" * 1_000_000: b"z" * 1_000_000}),
        stream_entry({b"%d" % number: b"\0" * 4_000 for number in range(1_000)}),
        stream_entry({b"h": b"\xff" * 1_000_000}),
        sent_event(b"\0" * 1_000_000),
        sent_event(b'{"id": "' + b"z" * 1_000_000 + b'"}'),
        known_event({"id": "\0" * 1_000_000}),
        control_entry({"kind": "z" * 1_000_000}),
    ],
)
def test_a_dead_letter_is_of_bounded_size_and_says_that_it_is_cut(body: Body) -> None:
    letter = dead_letter("archive", "x" * 1_000_000, "1-1", body)
    assert sum(len(part) for part in letter if isinstance(part, str | bytes)) < MAX_ERROR + MAX_BODY + 200
    assert body.cut > 0
    json.loads(body.json)


@given(st.dictionaries(st.text(max_size=9).map(str.encode), st.binary(max_size=3_000), max_size=6))
@example({b"h": bytes(3_200), b"v": b"1"})
def test_a_whole_entry_can_be_written_again(fields):
    body = stream_entry(fields)
    shown = json.loads(body.json)
    assert len(body.json) <= MAX_BODY
    if not body.cut:
        assert body.form == "entry"
        again = {
            name.encode(): base64.b64decode(value["base64"]) if isinstance(value, dict) else value.encode()
            for name, value in shown.items()
        }
        assert again == fields
    else:
        assert len(json.dumps(shown)) < MAX_BODY + 10 or sum(map(len, fields.values())) > MAX_BODY // 6


def test_an_entry_of_fifty_events_is_kept_whole():
    body = stream_entry({b"v": b"1", b"n": b"50", b"h": b"\xff" * 3_200, b"d": b"\xfe" * 2_500})
    assert (body.form, body.cut) == ("entry", 0)


@given(st.binary(max_size=200) | st.text(max_size=99).map(json.dumps).map(str.encode))
@example(b'{"id": 1, "duration": NaN}')
@example(b'{"id": "\\ud83d"}')
@example(b'{"id": "e1"}')
def test_what_is_no_json_is_kept_as_a_json_string(text):
    body = sent_event(text)
    assert body.cut == 0
    if body.form == "event":
        assert body.json == text
        json.loads(text)
    else:
        assert (body.form, json.loads(body.json)) == ("text", text.decode(errors="replace"))


def test_a_control_entry_is_its_map():
    assert control_entry({"kind": "dance", "from": None}) == Body("control", b'{"kind":"dance","from":null}')
