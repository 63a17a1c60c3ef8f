"""The fan-out with plain objects: who gets which message, and who is skipped or closed."""

import orjson
import pytest

from server.live.fan_out import DRAINED, PATIENCE, QUEUED, FanOut
from server.live.topics import RING, Client
from server.metrics import Metrics
from streakline.live.messages import GOING_AWAY, LAGGING, Since


class Wire:
    """A transport whose reader takes bytes when the test says so."""

    def __init__(self) -> None:
        self.said: list[dict] = []  # type: ignore[type-arg]
        self.queued = 0
        self.gone = False
        self.ended = False

    def write(self, data: bytes) -> None:
        if self.ended:  # as uvloop's
            msg = "unable to perform operation; the handler is closed"
            raise RuntimeError(msg)
        self.said.append(orjson.loads(data))

    def get_write_buffer_size(self) -> int:
        return self.queued

    def is_closing(self) -> bool:
        return self.gone


class Listener:
    """A client on such a wire."""

    def __init__(self, fan_out: FanOut) -> None:
        self.wire = Wire()
        self.closed: list[int] = []
        self.client = Client(self.wire, orjson.dumps, lambda code, _: self.closed.append(code))
        fan_out.join(self.client)

    @property
    def kinds(self) -> list[str]:
        return [message["type"] for message in self.wire.said]


@pytest.fixture
def fan_out() -> FanOut:
    made = FanOut(Metrics())
    made.publish("e", "1-0", {"t": {"a": 1, "b": 1}}, 0.0)
    return made


def test_who_subscribes_gets_the_whole_and_then_changed_members_only(fan_out: FanOut) -> None:
    one = Listener(fan_out)
    fan_out.subscribe(one.client, "t", {})
    fan_out.publish("e", "2-0", {"t": {"a": 2, "b": 1}}, 0.0)
    assert one.wire.said == [
        {"type": "snapshot", "topic": "t", "epoch": "e", "seq": "1-0", "data": {"a": 1, "b": 1}},
        {"type": "update", "topic": "t", "epoch": "e", "seq": "2-0", "data": {"a": 2}},
    ]


def test_a_member_that_is_gone_is_null(fan_out: FanOut) -> None:
    one = Listener(fan_out)
    fan_out.subscribe(one.client, "t", {})
    fan_out.publish("e", "2-0", {"t": {"a": 1}}, 0.0)
    assert one.wire.said[-1]["data"] == {"b": None}


def test_where_nothing_changed_nothing_is_said(fan_out: FanOut) -> None:
    one = Listener(fan_out)
    fan_out.subscribe(one.client, "t", {})
    fan_out.publish("e", "2-0", {"t": {"a": 1, "b": 1}}, 0.0)
    assert one.kinds == ["snapshot"]


def test_a_message_is_rendered_once_for_all(fan_out: FanOut) -> None:
    rendered = []

    def encode(message: object) -> bytes:
        rendered.append(message)
        return orjson.dumps(message)

    for _ in range(5):
        client = Client(Wire(), encode, lambda *_: None)
        fan_out.join(client)
        fan_out.subscribe(client, "t", {})
    rendered.clear()
    fan_out.publish("e", "2-0", {"t": {"a": 2, "b": 1}}, 0.0)
    assert len(rendered) == 1


def test_who_comes_back_gets_what_he_missed(fan_out: FanOut) -> None:
    for number in range(2, 6):
        fan_out.publish("e", f"{number}-0", {"t": {"a": number, "b": 1}}, 0.0)
    one = Listener(fan_out)
    fan_out.subscribe(one.client, "t", {}, Since("e", "3-0"))
    assert one.wire.said[0] == {"type": "resumed", "topic": "t", "recovered": True}
    assert [message["seq"] for message in one.wire.said[1:]] == ["4-0", "5-0"]


def test_who_missed_nothing_gets_nothing(fan_out: FanOut) -> None:
    one = Listener(fan_out)
    fan_out.subscribe(one.client, "t", {}, Since("e", "1-0"))
    assert one.wire.said == [{"type": "resumed", "topic": "t", "recovered": True}]


def test_a_position_between_two_updates_gets_the_one_that_straddles_it(fan_out: FanOut) -> None:
    fan_out.publish("e", "9-0", {"t": {"a": 9, "b": 1}}, 0.0)
    one = Listener(fan_out)
    fan_out.subscribe(one.client, "t", {}, Since("e", "5-3"))
    assert [message["type"] for message in one.wire.said] == ["resumed", "update"]
    assert one.wire.said[1]["data"] == {"a": 9}


