"""Messages between the flows that no flow wrote: they go to the dead letters, and counting goes on."""

from __future__ import annotations

import time

import msgspec
import pytest

from flows.archive.facts import _properties
from flows.content import ContentShells
from flows.process.gauges import Gauges
from flows.streams.reader import StreamReader
from flows.viewers import ViewerShells
from real_servers import TestRedis
from streakline.live.followed import pack
from streakline.streams import keys
from streakline.streams.hashing import hash64
from streakline.streams.partitions import Partitions

T0 = 1_700_000_100_000
U = f"{T0}-0"


@pytest.mark.parametrize(
    "fields",
    [
        {"x": "y"},
        {"s": "x", "u": U, "c": b""},
        {"s": "-1", "u": U, "c": b""},
        {"s": "9" * 30, "u": U, "c": b""},
        {"s": "0", "u": "", "c": b""},
        {"s": "0", "u": "9" * 40 + "-0", "c": b""},
        {"s": "0", "u": "9999999999999-0", "c": b""},
        {"s": "0", "u": U, "c": b"123"},
        {"s": "0", "u": U, "c": b"\xff" * 12},
    ],
)
def test_candidates_of_a_foreign_hand_move_nothing(redis_server: TestRedis, fields: dict[str, bytes]) -> None:
    client = redis_server.client()
    client.xadd(keys.candidates(0), fields, id=f"{T0}-1")  # type: ignore[arg-type]  # an invariant dict
    reader = StreamReader(redis_server.url, [keys.candidates(0)])
    shell = ViewerShells(client, reader, 1, Gauges("viewers", "0")).fresh(0)
    commands = [command for write in shell.take(reader.read()[0], 1.0) for command in write.commands]
    (letter,) = [command for command in commands if command[1] == keys.DEAD]
    assert letter[letter.index("where") + 1] == "viewers"
    assert f"{T0}-1".encode() in letter
    (state,) = [command[3] for command in commands if command[:2] == ("HSET", keys.STATE)]
    assert isinstance(state, bytes)
    assert msgspec.msgpack.decode(state)["minute"] == 0


def test_only_what_names_a_moment_to_come_is_watched(redis_server: TestRedis) -> None:
    client = redis_server.client()
    until = int(time.time() * 1000) + 60_000
    client.hset(keys.SUBSCRIBED, mapping={b"\xff": "x", "a": "", "b": "9" * 5000, "c": b"\xff", "d": until})
    shells = ContentShells(
        client,
        StreamReader(redis_server.url, [keys.events(0)]),
        Partitions(1, 1),
        1_000,
        Gauges("content", "0"),
    )
    creators = {
        "band": pack(until, ["d"], 0),
        "gone": pack(1, ["d"], 0),
        b"\xff": pack(until, ["d"], 0),
        "e": b"x",
    }
    client.hset(keys.FOLLOWED, mapping=creators)  # type: ignore[arg-type]  # an invariant dict
    assert shells.watched(time.time()) == [hash64("d", 0)]
    assert {creator: of.tolist() for creator, of in shells.followed.items()} == {"band": [hash64("d", 0)]}


@pytest.mark.parametrize("number", [b"9" * 5000, b"\xc2\xb2", b"-1", b""])
def test_a_reader_reads_on_whatever_an_entry_says_of_its_size(redis_server: TestRedis, number: bytes) -> None:
    client = redis_server.client()
    first = client.xadd(keys.events(0), {"v": b"1", "n": number})
    ((item,), _) = StreamReader(redis_server.url, [keys.events(0)]).read()
    assert [entry_id for entry_id, _ in item.entries] == [first]


def test_properties_nested_without_end_state_nothing() -> None:
    assert _properties('{"name":' + "[" * 200_000) == {}
