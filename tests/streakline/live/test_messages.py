"""Messages of the live protocol, against the golden files that the page's tests read as well."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.live import messages
from streakline.live.messages import (
    Auth,
    BadMessage,
    Ping,
    Since,
    Subscribe,
    Unsubscribe,
    changes,
    read_message,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "wire"
MEMBERS = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("client_auth", Auth("eyJhbGciOiJIUzI1NiJ9.e30.sig")),
        (
            "client_subscribe",
            Subscribe(["overview", "top:plays"], {"overview": Since("k3v9", "1763700000000-3")}),
        ),
        ("client_unsubscribe", Unsubscribe(["top:plays"])),
        ("client_ping", Ping()),
    ],
)
def test_what_a_client_says_is_read(name: str, said: messages.Said) -> None:
    assert read_message((GOLDEN / f"{name}.json").read_bytes()) == said


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"type":"dance"}', '{"type":"subscribe"}', '{"type":"auth","token":1}', "\ud800"],
)
def test_anything_else_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(BadMessage, match="not a message of this protocol"):
        read_message(text)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("live_pong", messages.pong()),
        ("live_resumed", messages.resumed("overview", recovered=True)),
        ("live_error_bad_message", messages.error("bad-message", "messages are JSON text, not bytes")),
        (
            "live_error",
            messages.error(
                "unknown-topic",
                "topic 'overveiw' is not served; there are overview, top:plays and content:ID",
                "overveiw",
            ),
        ),
    ],
)
def test_what_the_server_says_has_the_golden_shape(name: str, made: dict[str, Any]) -> None:
    assert json.loads((GOLDEN / f"{name}.json").read_text()) == made


@pytest.mark.parametrize("kind", ["snapshot", "update"])
def test_topics_travel_with_their_position(kind: str) -> None:
    golden = json.loads((GOLDEN / f"live_{kind}_overview.json").read_text())
    make = getattr(messages, kind)
    assert make(golden["topic"], golden["epoch"], golden["seq"], golden["data"]) == golden


@given(MEMBERS, MEMBERS)
def test_changes_applied_to_the_old_give_the_new(old: dict[str, int], new: dict[str, int]) -> None:
    result: dict[str, int] = dict(old)
    for name, value in changes(old, new).items():
        if value is None:
            del result[name]
        else:
            result[name] = value
    assert result == new


def test_nothing_changed_is_no_change() -> None:
    assert changes({"a": [1]}, {"a": [1]}) == {}
