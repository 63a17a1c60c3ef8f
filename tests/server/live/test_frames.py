"""Frames: what a websocket library and a browser would read."""

import struct

import orjson
import pytest

from server.live.frames import close_frame, event_chunk, last_event_chunk, websocket_frame


@pytest.mark.parametrize("length", [0, 100, 125, 126, 127, 65_535, 65_536, 200_000])
def test_a_frame_has_the_length_its_header_says(length: int) -> None:
    payload = {"x": "a" * max(0, length - len(orjson.dumps({"x": ""})))}
    frame = websocket_frame(payload)
    short = frame[1]
    head = {126: 4, 127: 10}.get(short, 2)
    size = {
        126: lambda: struct.unpack_from("!H", frame, 2)[0],
        127: lambda: struct.unpack_from("!Q", frame, 2)[0],
    }
    assert frame[0] == 0x81
    assert len(frame) - head == (size[short]() if short in size else short)
    assert orjson.loads(frame[head:]) == payload


def test_a_close_frame_carries_code_and_reason() -> None:
    assert close_frame(4408, "slow") == b"\x88\x06" + struct.pack("!H", 4408) + b"slow"
    assert len(close_frame(4408, "x" * 500)) == 2 + 2 + 120


def test_the_last_event_of_a_position_names_its_type_and_position_in_one_chunk() -> None:
    chunk = last_event_chunk({"type": "update", "epoch": "e", "seq": "1-2"}, "t")
    size, _, rest = chunk.partition(b"\r\n")
    assert rest[int(size, 16) :] == b"\r\n"
    assert rest.startswith(b"event: update\nid: e/1-2/t\ndata: {")
    assert rest.endswith(b"}\n\n\r\n")


def test_an_event_that_ends_no_position_has_no_id() -> None:
    assert b"id:" not in event_chunk({"type": "update", "epoch": "e", "seq": "1-2"})
