"""The job as a dataflow: `python -m bench.peers.job IN OUT`. One key a shard around a pure tracker, as in `flows`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import bytewax.operators as op
import zstandard
from bytewax.connectors.files import FileSink
from bytewax.dataflow import Dataflow
from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition
from bytewax.operators import StatefulBatchLogic
from bytewax.testing import run_main

from bench.peers.minutes import MinutesTracker

BLOCK: Final = 1 << 21
"""Bytes read at once: about 8,000 events, no more than a reply that the flows read from a backlog."""
SHARD: Final = "0"


class Blocks(FixedPartitionedSource[tuple[str, bytes], int]):
    """A file as blocks of whole lines."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def list_parts(self) -> list[str]:
        """Return the one partition."""
        return [str(self._path)]

    def build_part(self, step_id: str, for_part: str, resume_state: int | None) -> _Part:
        """Return the partition, at a place in the file."""
        return _Part(self._path, resume_state or 0)


class _Part(StatefulSourcePartition[tuple[str, bytes], int]):
    def __init__(self, path: Path, place: int) -> None:
        self._file = path.open("rb")
        self._file.seek(place)

    def next_batch(self) -> list[tuple[str, bytes]]:
        block = self._file.read(BLOCK) + self._file.readline()
        if not block:
            raise StopIteration
        return [(SHARD, block)]

    def snapshot(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._file.close()


class Logic(StatefulBatchLogic[bytes, str, bytes]):
    """The tracker's shell."""

    def __init__(self, state: bytes | None) -> None:
        self._tracker = MinutesTracker()
        if state is not None:
            self._tracker = MinutesTracker.thaw(zstandard.ZstdDecompressor().decompress(state))

    def on_batch(self, values: list[bytes]) -> tuple[list[str], bool]:
        """Count blocks; say the minutes that are over."""
        return ["\n".join(rows) for block in values if (rows := self._tracker.take(block))], False

    def on_eof(self) -> tuple[list[str], bool]:
        """Say what is left."""
        rows = self._tracker.rows()
        if self._tracker.late:
            sys.stderr.write(f"{self._tracker.late} events came too late\n")
        return ["\n".join(rows)] if rows else [], True

    def snapshot(self) -> bytes:
        """Return the state as compressed plain bytes."""
        return zstandard.ZstdCompressor(level=1).compress(self._tracker.freeze())


def topology(source: Path, target: Path) -> Dataflow:
    """Return the dataflow from one file to another."""
    flow = Dataflow("minutes")
    blocks = op.input("blocks", flow, Blocks(source))
    rows = op.stateful_batch("counted", blocks, Logic)
    op.output("rows", rows, FileSink(target))
    return flow


if __name__ == "__main__":
    run_main(topology(Path(sys.argv[1]), Path(sys.argv[2])))  # type: ignore[no-untyped-call]
