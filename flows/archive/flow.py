"""The archive flow: raw rows, provisional rows, closing and recounts. The only flow that knows ClickHouse."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import bytewax.operators as op
import redis
import structlog
from bytewax.dataflow import Dataflow
from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from clickhouse_connect.driver.client import Client

import sql.connection
from flows.archive.codes import Codes
from flows.archive.gathering import Gathering
from flows.archive.ledger import Ledger
from flows.archive.mending import Mender
from flows.archive.shard import ShardArchive
from flows.archive.store import Store
from flows.process.gauges import Gauges
from flows.streams.reader import Item, StreamReader, connect
from flows.streams.sink import retry
from flows.streams.source import RedisStreams, shard_of
from streakline.settings import Settings
from streakline.streams import keys, progress

log = structlog.get_logger()

BEAT_SECONDS: Final = 0.1
"""How often it is asked whether a recount is due, also when nothing comes in."""
BEAT: Final = "beat"


def topology(
    source: FixedPartitionedSource[Item, Any],
    beats: FixedPartitionedSource[Item, Any],
    sink: DynamicSink[Item],
) -> Dataflow:
    """Return the archive flow."""
    flow = Dataflow("archive")
    replies = op.input("replies", flow, source)
    every_beat = op.input("beats", flow, beats)
    op.output("history", op.merge("items", replies, every_beat), sink)
    return flow


def flow(reader: StreamReader, settings: Settings, shards: list[int], gauges: Gauges) -> Dataflow:
    """Return the archive flow of a process, with its connections. `streakline migrate` comes before."""
    client = connect(settings.redis_url, reader.cursors)

    pool = sql.connection.pool(len(shards))

    def clickhouse(seconds: int) -> Client:
        return sql.connection.connect(settings.clickhouse_url, seconds=seconds, pool=pool)

    codes = Codes(client, reader.stop)
    ledgers = [Ledger(shard, client, reader.stop, reader.two_ago, reader.cursors) for shard in shards]
    # A store each: a shard that has lost its connection must not close one that others are using.
    mender, gathering = Mender(at_start=True), Gathering()
    far = not sql.connection.is_on_this_machine(settings.clickhouse_url)
    archives = {
        ledger.shard: ShardArchive(
            ledger, Store(clickhouse, reader.stop, mender, gathering, compressed=far), codes
        )
        for ledger in ledgers
    }
    sink = HistorySink(archives, gauges, gathering)
    return topology(ArchiveStreams(reader, client, shards), Beats(reader.stop), sink)


class ArchiveStreams(RedisStreams):
    """The streams, and a word to trimming when this flow begins without state."""

    def __init__(self, reader: StreamReader, client: redis.Redis, shards: list[int]) -> None:
        super().__init__(reader)
        self._stop, self._client, self._shards = reader.stop, client, shards

    def build_part(self, step_id: str, for_part: str, resume_state: dict[str, str] | None) -> Any:
        """Return the partition; without state nothing may be trimmed before it has three snapshots."""
        if resume_state is None:
            retry("trimming stands still", self._stop, self._forget)
        return super().build_part(step_id, for_part, resume_state)

    def _forget(self) -> None:
        pipe = self._client.pipeline(transaction=False)
        for shard in self._shards:
            pipe.hdel(keys.progress(shard), progress.ARCHIVE.two_ago, progress.ARCHIVE_OUT.two_ago)
        pipe.execute()


class Beats(FixedPartitionedSource[Item, None]):
    """An empty item every now and then."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def list_parts(self) -> list[str]:
        """Return the one partition."""
        return [BEAT]

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> _Beats:
        """Return the partition."""
        return _Beats(self._stop)


class _Beats(StatefulSourcePartition[Item, None]):
    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._next = datetime.now(UTC)

    def next_batch(self) -> list[Item]:
        if self._stop.is_set():
            raise StopIteration
        self._next = datetime.now(UTC) + timedelta(seconds=BEAT_SECONDS)
        return [Item(BEAT, [])]

    def next_awake(self) -> datetime | None:
        return self._next

    def snapshot(self) -> None:
        return None

    def close(self) -> None: ...


class HistorySink(DynamicSink[Item]):
    """Hands every item to the archive of its shard, synchronously and in order; shards wait for their servers at once.

    Most of a batch is waiting for ClickHouse: one shard after another, archive would be idle half of its time. What
    shards insert at the same time is one statement (`gathering`, which their stores share).
    """

    def __init__(self, archives: dict[int, ShardArchive], gauges: Gauges, gathering: Gathering) -> None:
        self._archives, self._gauges, self._gathering = archives, gauges, gathering

    def build(self, step_id: str, worker_index: int, worker_count: int) -> _HistoryPartition:
        """Return the writer of this worker."""
        return _HistoryPartition(self._archives, self._gauges, self._gathering)


class _HistoryPartition(StatelessSinkPartition[Item]):
    def __init__(self, archives: dict[int, ShardArchive], gauges: Gauges, gathering: Gathering) -> None:
        self._archives, self._gauges, self._gathering = archives, gauges, gathering
        self._threads = ThreadPoolExecutor(max(1, len(archives)), "shard")

    def write_batch(self, items: list[Item]) -> None:
        started = time.perf_counter()
        by_shard: dict[int, list[Item]] = {}
        for item in items:
            if item.stream != BEAT:
                by_shard.setdefault(shard_of(item), []).append(item)
        self._gathering.begin(len(by_shard))
        if len(by_shard) > 1:
            running = [self._threads.submit(self._take_all, some) for some in by_shard.values()]
            wait(running)  # all of them, whatever one of them has to say
            for one in running:
                one.result()
        else:
            for some in by_shard.values():
                self._take_all(some)
        if len(items) > sum(map(len, by_shard.values())):
            for archive in self._archives.values():
                archive.settle(time.monotonic())
        for archive in self._archives.values():
            self._gauges.took(archive, (time.perf_counter() - started) / len(self._archives))

    def _take_all(self, items: list[Item]) -> None:
        with self._gathering.works():
            for item in items:
                self._take(item)

    def _take(self, item: Item) -> None:
        shard = shard_of(item)
        archive = self._archives[shard]
        if item.stream == keys.events(shard):
            archive.take_events(item.entries)
        else:
            archive.take_outbox(item.entries)
        archive.settle(time.monotonic())

    def close(self) -> None:
        self._threads.shutdown()
