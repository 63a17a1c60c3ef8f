"""The bridge keeps a tracker's state through crashes, chunk by chunk, in a real Bytewax run."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import bytewax.operators as op
import msgspec
import pytest
from bytewax.dataflow import Dataflow
from bytewax.inputs import AbortExecution, FixedPartitionedSource, StatefulSourcePartition
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.testing import TestingSink, run_main

from flows.bridge import keep
from flows.process.gauges import Gauges
from flows.streams.reader import Item
from flows.streams.sink import Write
from flows.streams.source import key_of


class Tally:
    """A tracker of the simplest kind: counts words, one chunk a first letter; a word in capitals drops a letter."""

    def __init__(self, chunks: dict[str, dict[str, int]]) -> None:
        self.chunks = chunks
        self._dirty: set[str] = set()
        self._dropped: set[str] = set()

    def take(self, items: list[Item], now: float) -> list[Write]:
        writes = []
        for item in items:
            for _, fields in item.entries:
                word = fields[b"w"].decode()
                letter = word[0].lower()
                if word.isupper():
                    self.chunks.pop(letter, None)
                    self._dropped.add(letter)
                    self._dirty.discard(letter)
                    continue
                words = self.chunks.setdefault(letter, {})
                words[word] = words.get(word, 0) + 1
                self._dirty.add(letter)
                writes.append(Write([(word, words[word])]))
        return writes

    def wake(self, now: float) -> list[Write]:
        return []

    def due(self) -> float | None:
        return None

    def freeze(self) -> bytes:
        return msgspec.msgpack.encode(sorted(self.chunks))

    def dirty(self) -> set[str]:
        return set(self._dirty)

    def dropped(self) -> set[str]:
        dropped, self._dropped = self._dropped, set()
        return dropped - set(self.chunks)

    def clean(self) -> None:
        self._dirty.clear()

    def chunk(self, name: str) -> bytes | None:
        return msgspec.msgpack.encode(self.chunks[name]) if name in self.chunks else None


class Tallies:
    def __init__(self) -> None:
        self.gauges = Gauges("tally", "0")

    def fresh(self, shard: int) -> Tally:
        return Tally({})

    def needed(self, own: bytes) -> set[str]:
        return set(msgspec.msgpack.decode(own, type=list[str]))

    def thawed(self, shard: int, own: bytes, chunks: dict[str, bytes]) -> Tally:
        return Tally({name: msgspec.msgpack.decode(data) for name, data in chunks.items()})


def item(shard: int, *words: str) -> Item:
    return Item(f"sl:{{{shard}}}:events", [(b"1-0", {b"w": word.encode()}) for word in words])


class Crashing(FixedPartitionedSource[Item, int]):
    """Gives one item after another and crashes before the one with a given number.

    (Bytewax' own TestingSource leaves its sentinels out of its positions, so it repeats items after an ABORT.)
    """

    def __init__(self, items: list[Item], crash_before: int | None) -> None:
        self.items, self.crash_before = items, crash_before

    def list_parts(self) -> list[str]:
        return ["one"]

    def build_part(self, step_id: str, for_part: str, resume_state: int | None) -> CrashingPart:
        return CrashingPart(self, resume_state or 0)


class CrashingPart(StatefulSourcePartition[Item, int]):
    def __init__(self, source: Crashing, at: int) -> None:
        self.source, self.at = source, at

    def next_batch(self) -> list[Item]:
        if self.at == self.source.crash_before:
            raise AbortExecution
        if self.at == len(self.source.items):
            raise StopIteration
        self.at += 1
        return [self.source.items[self.at - 1]]

    def snapshot(self) -> int:
        return self.at


def run(
    source: list[Item],
    folder: Path,
    out: list[tuple[str, Write]],
    epoch: timedelta,
    crash_before: int | None = None,
) -> None:
    flow = Dataflow("tally")
    items = op.key_on("by_shard", op.input("items", flow, Crashing(source, crash_before)), key_of)
    op.output("out", keep("tallied", items, Tallies()), TestingSink(out))
    run_main(flow, epoch_interval=epoch, recovery_config=RecoveryConfig(folder, timedelta(0)))


def last(out: list[tuple[str, Write]]) -> dict[tuple[str, object], object]:
    return {(key, write.commands[0][0]): write.commands[0][1] for key, write in out}


@pytest.mark.parametrize("epoch", [timedelta(0), timedelta(seconds=10)])
def test_counts_go_on_exactly_after_crashes(tmp_path: Path, epoch: timedelta) -> None:
    init_db_dir(tmp_path, 1)
    source = [
        item(0, "ant", "bee", "ant"),
        item(1, "ant"),
        item(0, "cow"),
        item(0, "ant"),
        item(1, "ant", "bat"),
        item(0, "bee", "cow"),
    ]
    out: list[tuple[str, Write]] = []
    for crash_before in (1, 3, 5, None):
        run(source, tmp_path, out, epoch, crash_before)
    assert last(out) == {
        ("0", "ant"): 3, ("0", "bee"): 2, ("0", "cow"): 2, ("1", "ant"): 2, ("1", "bat"): 1,
    }  # fmt: skip


def test_a_clean_end_keeps_chunks_that_did_not_change_in_the_last_epoch(tmp_path: Path) -> None:
    init_db_dir(tmp_path, 1)
    source = [item(0, "ant", "bee"), item(0, "cow"), item(0, "ant", "bee", "cow")]
    out: list[tuple[str, Write]] = []
    run(source[:2], tmp_path, out, timedelta(0))
    run(source, tmp_path, out, timedelta(0))
    assert last(out) == {("0", "ant"): 2, ("0", "bee"): 2, ("0", "cow"): 2}


def test_a_dropped_chunk_does_not_come_back(tmp_path: Path) -> None:
    init_db_dir(tmp_path, 1)
    source = [item(0, "ant", "bee"), item(0, "ANY"), item(0, "ant"), item(0, "ant", "bee")]
    out: list[tuple[str, Write]] = []
    for crash_before in (2, 3, None):
        run(source, tmp_path, out, timedelta(0), crash_before)
    assert last(out) == {("0", "ant"): 2, ("0", "bee"): 2}
