"""The flow processes: the real sources, shells, bridge, sinks and archive, driven as Bytewax drives them.

A process lives until it is killed. What its recovery folder holds (`Folder`) outlasts it; an epoch is committed
when everything said in it has been written, as Bytewax does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final, NamedTuple, cast

from bytewax.inputs import StatefulSourcePartition

from flows.archive.codes import Codes
from flows.archive.flow import ArchiveStreams
from flows.archive.ledger import Ledger
from flows.archive.shard import ShardArchive
from flows.run import cursors_of
from flows.streams.cursors import WentBack
from flows.streams.reader import Fields, Item, StreamReader
from flows.streams.source import PART, RedisStreams, shard_of
from proofs.simulate.stand_ins.history import SimulatedStore, Tables
from proofs.simulate.stand_ins.redis_client import Connection, RedisClient
from proofs.simulate.stand_ins.redis_data import RedisData
from proofs.simulate.stories.story import ALL, ARCHIVE
from streakline.streams import keys
from streakline.times import enc

Source = StatefulSourcePartition[Item, dict[str, str]]
NOWHERE: Final = "redis://127.0.0.1:1"
"""Nobody connects there: the reader is given its entries."""


class Died(Exception):
    """The process was killed at an edge."""


class Folder:
    """What the recovery folder of a process holds."""

    def __init__(self) -> None:
        self.positions: dict[str, str] | None = None
        """Of each stream the position to read on from; None: the folder is empty."""
        self.own: dict[str, tuple[int, bytes]] = {}
        self.chunks: dict[str, tuple[str, bytes]] = {}


class Host(NamedTuple):
    """Where a process runs."""

    data: RedisData
    folder: Folder
    edge: Callable[[], None]
    """Called wherever it may die."""


class _Reader(StreamReader):
    """The real reader over the stand-in; the scheduler says how many entries a read gives."""

    def __init__(self, data: RedisData, client: Any, name: str, streams: list[str]) -> None:
        shards = sorted({int(stream.partition("{")[2].partition("}")[0]) for stream in streams})
        super().__init__(NOWHERE, streams, followed=cursors_of(name, shards))
        self._redis, self._data = client, data
        self.most = 0

    def _ask(self) -> list[tuple[bytes, list[tuple[bytes, Fields]]]]:
        self._redis.ping()
        found = []
        for stream in self.streams:
            after = self._data.after(stream, enc(self.positions[stream]), self.most)
            found.append((stream.encode(), [(entry.id, entry.fields) for entry in after]))
        return found


class Process:
    """What all flows have: a reader, a source, a folder."""

    def __init__(self, host: Host, name: str, streams: list[str]) -> None:
        self.data, self.folder, self._streams = host.data, host.folder, streams
        self.connection = Connection(host.data, self._connected)
        self.client = cast("Any", RedisClient(host.data, host.edge, self.connection))
        self.reader = _Reader(host.data, self.client, name, streams)
        self.look()
        self.source: Source = self._source()

    def _connected(self, connection: Any) -> None:
        self.reader.cursors.connected(connection)

    def look(self) -> None:
        """Ask Redis for anything, over a new connection if it was started again.

        Raises:
            Died: it went back; whoever starts the process again begins from its folder.
        """
        try:
            self.connection.take()
        except WentBack:
            raise Died from None

    def _source(self) -> Source:
        return RedisStreams(self.reader).build_part("replies", PART, self.folder.positions)

    def has_begun(self, shard: int) -> bool:
        """Tell whether there is a tracker of a shard, which has said so if it began without state."""
        raise NotImplementedError

    def behind(self) -> bool:
        """Tell whether there is something to read."""
        return any(self.data.newest[stream] > enc(self.reader.positions[stream]) for stream in self._streams)

    def read(self, most: int) -> list[Item]:
        """Return what a read gives."""
        self.reader.most = most
        return list(self.source.next_batch())

    def work(self, reads: tuple[int, ...], writes: int) -> None:
        """Read so many times, and do what follows."""
        raise NotImplementedError

    def end_epoch(self, writes: int) -> None:
        """Take a snapshot."""
        raise NotImplementedError

    def stop(self) -> None:
        """Stop in order."""
        raise NotImplementedError


class ArchiveProcess(Process):
    """The archive flow: what it reads it writes at once; its only state is its positions."""

    def __init__(self, host: Host, shards: int, tables: Tables) -> None:
        self._shards = list(range(shards))
        super().__init__(host, ARCHIVE, [one(s) for s in self._shards for one in (keys.events, keys.out)])
        stop = threading.Event()
        store, codes, reader = SimulatedStore(tables, host.edge), Codes(self.client, stop), self.reader
        ledgers = [Ledger(s, self.client, stop, reader.two_ago, reader.cursors) for s in self._shards]
        self.archives = {ledger.shard: ShardArchive(ledger, store, codes) for ledger in ledgers}

    def _source(self) -> Source:
        streams = ArchiveStreams(self.reader, self.client, self._shards)
        return cast("Source", streams.build_part("replies", PART, self.folder.positions))

    def work(self, reads: tuple[int, ...], writes: int) -> None:
        """Do as `HistorySink` does with items and beats."""
        for most in reads:
            self._take_each(self.read(most))
        for archive in self.archives.values():
            archive.settle(self.data.now_ms / 1000)

    def _take_each(self, items: list[Item]) -> None:
        """Take the items of each shard, as a thread each does: when one ends, the others go on with what they have."""
        by_shard: dict[int, list[Item]] = {}
        for item in items:
            by_shard.setdefault(shard_of(item), []).append(item)
        ended: WentBack | None = None
        for some in by_shard.values():
            try:
                self._take_all(some)
            except WentBack as error:
                ended = ended or error
        if ended is not None:
            raise ended

    def _take_all(self, items: list[Item]) -> None:
        for item in items:
            archive = self.archives[shard_of(item)]
            if item.stream == keys.events(shard_of(item)):
                archive.take_events(item.entries)
            else:
                archive.take_outbox(item.entries)
            archive.settle(self.data.now_ms / 1000)

    def has_begun(self, shard: int) -> bool:
        """Tell that archive says so when it starts."""
        return True

    def end_epoch(self, writes: int) -> None:
        """Keep the positions."""
        self.folder.positions = self.source.snapshot()

    def stop(self) -> None:
        """Keep the positions and go."""
        self.end_epoch(ALL)
