"""The listeners of the push benchmark: they count every message once, however the bytes come."""

from __future__ import annotations

import pytest

from bench.push.crowd import Seen
from bench.push.listeners import Message, age_ms, event_message, handshake, websocket_message
from server.live.frames import SSE_BEAT, close_frame, event_chunk, websocket_frame
from streakline.live.messages import update

SIZES = (1, 100, 1000, 70_000)
PING = bytes((0x89, 0))


def of_size(size: int) -> dict[str, object]:
    return update("top:plays", "e", "1700000000000-4", {"title": "x" * size})


@pytest.mark.parametrize(
    ("stream", "parse", "kinds"),
    [
        (
            b"".join(websocket_frame(of_size(size)) for size in SIZES) + PING + close_frame(4408, "slow"),
            websocket_message,
            ["data"] * len(SIZES) + ["ping", "close"],
        ),
        (
            b"".join(event_chunk(of_size(size)) for size in SIZES) + SSE_BEAT + b"0\r\n\r\n",
            event_message,
            ["data"] * len(SIZES) + ["ping", "end"],
        ),
    ],
    ids=["websocket", "events"],
)
@pytest.mark.parametrize("piece", [1, 7, 1460, 1 << 20])
def test_messages_are_told_apart_in_pieces_of_any_size(
    stream: bytes, parse: object, kinds: list[str], piece: int
) -> None:
    assert callable(parse)
    found, pending = [], b""
    for first in range(0, len(stream), piece):
        pending += stream[first : first + piece]
        at = 0
        while isinstance(message := parse(pending, at), Message):
            found.append(message.kind)
            at = message.end
        pending = pending[at:]
    assert found == kinds
    assert pending == b""


@pytest.mark.parametrize("render", [websocket_frame, event_chunk])
def test_the_age_of_a_message_is_that_of_its_update(render: object) -> None:
    assert callable(render)
    data = b"before" + render(of_size(3))
    assert age_ms(data, 6, 1_700_000_000_025) == 25


def test_quantiles_are_those_of_all_messages() -> None:
    seen = Seen(100, 0, 0, {5: 50, 10: 49, 900: 1})
    assert [seen.quantile(share) for share in (0.5, 0.99, 1.0)] == [5, 10, 900]


def test_a_subscription_rides_behind_the_handshake() -> None:
    said = '{"type":"ping"}'
    request = handshake({"kind": "websocket", "request": "/api/live", "say": said})
    assert request.startswith(b"GET /api/live HTTP/1.1\r\n")
    assert request.endswith(bytes((0x81, 0x80 | len(said), 0, 0, 0, 0)) + said.encode())
