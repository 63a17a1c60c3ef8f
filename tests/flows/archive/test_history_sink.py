"""How archive spreads a batch over its shards."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from flows.archive.flow import HistorySink
from flows.archive.gathering import Gathering
from flows.process.gauges import Gauges
from flows.streams.reader import Item
from real_servers import TestRedis
from streakline.streams import keys

ENTRY = [(b"1-0", {b"v": b"1"})]


class Shard:
    """Notes what it was handed, and does something meanwhile."""

    clock = 0

    def __init__(self, meanwhile: Any) -> None:
        self.tally: dict[str, int] = {}
        self.taken: list[str] = []
        self._meanwhile = meanwhile

    def take_events(self, _: Any) -> None:
        self._meanwhile()
        self.taken.append("events")

    def take_outbox(self, _: Any) -> None:
        self.taken.append("outbox")

    def settle(self, _: float) -> None:
        self.taken.append("settled")


def writer(redis_server: TestRedis, archives: dict[int, Any]) -> Any:
    return HistorySink(archives, Gauges("archive", "0,1"), Gathering()).build("", 0, 1)


def test_shards_wait_for_their_servers_at_the_same_time(redis_server: TestRedis) -> None:
    both = threading.Barrier(2)
    archives = {shard: Shard(lambda: both.wait(60)) for shard in (0, 1)}
    partition = writer(redis_server, archives)
    partition.write_batch(
        [Item(keys.events(0), ENTRY), Item(keys.events(1), ENTRY), Item(keys.out(0), ENTRY)]
    )
    partition.close()
    assert archives[0].taken == ["events", "settled", "outbox", "settled"]
    assert archives[1].taken == ["events", "settled"]


def test_what_one_shard_fails_with_is_raised_when_the_others_are_done(redis_server: TestRedis) -> None:
    begun = threading.Event()

    def fail() -> None:
        begun.set()
        msg = "shard 0 is in trouble"
        raise RuntimeError(msg)

    archives = {0: Shard(fail), 1: Shard(lambda: begun.wait(60))}
    partition = writer(redis_server, archives)
    with pytest.raises(RuntimeError, match="in trouble"):
        partition.write_batch([Item(keys.events(shard), ENTRY) for shard in (0, 1)])
    partition.close()
    assert archives[1].taken == ["events", "settled"]
