"""The one bridge between a tracker and Bytewax: state keyed by shard, snapshots by chunk.

Bytewax snapshots a key whole, and only keys that something happened to in the epoch. So a tracker is two steps.
The first, keyed by shard, does the work; what it keeps itself is small. The second, keyed by shard and chunk,
does nothing but answer `snapshot` for a chunk of the tracker: the first step wakes the keys of the chunks that
changed. When an epoch ends Bytewax asks the first step before the second, so the first freezes all of it at one
moment and the second only hands it over, an epoch at a time (the first may be several epochs ahead).

Step ids and keys are a data format: changing one loses the state under it.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from datetime import UTC, datetime
from typing import Final, NamedTuple, Protocol

import bytewax.operators as op
import zstandard
from bytewax.dataflow import Stream
from bytewax.operators import KeyedStream, StatefulBatchLogic

from flows.process.gauges import Gauges
from flows.streams.reader import Item
from flows.streams.sink import Write

_SEPARATOR: Final = "|"
# With a checksum: what a bad disk did to a snapshot must not become counts.
_PACK: Final = zstandard.ZstdCompressor(level=1, write_checksum=True)
_UNPACK: Final = zstandard.ZstdDecompressor()


class Shell(Protocol):
    """What the bridge needs of the shell around a tracker. One shell is one shard, or one part of the persons."""

    def take(self, items: list[Item], now: float) -> list[Write]:
        """Take items of the shard at a wall-clock time in seconds; return what is to be written."""

    def wake(self, now: float) -> list[Write]:
        """Do what is due at a time."""

    def due(self) -> float | None:
        """Return when `wake` wants to be called, in seconds, None for never."""

    def freeze(self) -> bytes:
        """Return the tracker's own part of the state."""

    def dirty(self) -> set[str]:
        """Return the names of the chunks that changed since `clean`."""

    def dropped(self) -> set[str]:
        """Return, once, the names of the chunks that are no more."""

    def clean(self) -> None:
        """Forget what changed."""

    def chunk(self, name: str) -> bytes | None:
        """Return a chunk, None if it is no more."""


class Makers(Protocol):
    """How shells come to be."""

    gauges: Gauges

    def fresh(self, shard: int, /) -> Shell:
        """Return the shell of a shard without state."""

    def needed(self, own: bytes) -> set[str]:
        """Return the names of the chunks that a state speaks of."""

    def thawed(self, shard: int, own: bytes, chunks: dict[str, bytes], /) -> Shell:
        """Return the shell of a shard as it was."""


class _Wake(NamedTuple):
    """Tells the second step that a chunk changed, or is no more."""

    key: str
    alive: bool


class _Chunks:
    """Chunks between the two steps of one process: frozen ones on the way out, thawed ones on the way in."""

    def __init__(self) -> None:
        self.frozen: defaultdict[str, deque[bytes]] = defaultdict(deque)
        """Key -> its bytes, one for each epoch that has ended in the first step and not yet in the second."""
        self.thawed: dict[str, bytes] = {}


_Output = tuple[str, Write | _Wake]


