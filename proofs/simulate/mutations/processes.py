"""Known faults of a flow by itself: what it writes, keeps, marks and closes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
from proofs.simulate.mutations.fault import fault
from streakline import lateness, times
from streakline.counting import bucket_chunks
from streakline.counting import snapshot as content_snapshot
from streakline.counting.tracker import ContentTracker
from streakline.people.presence import PresenceTracker
from streakline.streams import keys, trims
from streakline.streams.partitions import Partitions


@fault(content.ContentShell, "__init__")
def no_silence_after_restart(begin: Any, shell: content.ContentShell, *arguments: Any) -> None:
    """A restarted content flow says again what it said before, from its older state."""
    begin(shell, *arguments)
    shell._silent_until = 0


@fault(archive_recounts, "newest_closed")
def recount_an_open_bucket(newest_closed: Any, clock: int) -> int:
    """Archive closes a bucket at its end and forgets the hour in which events still come."""
    return int(newest_closed(clock + lateness.LATENESS_MS))


@fault(Marks, "add")
def mark_hides_an_older_one(_add: Any, own: Marks, marks: Mapping[Key, int]) -> dict[str, int]:
    """A mark takes the position of the newest late event, not of the oldest."""
    own.keys.update(marks)
    return {f"{bucket}|{name}": position for (bucket, name), position in marks.items()}


@fault(trims, "trim_to")
def trim_at_now(_trim_to: Any, _two_ago: Any, now_ms: int, **_: Any) -> str:
    """The ticker cuts streams at the newest entry, whoever has read it."""
    return times.dec(now_ms << times.SEQ_BITS)


@fault(content_snapshot, "freeze")
def drop_pending_candidates(freeze: Any, tracker: ContentTracker) -> bytes:
    """A snapshot leaves out the candidates that have not been sent."""
    return _changed(freeze(tracker), seen=b"")


@fault(bridge._Chunk, "snapshot")
def snapshot_mixes_epochs(_snapshot: Any, chunk: bridge._Chunk) -> tuple[str, bytes]:
    """The second step of the bridge hands over the newest state of a chunk, not that of its epoch."""
    waiting = chunk._chunks.frozen.get(chunk._key)
    chunk._held = waiting.pop() if waiting else chunk._held
    assert chunk._held is not None
    return chunk._key, chunk._held


@fault(content_snapshot, "thaw")
def forget_what_is_unwritten(thaw: Any, *arguments: Any) -> Any:
    """A snapshot leaves out which rows have changed and are not yet written."""
    tracker = thaw(*arguments)
    for bucket in tracker.buckets.values():
        bucket.unwritten[:] = False
    return tracker


@fault(content.ContentShell, "wake")
def progress_before_outputs(wake: Any, shell: content.ContentShell, now: float) -> list[Write]:
    """The progress of a batch goes to Redis in a MULTI of its own, before what it speaks of."""
    commands = [command for write in wake(shell, now) for command in write.commands]
    progress = [command for command in commands if ":progress" in str(command[1])]
    rest = [command for command in commands if command not in progress]
    return [Write(some) for some in (progress, rest) if some]


@fault(bucket_chunks, "thawed")
def forget_who_listened(thawed: Any, entries: bytes, number: int) -> Any:
    """A snapshot leaves out whose plays the open quarter hours hold."""
    log = thawed(entries, number).copy()
    log["listener64"] = 0
    return log


@fault(ShardArchive, "take_events")
def progress_before_raw_rows(take: Any, archive: ShardArchive, entries: Any) -> None:
    """Archive reports how far it is before the raw rows are inserted."""
    if archive._opened() is not None and entries:
        archive._ledger.write([("HSET", keys.progress(archive._shard), "archive", entries[-1][0])])
    take(archive, entries)


@fault(ShardArchive, "clock")
def close_without_the_outbox(_clock: Any, archive: ShardArchive) -> int:
    """Archive closes by its raw position alone; provisional rows may not be there yet."""
    return archive._raw >> times.SEQ_BITS


@fault(ShardArchive, "clock")
def close_without_raw_rows(_clock: Any, archive: ShardArchive) -> int:
    """Archive closes by the outbox alone; raw rows may not be there yet."""
    return archive._out >> times.SEQ_BITS


@fault(archive_raw, "late_marks")
def late_by_arrival_only(_late_marks: Any, _batch: Any) -> dict[Key, int]:
    """No late row is marked: history keeps what stood at the close."""
    return {}


@fault(archive_rows, "is_late")
def a_quarter_later(is_late: Any, accepted: Any, bucket: Any) -> Any:
    """Archive calls an event late a quarter hour after the content flow does."""
    return is_late(accepted - times.QUARTER_MS, bucket)


@fault(HeldBase, "of")
def base_without_taking_away(of: Any, held: HeldBase, names: Any) -> Any:
    """A recount adds to the lifetime of the shard, and does not take away what stood."""
    return of(held, names)._replace(contents={})


@fault(archive_rows, "_lengths")
def first_event_of_a_play_stands(_lengths: Any, records: Any) -> Any:
    """Archive keeps the first event of a play in a batch, not the longest."""
    return np.zeros(len(records), np.uint32)


@fault(PresenceTracker, "freeze")
def presence_forgets_the_future(freeze: Any, tracker: PresenceTracker) -> bytes:
    """Persons whose minute has not come yet are left out of snapshots."""
    return _changed(freeze(tracker), ahead=[])


@fault(content.ContentShells, "__init__")
def persons_by_their_contents_number(
    begin: Any, shells: content.ContentShells, client: Any, reader: Any, both: Partitions, *more: Any
) -> None:
    """Candidates go to as many parts of the persons as there are shards of contents."""
    begin(shells, client, reader, both._replace(parts=both.shards), *more)


def _changed(snapshot: bytes, **facts: Any) -> bytes:
    return msgspec.msgpack.encode({**msgspec.msgpack.decode(snapshot, strict=False), **facts})
