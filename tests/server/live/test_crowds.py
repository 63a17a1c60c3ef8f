"""Who follow the same topics with one cursor: a position comes in one piece, rendered once for all of them."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from server.live.fan_out import FanOut
from server.live.topics import Client
from server.metrics import Metrics


class Lines:
    """A wire that keeps each write as it came."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return False


@pytest.fixture
def fan_out() -> FanOut:
    made = FanOut(Metrics())
    made.publish("e", "1-0", {"t": {"a": 1, "b": 1}}, 0.0)
    return made


def test_who_follow_the_same_topics_with_one_cursor_get_a_whole_position_in_one_write(
    fan_out: FanOut,
) -> None:
    ends = []

    def render(message: Mapping[str, Any], followed: str) -> bytes:
        ends.append(followed)
        return b"".join([orjson.dumps({**message, "id": followed}), b"\n"])

    def line(message: Mapping[str, Any]) -> bytes:
        return b"".join([orjson.dumps(message), b"\n"])

    both: dict[str, dict[str, Any]] = {"t": {"a": 1}, "u": {"a": 1}}
    wires = [Lines(), Lines(), Lines()]
    for wire, topics in zip(wires, ({"t", "u"}, {"t", "u"}, {"u"}), strict=True):
        client = Client(wire, line, lambda *_: None, render)
        fan_out.join(client)
        fan_out.follow(client, {name: both[name] for name in sorted(topics)})
        wire.written.clear()
    ends.clear()
    fan_out.publish("e", "2-0", {"t": {"a": 2}, "u": {"a": 2}}, 0.0)
    one, same, other = (
        [orjson.loads(text) for data in wire.written for text in data.splitlines()] for wire in wires
    )
    assert [len(wire.written) for wire in wires] == [1, 1, 1]
    assert [(told["topic"], "id" in told) for told in one] == [("t", False), ("u", True)]
    assert same == one
    assert [told["topic"] for told in other] == ["u"]
    assert len(ends) == len(set(ends)) == 2


def test_who_loses_a_topic_follows_the_rest_and_nobody_else_loses_it(fan_out: FanOut) -> None:
    def line(message: Mapping[str, Any], _: str = "") -> bytes:
        return b"".join([orjson.dumps(message), b"\n"])

    one, other = Lines(), Lines()
    clients = [Client(wire, line, lambda *_: None, line) for wire in (one, other)]
    for client in clients:
        fan_out.join(client)
        fan_out.follow(client, {"t": {"a": 1}, "u": {"a": 1}})
    fan_out.unsubscribe(clients[0], "u")
    one.written.clear()
    other.written.clear()
    fan_out.publish("e", "2-0", {"t": {"a": 2}, "u": {"a": 2}}, 0.0)
    assert [orjson.loads(data)["topic"] for data in one.written] == ["t"]
    assert [orjson.loads(text)["topic"] for text in other.written[0].splitlines()] == ["t", "u"]
    for client in clients:
        fan_out.leave(client)
    assert not any(topic.heard for topic in fan_out.topics.values())
