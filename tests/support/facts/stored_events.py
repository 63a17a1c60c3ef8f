"""What ingest wrote into the events streams."""

from __future__ import annotations

from typing import Any

import zstandard

from real_servers import TestRedis
from streakline.streams import keys, records
from streakline.streams.entries import Cold, read_entry, unpack_cold


def stored(redis_server: TestRedis) -> list[tuple[int, Any, Cold]]:
    """Return shard, record and cold row of everything in the events streams."""
    rows: list[tuple[int, Any, Cold]] = []
    with redis_server.client() as redis:
        for shard in range(4):
            for _, fields in redis.xrange(keys.events(shard)):
                entry = read_entry(fields)
                if entry.n:
                    cold = unpack_cold(zstandard.ZstdDecompressor().decompress(entry.cold))
                    pairs = zip(records.records_of([entry.hot]), cold, strict=True)
                    rows += [(shard, *pair) for pair in pairs]
    return rows
