"""Personal events by endpoints of their own: one JSON object each."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stamped_events import NOW, event
from streakline.ingest.personal import posted
from streakline.ingest.personal.fields import personal_text
from streakline.ingest.personal.posted import BadPersonal, personal_event, undoing_event


@pytest.mark.parametrize(
    ("kind", "body", "fields"),
    [
        ("freeze", b"", {}),
        ("freeze", b"{}", {}),
        ("freeze", b'{"id": "f-1", "timestamp": "2025-11-20T10:00:00+01:00"}', {"id": "f-1"}),
        ("pause", b'{"from": "2025-11-01", "to": "2025-11-02"}', {"from_": "2025-11-01", "to": "2025-11-02"}),
        ("repair", b'{"day": "2025-11-20"}', {"day": "2025-11-20"}),
        (
            "settings",
            b'{"weekendsOff": true, "zone": "Asia/Tokyo"}',
            {"weekendsOff": True, "zone": "Asia/Tokyo"},
        ),
    ],
)
def test_a_body_is_made_an_event_of_the_person(kind: str, body: bytes, fields: dict[str, Any]) -> None:
    made = personal_event(kind, body, user="ann", at_ms=NOW, new_id="new")
    assert (made.type, made.userId) == (kind, "ann")
    assert made.id == fields.pop("id", "new")
    assert {name: getattr(made, name) for name in fields} == fields
    assert personal_text(made, "ann", NOW) is not None


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        ("freeze", b"[]", "Expected `object`, got `array`"),
        ("freeze", b'{"till": 5}', "unknown field `till`"),
        ("pause", b"", "missing required field `from`"),
        ("repair", b'{"day": 5}', "Expected `str`, got `int` - at `$.day`"),
        ("settings", b'{"zone": null}', "Expected `str`, got `null` - at `$.zone`"),
        ("settings", b'{"mode": "weekly"}', "Invalid enum value 'weekly' - at `$.mode`"),
        ("settings", b"\xff", "no settings"),
    ],
)
def test_a_body_that_is_none_is_refused_with_one_that_is(kind: str, body: bytes, told: str) -> None:
    with pytest.raises(BadPersonal) as refusal:
        personal_event(kind, body, user="ann", at_ms=NOW, new_id="new")
    assert told in str(refusal.value)
    assert f"send an object like {posted._SHOWN[kind]}" in str(refusal.value)


def test_what_is_shown_as_a_body_is_one() -> None:
    for kind, shown in posted._SHOWN.items():
        made = personal_event(kind, shown.encode(), user="ann", at_ms=1_783_000_000_000, new_id="new")
        assert personal_text(made, "ann", 1_783_000_000_000) is not None


def test_an_undoing_event_names_what_it_takes_back() -> None:
    made = undoing_event("pause", "p-1", user="ann", at_ms=NOW, new_id="new")
    assert (made.id, json.loads(personal_text(made, "ann", NOW))) == ("new", {"undoes": "p-1"})
    assert event(type="pause", undoes="p-1").undoes == "p-1"
