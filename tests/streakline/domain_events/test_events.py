"""Events as they are encoded: what a sender reads of one, and what is none."""

import msgspec
import pytest

from streakline.domain_events import events
from streakline.domain_events.events import (
    EVENT_TYPES,
    Data,
    DomainEvent,
    Envelope,
    WebhookTest,
    encode,
    envelope_of,
    members_of,
)


def test_a_sender_reads_the_envelope_of_what_was_encoded() -> None:
    test = DomainEvent("an id", "WebhookTest", "2026-11-20T12:00:00.000Z", None, WebhookTest())
    assert encode(test) == (
        b'{"id":"an id","type":"WebhookTest","at":"2026-11-20T12:00:00.000Z","userId":null,"data":{}}'
    )
    assert envelope_of(encode(test)) == Envelope("an id", "WebhookTest")
    assert envelope_of(b'{"id":"i","type":"t","userId":"ann","more":[1]}') == Envelope("i", "t", "ann")


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[]", b"{}", b'{"id":7,"type":"t"}', b'{"id":"i"}', b"[" * 5_000]
)
def test_what_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises((msgspec.MsgspecError, RecursionError)):
        envelope_of(body)


def test_every_type_is_the_name_of_its_data_and_a_test_is_none_of_them() -> None:
    structs = {name for name, one in vars(events).items() if isinstance(one, type) and issubclass(one, Data)}
    assert structs == {*EVENT_TYPES, "Data", "WebhookTest"}
    assert members_of(WebhookTest) == ()
