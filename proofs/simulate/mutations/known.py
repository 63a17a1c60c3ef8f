"""Known faults, put into the product while a simulation runs: each must turn it red.

A fault is a list of replacements: where, which name, and what stands there instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from unittest.mock import patch

import msgspec
import numpy as np

from flows import bridge, content
from flows.archive import raw as archive_raw
from flows.archive import recounts as archive_recounts
from flows.archive import rows as archive_rows
from flows.archive.ledger import HeldBase
from flows.archive.marks import Key, Marks
from flows.archive.shard import ShardArchive
from flows.streams.sink import Write
from proofs.simulate.mutations import owners, rollback
from proofs.simulate.mutations.rollback import Replacement
from streakline import lateness, times
from streakline.counting import bucket_chunks, bucket_log
from streakline.counting import snapshot as content_snapshot
from streakline.counting.tracker import ContentTracker
from streakline.people.presence import PresenceTracker
from streakline.streams import keys, trims
from streakline.streams.partitions import Partitions


def _no_silence_after_restart() -> list[Replacement]:
    """A restarted content flow says again what it said before, from its older state."""
    begin = content.ContentShell.__init__

    def talkative(self: content.ContentShell, *arguments: Any) -> None:
        begin(self, *arguments)
        self._silent_until = 0

    return [(content.ContentShell, "__init__", talkative)]


def _recount_an_open_bucket() -> list[Replacement]:
    """Archive closes a bucket at its end and forgets the hour in which events still come."""
    return [
        (
            archive_recounts,
            "newest_closed",
            lambda clock: lateness.newest_closed(clock + lateness.LATENESS_MS),
        )
    ]


def _mark_hides_an_older_one() -> list[Replacement]:
    """A mark takes the position of the newest late event, not of the oldest."""

    def add(self: Marks, marks: Mapping[Key, int]) -> dict[str, int]:
        self.keys.update(marks)
        return {f"{bucket}|{name}": position for (bucket, name), position in marks.items()}

    return [(Marks, "add", add)]


def _trim_at_now() -> list[Replacement]:
    """The ticker cuts streams at the newest entry, whoever has read it."""

    def trim_to(_two_ago: Any, now_ms: int, **_: Any) -> str | None:
        return times.dec(now_ms << times.SEQ_BITS)

    return [(trims, "trim_to", trim_to)]


def _drop_pending_candidates() -> list[Replacement]:
    """A snapshot leaves out the candidates that have not been sent."""
    freeze = content_snapshot.freeze

    def frozen(tracker: ContentTracker) -> bytes:
        facts = msgspec.msgpack.decode(freeze(tracker), strict=False)
        return msgspec.msgpack.encode({**facts, "seen": b""})

    return [(content_snapshot, "freeze", frozen)]


def _snapshot_mixes_epochs() -> list[Replacement]:
    """The second step of the bridge hands over the newest state of a chunk, not that of its epoch."""

    def snapshot(self: bridge._Chunk) -> tuple[str, bytes]:
        waiting = self._chunks.frozen.get(self._key)
        self._held = waiting.pop() if waiting else self._held
        assert self._held is not None
        return self._key, self._held

    return [(bridge._Chunk, "snapshot", snapshot)]


def _forget_what_is_unwritten() -> list[Replacement]:
    """A snapshot leaves out which rows have changed and are not yet written."""
    thaw = content_snapshot.thaw

    def forgetful(own: bytes, chunks: dict[str, bytes], max_ids: int) -> ContentTracker:
        tracker = thaw(own, chunks, max_ids)
        for bucket in tracker.buckets.values():
            bucket.unwritten[:] = False
        return tracker

    return [(content_snapshot, "thaw", forgetful)]


def _forget_who_listened() -> list[Replacement]:
    """A snapshot leaves out whose plays the open quarter hours hold."""

    def forgetful(entries: bytes, number: int) -> Any:
        log = bucket_log.thawed(entries, number).copy()
        log["listener64"] = 0
        return log

    return [(bucket_chunks, "thawed", forgetful)]


def _progress_before_outputs() -> list[Replacement]:
    """The progress of a batch goes to Redis in a MULTI of its own, before what it speaks of."""
    wake = content.ContentShell.wake

    def torn(self: content.ContentShell, now: float) -> list[Write]:
        writes = wake(self, now)
        commands = [command for write in writes for command in write.commands]
        notes = [command for command in commands if ":progress" in str(command[1])]
        rest = [command for command in commands if command not in notes]
        return [Write(some) for some in (notes, rest) if some]

    return [(content.ContentShell, "wake", torn)]


def _progress_before_raw_rows() -> list[Replacement]:
    """Archive notes how far it is before the raw rows are inserted."""
    take = ShardArchive.take_events

    def hasty(self: ShardArchive, entries: Any) -> None:
        recounts = self._opened()
        if recounts is not None and entries:
            self._ledger.write([("HSET", keys.progress(self._shard), "archive", entries[-1][0])])
        take(self, entries)

    return [(ShardArchive, "take_events", hasty)]


def _close_without_the_outbox() -> list[Replacement]:
    """Archive closes by its raw position alone; provisional rows may not be there yet."""
    return [(ShardArchive, "clock", property(lambda self: self._raw >> times.SEQ_BITS))]


def _close_without_raw_rows() -> list[Replacement]:
    """Archive closes by the outbox alone; raw rows may not be there yet."""
    return [(ShardArchive, "clock", property(lambda self: self._out >> times.SEQ_BITS))]


def _late_by_arrival_only() -> list[Replacement]:
    """No late row is marked: history keeps what stood at the close."""
    return [(archive_raw, "late_marks", lambda _: {})]


def _a_quarter_later() -> list[Replacement]:
    """Archive calls an event late a quarter hour after the content flow does."""
    return [
        (
            archive_rows,
            "is_late",
            lambda accepted, bucket: lateness.is_late(accepted - times.QUARTER_MS, bucket),
        )
    ]


def _base_without_taking_away() -> list[Replacement]:
    """A recount adds to the lifetime of the shard, and does not take away what stood."""
    of = HeldBase.of
    return [(HeldBase, "of", lambda self, names: of(self, names)._replace(contents={}))]


def _first_event_of_a_play_stands() -> list[Replacement]:
    """Archive keeps the first event of a play in a batch, not the longest."""
    return [(archive_rows, "_lengths", lambda records: np.zeros(len(records), np.uint32))]


def _persons_by_their_contents_number() -> list[Replacement]:
    """Candidates go to as many parts of the persons as there are shards of contents."""
    begin = content.ContentShells.__init__

    def of_one_number(
        self: content.ContentShells, client: Any, reader: Any, both: Partitions, *more: Any
    ) -> None:
        begin(self, client, reader, both._replace(parts=both.shards), *more)

    return [(content.ContentShells, "__init__", of_one_number)]


def _presence_forgets_the_future() -> list[Replacement]:
    """Persons whose minute has not come yet are left out of snapshots."""
    freeze = PresenceTracker.freeze

    def frozen(self: PresenceTracker) -> bytes:
        facts = msgspec.msgpack.decode(freeze(self), strict=False)
        return msgspec.msgpack.encode({**facts, "ahead": []})

    return [(PresenceTracker, "freeze", frozen)]


_KNOWN: Final[dict[str, Callable[[], list[Replacement]]]] = {
    fault.__name__[1:].replace("_", "-"): fault
    for fault in (
        _no_silence_after_restart, _recount_an_open_bucket, _mark_hides_an_older_one, _trim_at_now,
        _drop_pending_candidates, _snapshot_mixes_epochs, _forget_what_is_unwritten, _progress_before_outputs,
        _forget_who_listened,
        _progress_before_raw_rows, _close_without_the_outbox, _close_without_raw_rows, _late_by_arrival_only,
        _a_quarter_later, _base_without_taking_away, _first_event_of_a_play_stands, _presence_forgets_the_future,
        _persons_by_their_contents_number,
        *rollback.FAULTS, *owners.FAULTS,
    )
}  # fmt: skip
NAMES: Final = tuple(_KNOWN)


def explained(name: str) -> str:
    """Return what a fault does, as a sentence."""
    return str(_KNOWN[name].__doc__)


@contextmanager
def mutated(name: str | None) -> Iterator[None]:
    """Put a known fault into the product, None for none."""
    with ExitStack() as stack:
        for place, attribute, instead in _KNOWN[name]() if name else ():
            stack.enter_context(patch.object(place, attribute, instead))
        yield