@pytest.mark.parametrize(
    "since",
    [Since("other", "1-0"), Since("e", "0-5"), Since("e", "7-0"), Since("e", "nonsense"), Since("e", "")],
    ids=["another epoch", "before the ring", "ahead of this server", "no position", "empty"],
)
def test_what_cannot_be_told_is_said_and_the_whole_follows(fan_out: FanOut, since: Since) -> None:
    one = Listener(fan_out)
    fan_out.subscribe(one.client, "t", {}, since)
    assert one.wire.said[0] == {"type": "resumed", "topic": "t", "recovered": False}
    assert one.kinds == ["resumed", "snapshot"]


def test_positions_are_compared_by_their_parts(fan_out: FanOut) -> None:
    fan_out.publish("e", "9-2", {"t": {"a": 2, "b": 1}}, 0.0)
    fan_out.publish("e", "9-10", {"t": {"a": 3, "b": 1}}, 0.0)
    one = Listener(fan_out)
    fan_out.subscribe(one.client, "t", {}, Since("e", "9-2"))
    assert [message.get("seq") for message in one.wire.said] == [None, "9-10"]


def test_the_ring_is_bounded_and_knows_where_it_begins(fan_out: FanOut) -> None:
    for number in range(2, RING + 4):
        fan_out.publish("e", f"{number}-0", {"t": {"a": number, "b": 1}}, 0.0)
    gone, held = Listener(fan_out), Listener(fan_out)
    fan_out.subscribe(gone.client, "t", {}, Since("e", "1-0"))
    fan_out.subscribe(held.client, "t", {}, Since("e", "3-0"))
    assert gone.wire.said[0]["recovered"] is False
    assert held.wire.said[0]["recovered"] is True
    assert len(held.wire.said) == 1 + RING


def test_a_new_epoch_gives_everybody_the_whole(fan_out: FanOut) -> None:
    one = Listener(fan_out)
    fan_out.subscribe(one.client, "t", {})
    fan_out.publish("f", "1-0", {"t": {"a": 0}}, 0.0)
    assert one.wire.said[-1] == {
        "type": "snapshot", "topic": "t", "epoch": "f", "seq": "1-0", "data": {"a": 0},
    }  # fmt: skip


def test_a_slow_client_is_skipped_and_later_gets_the_newest_state(fan_out: FanOut) -> None:
    slow, quick = Listener(fan_out), Listener(fan_out)
    for one in (slow, quick):
        fan_out.subscribe(one.client, "t", {})
    slow.wire.queued = QUEUED + 1
    for number in range(2, 5):
        fan_out.publish("e", f"{number}-0", {"t": {"a": number, "b": 1}}, 0.0)
    assert slow.kinds == ["snapshot"]
    assert quick.kinds == ["snapshot"] + ["update"] * 3
    slow.wire.queued = DRAINED
    fan_out.sweep(1.0)
    assert slow.wire.said[-1]["data"] == {"a": 4, "b": 1}
    fan_out.publish("e", "5-0", {"t": {"a": 5, "b": 1}}, 0.0)
    assert slow.kinds == ["snapshot", "snapshot", "update"]


def test_a_skipped_client_gets_no_update_before_its_snapshot(fan_out: FanOut) -> None:
    slow = Listener(fan_out)
    fan_out.subscribe(slow.client, "t", {})
    slow.wire.queued = QUEUED + 1
    fan_out.publish("e", "2-0", {"t": {"a": 2, "b": 1}}, 0.0)
    slow.wire.queued = 0
    fan_out.publish("e", "3-0", {"t": {"a": 3, "b": 1}}, 0.0)
    assert slow.kinds == ["snapshot"]
    fan_out.sweep(0.1)
    assert slow.wire.said[-1]["data"] == {"a": 3, "b": 1}


def test_a_client_that_stays_behind_is_closed_with_the_documented_code(fan_out: FanOut) -> None:
    slow = Listener(fan_out)
    fan_out.subscribe(slow.client, "t", {})
    slow.wire.queued = QUEUED + 1
    fan_out.publish("e", "2-0", {"t": {"a": 2, "b": 1}}, 100.0)
    fan_out.sweep(100.0 + PATIENCE)
    assert slow.closed == []
    fan_out.sweep(100.1 + PATIENCE)
    assert slow.closed == [LAGGING]
    assert slow.client not in fan_out.clients


