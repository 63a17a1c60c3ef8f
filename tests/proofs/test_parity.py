"""The simulation counts again without SQL; here its way and ClickHouse's get the same raw rows, marks and rollups."""

import threading
from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np
import pytest
from clickhouse_connect.driver.client import Client

from flows.archive.codes import Codes
from flows.archive.ledger import Ledger
from flows.archive.marks import Marks
from flows.archive.recounts import Recounts
from flows.archive.rows import QUARTER, Batch, event_columns, folded, late_marks
from flows.archive.store import Store
from proofs.simulate.ingest import SEED
from proofs.simulate.runs import silence
from proofs.simulate.stand_ins.history import SimulatedStore, Tables
from proofs.simulate.stand_ins.redis_client import Connection, RedisClient
from proofs.simulate.stand_ins.redis_data import RedisData
from proofs.simulate.stand_ins.rows import counted
from proofs.simulate.stories.generator import MIDNIGHT
from real_servers import TestClickHouse
from sql.migrate import migrate
from streakline import kinds
from streakline.measures import BREAKDOWNS, MEASURES, unpack_counts
from streakline.streams import keys
from streakline.streams.dictionary import FIRST
from streakline.streams.entries import Cold
from streakline.streams.hashing import identity64
from streakline.streams.records import BOT, COUNTED, RECORD, UNKNOWN_COMPLETION
from streakline.times import DAY_MS, MINUTE_MS, QUARTER_MS, SEQ_BITS, bucket_of

SEEDS = 4
STEPS = 45
SHARDS = 2
HOUR = 60 * MINUTE_MS
VALUES = {
    "source": ("feed", "search"),
    "platform": ("web", "ios", "'\\é"),
    "country": ("DE",),
    "device": ("tv",),
}
CONTENTS = ("a", "b", "c — d", "")
TYPES = ("", "track", "video")


class Side:
    """One of the two: a store, and of each shard the real recounts over a Redis of their own."""

    def __init__(self, store: Store, upto: int) -> None:
        self.store, self.redis = store, RedisData(MIDNIGHT)
        for dimension, values in VALUES.items():
            for number, value in enumerate(values):
                self.redis.run("HSET", keys.dictionary(dimension), value, FIRST + number)
        client: Any = RedisClient(self.redis, lambda: None, Connection(self.redis, lambda _: None))
        codes = Codes(client, threading.Event())
        ledgers = [Ledger(shard, client, threading.Event()) for shard in range(SHARDS)]
        self.recounts = [Recounts(ledger, store, codes, upto, Marks()) for ledger in ledgers]
        for recounts in self.recounts:
            recounts.rebuild()

    def told(self) -> dict[str, Any]:
        """What pages and the next process learn of it: the lifetime of every content, marks, how far it is."""
        known = {name: dict(fields) for name, fields in self.redis.hashes.items() if fields}
        for shard in range(SHARDS):
            base = known.pop(keys.base(shard))
            known[keys.base(shard)] = {  # a breakdown's values have no order
                field: unpack_counts(value) if field != b"upto" else value for field, value in base.items()
            }
            known[keys.history(shard)] = dict.fromkeys(known.get(keys.history(shard), {}))  # words of chance
        return known


