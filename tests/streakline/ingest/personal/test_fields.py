"""Personal events at the edge: who may send them, with which fields, and what is kept of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stamped_events import ADMIN, PUBLIC, TRUSTED, stamped, stamper
from streakline.ingest.stamping import Refused
from streakline.kinds import KINDS
from streakline.streams.as_sent import as_sent
from streakline.streams.records import BOT, NAMED, records_of

OWN = PUBLIC._replace(user_id="ann")
GOOD: list[dict[str, Any]] = [
    {"type": "freeze"},
    {"type": "freeze", "undoes": "f-1"},
    {"type": "pause", "from": "2025-11-01", "to": "2026-01-29"},
    {"type": "pause", "undoes": "p-1"},
    {"type": "repair", "day": "2025-11-20"},
    {"type": "repair", "undoes": "r-1"},
    {"type": "settings", "zone": "Pacific/Chatham"},
    {"type": "settings", "mode": "rolling-24h", "weekendsOff": False},
]


def kept(sender: Any, **fields: Any) -> dict[str, Any]:
    """Return the properties with which an event is stored."""
    properties = stamped(sender, contentId=None, **fields).cold.properties
    return json.loads(properties) if properties else {}


@pytest.mark.parametrize("fields", GOOD)
def test_fields_are_kept_as_properties_for_a_trusted_sender_and_for_the_person(
    fields: dict[str, Any],
) -> None:
    wanted = {name: value for name, value in fields.items() if name != "type"}
    for sender in (TRUSTED, ADMIN, OWN):
        one = stamped(sender, contentId=None, **fields)
        record = records_of([one.record])[0]
        assert (record["kind"], bool(record["flags"] & NAMED)) == (KINDS[fields["type"]], True)
        assert one.cold.userId == ("ann" if sender is OWN else "u1")
        assert json.loads(one.cold.properties or "{}") == wanted
    with pytest.raises(Refused, match="write:self of the person"):
        stamped(PUBLIC, **fields)


@pytest.mark.parametrize("fields", GOOD)
def test_an_event_that_is_sent_again_from_what_is_kept_is_the_same(fields: dict[str, Any]) -> None:
    one = stamped(ADMIN, contentId=None, properties={"why": "holidays"}, **fields)
    again = as_sent(records_of([one.record])[0], one.cold)
    again = stamped(ADMIN, contentId=None, **{"type": fields["type"], **again})
    assert json.loads(again.cold.properties) == json.loads(one.cold.properties)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"type": "pause"}, "from is missing; a pause needs from and to, as YYYY-MM-DD"),
        ({"type": "pause", "from": "2025-11-21"}, "to is missing; a pause needs from and to, as YYYY-MM-DD"),
        ({"type": "pause", "from": "2025-02-30", "to": "2025-03-01"}, "from '2025-02-30' is no date"),
        (
            {"type": "pause", "from": "20251121", "to": "2025-11-22"},
            "from '20251121' is no date; send YYYY-MM-DD",
        ),
        (
            {"type": "pause", "from": "2025-11-21", "to": "2025-11-20"},
            "to 2025-11-20 is before from 2025-11-21",
        ),
        ({"type": "pause", "from": "2025-11-01", "to": "2026-01-30"}, "are 91 days; a pause has at most 90"),
        ({"type": "repair"}, "day is missing; a repair needs day, as YYYY-MM-DD"),
        ({"type": "repair", "day": "yesterday"}, "day 'yesterday' is no date"),
        (
            {"type": "repair", "day": "2025-11-12"},
            "day 2025-11-12 is not one of the 7 days before 2025-11-21T04:40",
        ),
        ({"type": "repair", "day": "2025-11-21"}, "day 2025-11-21 is not one of the 7 days"),
        ({"type": "settings"}, "settings state nothing; send zone, mode or weekendsOff"),
        ({"type": "settings", "zone": "Mars/Olympus"}, "zone 'Mars/Olympus'"),
        (
            {"type": "settings", "mode": "weekly"},
            "mode 'weekly' is not known; the modes are calendar-day, rolling-24h",
        ),
        ({"type": "settings", "properties": {"weekendsOff": 1}}, "weekendsOff '1' is neither true nor false"),
        ({"type": "settings", "properties": {"zone": 7}}, "zone '7'"),
        ({"type": "settings", "zone": "UTC", "undoes": "s"}, "undoes is of a freeze, pause or repair"),
        ({"type": "freeze", "properties": {"undoes": 7}}, "undoes '7' is no id"),
        ({"type": "freeze", "properties": {"undoes": ""}}, "undoes '' is no id"),
        ({"type": "pause", "from": "2025-11-01", "undoes": "p"}, "undoes is given beside from"),
        ({"type": "freeze", "action": "undo"}, "action 'undo' of a freeze is not known; to take one back"),
        ({"type": "freeze", "userId": None, "sessionId": "s"}, "userId is missing; a freeze is of a person"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(Refused) as refusal:
        stamped(TRUSTED, contentId=None, **fields)
    assert told in str(refusal.value)


def test_a_day_that_some_zone_allows_is_taken() -> None:
    # At 04:40 UTC of the 21st it is the 20th in Pago Pago, and the 21st in Auckland.
    for day in ("2025-11-13", "2025-11-20"):
        assert kept(TRUSTED, type="repair", day=day) == {"day": day}


def test_a_content_lets_nobody_in_whom_trust_would_not() -> None:
    by_ann = stamped(OWN, type="freeze", contentId="c1")
    assert by_ann.cold.userId == "ann"
    by = stamper()
    stamped(OWN, by=by, type="freeze", contentId="c1")
    with pytest.raises(Refused, match="write:self of the person"):
        stamped(PUBLIC, by=by, type="freeze", contentId="c1")


def test_a_person_of_whom_a_robot_speaks_is_one() -> None:
    robot = TRUSTED._replace(bot_reason="crawler")
    assert not records_of([stamped(robot, contentId=None, type="freeze").record])[0]["flags"] & BOT
    assert records_of([stamped(robot, type="like").record])[0]["flags"] & BOT
