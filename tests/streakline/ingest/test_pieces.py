"""Events told apart without reading them, against a decoder that reads all of them."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.ingest.pieces import BRACKETS, Broken, id_in, split, why_no_json

# Python's decoder reads NaN and Infinity too, which is what these bodies hold.
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
LISTS = st.lists(VALUES, max_size=6)
SPACES = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", "\t:\r ")])


def read(pieces: list[bytes]) -> str:
    return repr([json.loads(piece) for piece in pieces])  # repr: NaN equals nothing


@given(LISTS, SPACES, st.booleans())
def test_the_pieces_of_a_list_are_its_elements(
    events: list[Any], spaces: tuple[str, str], ascii_only: bool
) -> None:
    body = json.dumps(events, separators=spaces, ensure_ascii=ascii_only).encode()
    assert read(split(b" \n" + body + b"\t", 1_000).events) == repr(events)


@given(LISTS, SPACES, st.one_of(st.none(), st.integers(), st.text(st.characters(codec="utf-8"))))
def test_an_envelope_gives_its_events_and_when_it_was_sent(
    events: list[Any], spaces: tuple[str, str], sent_at: Any
) -> None:
    body = json.dumps({"a": [1, {"b": "]}"}], "sentAt": sent_at, "events": events}, separators=spaces)
    pieces = split(body.encode(), 1_000)
    assert read(pieces.events) == repr(events)
    assert pieces.sent_at == sent_at


@given(LISTS.filter(bool), st.data())
def test_a_body_that_breaks_off_is_no_list(events: list[Any], data: st.DataObject) -> None:
    body = json.dumps(events).encode()
    cut = data.draw(st.integers(0, len(body) - 1))
    with pytest.raises(Broken):
        split(body[:cut], 1_000)


def test_no_more_than_one_above_the_most_is_read() -> None:
    assert len(split(b"[" + b"1," * 50 + b"1]", 10).events) == 11


def test_a_body_of_brackets_is_refused_unread() -> None:
    with pytest.raises(Broken, match="brackets"):
        split(b"[" * (BRACKETS + 1), 10)


def test_an_event_that_is_no_json_has_its_id_and_its_reason() -> None:
    piece = b'{"id": "e\\u00e9", "duration": NaN}'
    assert id_in(piece) == "eé"
    assert id_in(b'{"id": 7}') is None
    with pytest.raises(msgspec.DecodeError) as found:
        msgspec.json.decode(piece)
    told = why_no_json(str(found.value), piece)
    assert told.startswith(f"no JSON: invalid character at byte {piece.index(b'NaN')}")
    assert "neither NaN nor Infinity" in told
