"""Entries as ingest writes them, for tests that feed the flows without a server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
import redis
import zstandard

from proofs.running.stamping import Stamped, missing, stamp
from streakline.ingest.events import decode_batch
from streakline.ingest.stamping import Sender, Stamper
from streakline.streams import keys
from streakline.streams.dictionary import CAP, Dictionary
from streakline.streams.entries import TICK, VERSION, pack_cold
from streakline.times import dec

SEED = 7
TRUSTED = Sender(trusted=True, admin=True)


class Feeder:
    """Stamps wire events and appends them to the streams of a real Redis."""

    def __init__(
        self, client: redis.Redis, shards: int = 4, profile: str = "default-20s", parts: int | None = None
    ) -> None:
        """Prepare an installation of so many shards; without parts, one of when both were one number."""
        self.client, self.shards = client, shards
        self._dictionary = Dictionary()
        self._stamper = Stamper(SEED, shards, self._dictionary, profile)
        client.set(keys.SEED, SEED)
        client.set(keys.SHARDS, shards)
        if parts is not None:
            client.set(keys.PARTS, parts)

    def stamp(self, event: dict[str, object], accepted_ms: int, sender: Sender = TRUSTED) -> Stamped:
        """Return one wire event stamped; new dimension values get their codes first."""
        [(_, decoded)] = decode_batch(orjson.dumps([event])).events
        for dimension, value in missing(self._stamper, decoded, sender, accepted_ms):
            number = self.client.hlen(keys.dictionary(dimension))
            assert number < CAP
            self.client.hset(keys.dictionary(dimension), value, number + 2)
            self._dictionary.learn(dimension, {value: number + 2})
        return stamp(self._stamper, decoded, sender, accepted_ms)

    def append(self, events: Sequence[dict[str, object]], accepted_ms: int, seq: int = 0) -> None:
        """Append events as one request accepted at a time; the entry id is `accepted_ms-seq`."""
        by_shard: dict[int, list[Stamped]] = {}
        for event in events:
            stamped = self.stamp(event, accepted_ms)
            by_shard.setdefault(stamped.shard, []).append(stamped)
        for shard, rows in by_shard.items():
            self.client.xadd(keys.events(shard), fields_of(rows), id=f"{accepted_ms}-{seq}")

    def tick(self, at_ms: int, seq: int = 0, shards: Iterable[int] | None = None) -> None:
        """Append a tick to every stream."""
        for shard in range(self.shards) if shards is None else shards:
            self.client.xadd(keys.events(shard), dict[Any, Any](TICK), id=dec((at_ms << 22) + seq))


def fields_of(rows: Sequence[Stamped]) -> dict[Any, Any]:
    """Return the fields of one entry."""
    return {
        "v": VERSION,
        "n": str(len(rows)).encode(),
        "h": b"".join(row.record for row in rows),
        "d": zstandard.ZstdCompressor(level=1).compress(pack_cold([row.cold for row in rows])),
    }