class _Tracker(StatefulBatchLogic[Item, _Output, tuple[int, bytes]]):
    def __init__(self, makers: Makers, chunks: _Chunks, state: tuple[int, bytes] | None) -> None:
        self._makers, self._chunks = makers, chunks
        self._shell: Shell | None = None
        self._shard = -1 if state is None else state[0]
        self._waiting: list[Item] = []
        self._woken: set[str] = set()
        self._own = None if state is None else _unpacked(state[1])

    def on_batch(self, values: list[Item]) -> tuple[list[_Output], bool]:
        self._waiting += values
        shell = self._ready()
        if shell is None:
            return [], False
        items, self._waiting = self._waiting, []
        return self._outputs(shell, shell.take(items, _now())), False

    def on_notify(self) -> tuple[list[_Output], bool]:
        if self._waiting:
            return self.on_batch([])
        shell = self._ready()
        return ([] if shell is None else self._outputs(shell, shell.wake(_now()))), False

    def on_eof(self) -> tuple[list[_Output], bool]:
        # At its end Bytewax asks every key for a snapshot, also those where nothing happened.
        if self._shell is not None:
            self._woken = self._makers.needed(self._shell.freeze())
        return [], False

    def notify_at(self) -> datetime | None:
        if self._shell is None:
            return datetime.now(UTC) if self._waiting else None
        due = self._shell.due()
        return None if due is None else datetime.fromtimestamp(due, UTC)

    def snapshot(self) -> tuple[int, bytes]:
        if self._shell is None:
            own = self._own
            assert own is not None
            return self._shard, _packed(own)
        began, size = time.perf_counter(), 0
        for name in self._woken:
            data = self._shell.chunk(name)
            if data is not None:
                packed = _packed(data)
                size += len(packed)
                self._chunks.frozen[f"{self._shard}{_SEPARATOR}{name}"].append(packed)
        self._woken.clear()
        self._shell.clean()
        packed = _packed(self._shell.freeze())
        self._makers.gauges.snapshot(size + len(packed), time.perf_counter() - began)
        return self._shard, packed

    def _ready(self) -> Shell | None:
        """Return the shell; None while chunks of its state are still on their way."""
        if self._shell is not None:
            return self._shell
        if self._own is None:
            if not self._waiting:
                return None
            stream = self._waiting[0].stream
            self._shard = int(stream[stream.index("{") + 1 : stream.index("}")])
            self._shell = self._makers.fresh(self._shard)
            return self._shell
        names = self._makers.needed(self._own)
        keys = {name: f"{self._shard}{_SEPARATOR}{name}" for name in names}
        if any(key not in self._chunks.thawed for key in keys.values()):
            return None
        chunks = {name: _unpacked(self._chunks.thawed.pop(key)) for name, key in keys.items()}
        self._shell = self._makers.thawed(self._shard, self._own, chunks)
        self._own = None
        return self._shell

    def _outputs(self, shell: Shell, writes: list[Write]) -> list[_Output]:
        woken, dropped = shell.dirty() - self._woken, shell.dropped()
        self._woken = (self._woken | woken) - dropped
        wakes = [*((name, True) for name in woken), *((name, False) for name in dropped)]
        outputs: list[_Output] = [
            (f"{self._shard}{_SEPARATOR}{name}", _Wake(name, alive)) for name, alive in wakes
        ]
        return [*outputs, *((str(self._shard), write) for write in writes)]


class _Chunk(StatefulBatchLogic[tuple[str, bool], None, tuple[str, bytes]]):
    def __init__(self, chunks: _Chunks, state: tuple[str, bytes] | None) -> None:
        self._chunks = chunks
        self._key = "" if state is None else state[0]
        self._held = None if state is None else state[1]
        if state is not None:
            chunks.thawed[state[0]] = state[1]

    def on_batch(self, values: list[tuple[str, bool]]) -> tuple[list[None], bool]:
        self._key, alive = values[-1]
        return [], not alive

    def snapshot(self) -> tuple[str, bytes]:
        waiting = self._chunks.frozen.get(self._key)
        data = waiting.popleft() if waiting else self._held
        if waiting is not None and not waiting:
            del self._chunks.frozen[self._key]
        if data is None:
            msg = f"chunk {self._key!r} was woken and not frozen: the steps of the bridge ran out of order"
            raise RuntimeError(msg)
        self._held = None
        return self._key, data


def keep(step_id: str, items: KeyedStream[Item], makers: Makers) -> Stream[tuple[str, Write]]:
    """Run a tracker over items keyed by shard; return what it wants written, keyed by shard."""
    chunks = _Chunks()

    def tracker(state: tuple[int, bytes] | None) -> _Tracker:
        return _Tracker(makers, chunks, state)

    def chunk(state: tuple[str, bytes] | None) -> _Chunk:
        return _Chunk(chunks, state)

    outputs = op.stateful_batch(step_id, items, tracker)
    woken = op.filter_map(f"{step_id}_woken", outputs, _woken)
    op.stateful_batch(f"{step_id}_chunks", woken, chunk)
    return op.filter_map(f"{step_id}_writes", outputs, _written)


def _woken(pair: tuple[str, _Output]) -> tuple[str, tuple[str, bool]] | None:
    key, output = pair[1]
    return (key, (key, output.alive)) if isinstance(output, _Wake) else None


def _written(pair: tuple[str, _Output]) -> tuple[str, Write] | None:
    key, output = pair[1]
    return (key, output) if isinstance(output, Write) else None


def _now() -> float:
    return datetime.now(UTC).timestamp()


def _packed(data: bytes) -> bytes:
    return _PACK.compress(data)


def _unpacked(data: bytes) -> bytes:
    return _UNPACK.decompress(data)
