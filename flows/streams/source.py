"""The one source: Redis Streams, as items of one XREAD reply, keyed by stream."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition

from flows.streams.reader import Item, StreamReader

PART = "redis"


class RedisStreams(FixedPartitionedSource[Item, dict[str, str]]):
    """All streams of a flow process as one partition: one round trip a read, one set of positions."""

    def __init__(self, reader: StreamReader) -> None:
        self._reader = reader

    def list_parts(self) -> list[str]:
        """Return the one partition."""
        return [PART]

    def build_part(self, step_id: str, for_part: str, resume_state: dict[str, str] | None) -> _Partition:
        """Return the partition, at the positions of the snapshot if there is one."""
        self._reader.resume(resume_state)
        if resume_state is None:
            self._reader.forget_two_ago()
        return _Partition(self._reader)


class _Partition(StatefulSourcePartition[Item, dict[str, str]]):
    def __init__(self, reader: StreamReader) -> None:
        self._reader = reader
        self._pause = 0.0

    def next_batch(self) -> list[Item]:
        # Asked to stop, the source ends: Bytewax then takes a last snapshot and leaves with 0.
        if self._reader.stop.is_set():
            raise StopIteration
        items, self._pause = self._reader.read()
        return items

    def next_awake(self) -> datetime | None:
        if not self._pause:
            return None
        return datetime.now(UTC) + timedelta(seconds=self._pause)

    def snapshot(self) -> dict[str, str]:
        return self._reader.snapshot()

    def close(self) -> None: ...


def key_of(item: Item) -> str:
    """Return the key of an item's shard or part: the number between the braces of the stream's name."""
    return item.stream[item.stream.index("{") + 1 : item.stream.index("}")]


def shard_of(item: Any) -> int:
    """Return an item's shard as a number."""
    return int(key_of(item))