class Chance:
    """Random rows, as archive gets them."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.now = MIDNIGHT - self.random.choice((1, 3, 6)) * HOUR
        self.begin = self.now
        self._seq = 0

    def position(self) -> int:
        self._seq += 1
        return (self.now << SEQ_BITS) + self._seq

    def batch(self) -> Batch:
        size = self.random.choice((1, 3, 8))
        records = np.zeros(size, RECORD)
        rows = []
        for number in range(size):
            content, identity, start = self._identity()
            record = records[number]
            record["id64"] = identity64(content, start, identity, SEED)
            record["kind"] = self.random.choice((1, 1, 2, 3, *kinds.NAMES))
            record["start"], record["at"] = start, start + self.random.randrange(1000)
            record["dur"] = self.random.choice((0, 5_000, 20_000, 61_234))
            record["completion"] = self.random.choice((UNKNOWN_COMPLETION, 0, 905, 1000))
            never = (0 if record["kind"] in kinds.PLAYS else COUNTED) | (
                BOT if self.random.random() < 0.9 else 0
            )
            record["flags"] = self.random.randrange(64) & ~never
            record["listener64"] = self.random.randrange(5)
            texts = {name: self.random.choice(("", *values)) for name, values in VALUES.items()}
            rows.append(
                Cold(content, identity, "x", self.random.choice(TYPES), userId="u", sessionId="s", **texts)
            )
        return Batch(records, rows, np.full(size, self.position(), np.uint64))

    def _identity(self) -> tuple[str, str, int]:
        pick = self.random.random()
        start = self.begin - 3 * QUARTER_MS if pick < 0.2 else self.now
        if pick > 0.9:
            start -= self.random.choice((DAY_MS, 40 * DAY_MS, 400 * DAY_MS))
        start = bucket_of(start) + self.random.choice((0, 1, QUARTER_MS // 2, QUARTER_MS - 1))
        return self.random.choice(CONTENTS), f"p{self.random.randrange(4)}", start

    def buckets(self) -> tuple[int, int]:
        first = bucket_of(self.now - self.random.choice((0, 1, 8, 30, 10_000)) * HOUR)
        return first, first + self.random.choice((0, 3, 100)) * QUARTER_MS

    def provisional(self, shard: int, tables: Tables, closed: int) -> list[list[Any]]:
        """The row of an open bucket: what raw holds of it, or something else."""
        bucket = max(closed + QUARTER_MS, bucket_of(self.now) - self.random.randrange(3) * QUARTER_MS)
        content = self.random.choice(CONTENTS)
        events = [tables.events[event][1] for event in tables.of_bucket[shard, bucket, content]]
        measures, maps = counted(events)
        if self.random.random() < 0.3:
            measures = tuple(self.random.randrange(3) for _ in MEASURES)
        row = [
            QUARTER,
            bucket // 1000,
            shard,
            content,
            self.position(),
            self.random.choice(TYPES),
            *measures,
        ]
        return [[value] for value in (*row, *(dict(values) for values in maps))]


@pytest.fixture
def real(clickhouse_server: TestClickHouse) -> Iterator[Client]:
    migrate(clickhouse_server.url)
    client = clickhouse_server.client()
    yield client
    client.close()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_recount_of_the_simulation_is_that_of_clickhouse(real: Client, seed: int) -> None:
    chance, tables = Chance(seed), Tables()
    upto = bucket_of(chance.now) - 5 * QUARTER_MS
    stores: tuple[Store, Store] = (
        Store(lambda _: real, threading.Event()), SimulatedStore(tables, lambda: None)
    )  # fmt: skip
    with silence():
        sides = [Side(store, upto) for store in stores]
        for step in range(STEPS):
            chance.now += chance.random.choice((0, 1_000, MINUTE_MS, 5 * MINUTE_MS, 20 * MINUTE_MS))
            shard = chance.random.randrange(SHARDS)
            happen(chance, shard, step, sides, tables)
            assert sides[0].told() == sides[1].told(), step
            assert [r.tally for r in sides[0].recounts] == [r.tally for r in sides[1].recounts], step
        for number in (1, 2):
            for shard in range(SHARDS):
                settle(chance.now + number * 3 * HOUR, chance.position(), 1e9 + number * 60, shard, sides)
    assert sides[0].told() == sides[1].told()
    assert rolled_up(real) == {
        **{("quarter", *key): row for key, row in tables.quarters.items()},
        **{("day", *key): row for key, row in tables.days.items()},
    }
    assert site_rows(real) == {
        (name, shard, at): (row.version, row.measures, row.maps)
        for name, length in (("quarter", QUARTER_MS), ("day", DAY_MS))
        for (shard, at, _), row in tables.site[length].items()
    }
    assert raw_rows(real) == {key: version for key, (version, _) in tables.events.items()}
    assert any(row.differs for row in tables.quarters.values())
    assert len(tables.days) > 3


def happen(chance: Chance, shard: int, step: int, sides: list[Side], tables: Tables) -> None:
    """Let the same thing happen on both sides."""
    pick = chance.random.random()
    recounts = [side.recounts[shard] for side in sides]
    if pick < 0.45:
        arrive(chance.batch(), shard, sides)
    elif pick < 0.65:
        row = chance.provisional(shard, tables, recounts[0].closed)
        assert [side.store.insert_provisional(row) for side in sides] == [{}, {}]
    elif pick < 0.72:
        first, last = chance.buckets()
        for each in recounts:
            if first <= each.closed:
                each.marks.add_range(first, min(last, each.closed), step + 1)
    elif pick < 0.75:
        for each in recounts:
            each.rebuild()
    elif pick < 0.8:
        ask(*chance.buckets(), shard, sides)
    else:
        # Sometimes the raw position is older than the newest raw row, as after a restart.
        raw = chance.position() - chance.random.choice((0, 0, (10 * MINUTE_MS) << SEQ_BITS))
        settle(chance.now, raw, step * chance.random.choice((1, 60)), shard, sides)


def arrive(batch: Batch, shard: int, sides: list[Side]) -> None:
    marks, columns = late_marks(batch), event_columns(folded(batch), shard)
    for side in sides:
        assert side.store.insert_events(columns) == {}
        recounts = side.recounts[shard]
        recounts.marks.add({key: at for key, at in marks.items() if key[0] <= recounts.closed})


def ask(first: int, last: int, shard: int, sides: list[Side]) -> None:
    real, simulated = (side.store for side in sides)
    assert real.next_bucket(shard, first, last) == simulated.next_bucket(shard, first, last)
    assert real.differing(shard, first, last) == simulated.differing(shard, first, last)
    assert real.closed() == simulated.closed()


def settle(clock: int, raw: int, now: float, shard: int, sides: list[Side]) -> None:
    closed = [side.recounts[shard].settle(clock, raw, now, {}) for side in sides]
    assert closed[0] == closed[1]


def rolled_up(client: Client) -> dict[tuple[str, int, int, str], tuple[Any, ...]]:
    """(grain, shard, start in ms, contentId) -> the row that stands, as the simulation holds it."""
    columns = ", ".join((*MEASURES, *BREAKDOWNS))
    found = client.query(
        "select toString(grain), shard, toUnixTimestamp(at) * 1000, contentId, version, contentType, differs,"
        f" {columns} from rollup final"
    )
    rows = {}
    for row in found.result_rows:
        measures, maps = row[7 : 7 + len(MEASURES)], row[7 + len(MEASURES) :]
        rows[tuple(row[:4])] = (row[4], tuple(measures), tuple(maps), row[5], row[6])
    return rows


def site_rows(client: Client) -> dict[tuple[str, int, int], tuple[Any, ...]]:
    """(grain, shard, start in ms) -> version, measures and breakdowns of the site's row that stands."""
    columns = ", ".join((*MEASURES, *BREAKDOWNS))
    found = client.query(
        f"select toString(grain), shard, toUnixTimestamp(at) * 1000, version, {columns} from site_counts final"
    )
    ends = 4 + len(MEASURES)
    return {tuple(row[:3]): (row[3], tuple(row[4:ends]), tuple(row[ends:])) for row in found.result_rows}


def raw_rows(client: Client) -> dict[tuple[int, str, int, str], int]:
    found = client.query("select shard, contentId, toUnixTimestamp64Milli(ts), id, version from events final")
    return {
        (shard, content, ts, identity): version for shard, content, ts, identity, version in found.result_rows
    }