def test_a_client_behind_at_a_new_epoch_has_its_time_like_any_other(fan_out: FanOut) -> None:
    slow = Listener(fan_out)
    fan_out.subscribe(slow.client, "t", {})
    slow.wire.queued = QUEUED + 1
    fan_out.publish("f", "1-0", {"t": {"a": 0}}, 100.0)
    fan_out.sweep(100.1)
    assert slow.closed == []
    slow.wire.queued = 0
    fan_out.sweep(100.2)
    assert slow.wire.said[-1]["epoch"] == "f"


def test_who_is_behind_in_nothing_any_more_is_not_closed(fan_out: FanOut) -> None:
    slow = Listener(fan_out)
    fan_out.subscribe(slow.client, "t", {})
    slow.wire.queued = QUEUED + 1
    fan_out.publish("e", "2-0", {"t": {"a": 2, "b": 1}}, 100.0)
    fan_out.unsubscribe(slow.client, "t")
    fan_out.sweep(101.0 + PATIENCE)
    assert slow.closed == []


def test_who_asks_without_reading_is_closed(fan_out: FanOut) -> None:
    one = Listener(fan_out)
    one.wire.queued = QUEUED + 1
    fan_out.send(one.client, {"type": "pong"})
    assert one.closed == [LAGGING]


def test_a_client_that_is_gone_is_forgotten(fan_out: FanOut) -> None:
    one = Listener(fan_out)
    fan_out.subscribe(one.client, "t", {})
    one.wire.gone = True
    fan_out.forget_gone()
    assert one.closed == [GOING_AWAY]
    assert fan_out.clients == set()
    assert fan_out.topics["t"].clients == set()


def test_who_unsubscribes_hears_no_more(fan_out: FanOut) -> None:
    one = Listener(fan_out)
    fan_out.subscribe(one.client, "t", {})
    fan_out.unsubscribe(one.client, "t")
    fan_out.publish("e", "2-0", {"t": {"a": 2, "b": 1}}, 0.0)
    assert one.kinds == ["snapshot"]


def test_topics_without_a_listener_are_forgotten_but_for_those_to_keep(fan_out: FanOut) -> None:
    one = Listener(fan_out)
    fan_out.subscribe(one.client, "content:c", {"n": 1})
    fan_out.leave(one.client)
    fan_out.drop_unheard({"t"}.__contains__)
    assert set(fan_out.topics) == {"t"}


def test_a_connection_that_ended_unnoticed_keeps_no_update_from_the_others(fan_out: FanOut) -> None:
    listeners = [Listener(fan_out) for _ in range(9)]
    for one in listeners:
        fan_out.subscribe(one.client, "t", {})
    for one in listeners[::2]:
        one.wire.ended = True
    fan_out.publish("e", "2-0", {"t": {"a": 2, "b": 1}}, 0.0)
    assert [one.kinds for one in listeners[1::2]] == [["snapshot", "update"]] * 4
    assert [one.closed for one in listeners] == [[GOING_AWAY], []] * 4 + [[GOING_AWAY]]
    assert fan_out.clients == {one.client for one in listeners[1::2]}


def test_one_who_was_skipped_and_then_ended_holds_up_nobody(fan_out: FanOut) -> None:
    one, other = Listener(fan_out), Listener(fan_out)
    for each in (one, other):
        fan_out.subscribe(each.client, "t", {})
        each.wire.queued = QUEUED + 1
    fan_out.publish("e", "2-0", {"t": {"a": 2, "b": 1}}, 0.0)
    one.wire.queued = other.wire.queued = 0
    one.wire.ended = True
    fan_out.sweep(1.0)
    assert (one.closed, other.kinds) == ([GOING_AWAY], ["snapshot", "snapshot"])


def test_who_comes_back_to_a_topic_that_nobody_listened_to_meanwhile_gets_the_whole(fan_out: FanOut) -> None:
    one = Listener(fan_out)
    # Its newest data may already be newer than the position: no update would ever tell what changed.
    fan_out.subscribe(one.client, "content:a", {"a": 7}, Since("e", "1-0"))
    assert one.kinds == ["resumed", "snapshot"]


def test_who_ended_unnoticed_and_is_answered_is_forgotten(fan_out: FanOut) -> None:
    one = Listener(fan_out)
    one.wire.ended = True
    fan_out.send(one.client, {"type": "error"})
    assert one.client not in fan_out.clients
    assert one.closed == [GOING_AWAY]
